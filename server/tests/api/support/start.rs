//! The application under test: the real router behind the real listener, its clock in the hands
//! of the test.

use std::net::SocketAddr;
use std::path::Path;

use contract::form::{Fields, NewOwner};
use contract::request::{ListKeys, NewWorkspace};
use contract::resource::ApiKey;
use contract::text::WorkspaceName;
use contract::{AccountId, Labels, Timestamp, WorkspaceId};
use keyring::{Caller, Clock, Entropy, Keyring, Origin};
use server::assets;
use server::config::{Config, Flags, Sources};
use server::house::House;
use server::listener::{self, Limits};
use server::router::Site;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Browser, Call, TestKey, data_dir, log};

pub(crate) const PASSPHRASE: &str = "correct horse battery staple";

/// The pairs of a setup form without its code.
pub(crate) fn owner_form(email: &str) -> Vec<(&'static str, String)> {
    vec![
        ("account", "Northwind".to_owned()),
        ("name", "Mira Novak".to_owned()),
        ("email", email.to_owned()),
        ("passphrase", PASSPHRASE.to_owned()),
    ]
}

pub(crate) struct TestApp {
    pub(crate) keyring: Keyring,
    pub(crate) clock: Clock,
    pub(crate) address: SocketAddr,
    pub(crate) public_url: String,
    /// For handlers of a test's own.
    pub(crate) house: House,
    data_dir: TempDir,
    server: JoinHandle<()>,
    owner: Option<Account>,
}

/// An account and the operator who acts for it.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) email: String,
    pub(crate) operator: Caller,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl TestApp {
    /// With an owner.
    pub(crate) async fn start() -> Self {
        Self::set(&[]).await
    }

    /// With an owner and these settings.
    pub(crate) async fn set(settings: &[(&str, &str)]) -> Self {
        let mut app = Self::configured(settings).await;
        app.owner = Some(app.account("mira@northwind.example").await);
        app
    }

    /// As it is before the first visit.
    pub(crate) async fn unowned() -> Self {
        Self::configured(&[]).await
    }

    pub(crate) async fn configured(settings: &[(&str, &str)]) -> Self {
        log::remember();
        let data_dir = data_dir();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listen = address.to_string();
        let environment = [("KEYRACK_LISTEN", listen.as_str())]
            .into_iter()
            .chain(settings.iter().copied())
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let sources = Sources::new(Flags::default(), environment, "keyrack.toml", "").unwrap();
        let mut config = Config::from_sources(&sources).unwrap();
        config.data_dir = data_dir.path().join("data");
        let clock = Clock::manual(Timestamp::from_unix_millis(1_795_000_000_000));
        let mut options = config.keyring_options(Entropy::System);
        options.clock = clock.clone();
        let keyring = Keyring::open(options).await.unwrap();
        keyring.migrate().await.unwrap();
        let house = House::new(&config, keyring.clone(), Entropy::System, assets::read());
        let stop = std::future::pending();
        let server = tokio::spawn(listener::serve(
            listener,
            Site::new(house.clone()),
            Limits::default(),
            stop,
        ));
        let public_url = config.public_url.origin().to_owned();
        Self {
            keyring,
            clock,
            address,
            public_url,
            house,
            data_dir,
            server,
            owner: None,
        }
    }

    /// One more account, with its owner.
    pub(crate) async fn account(&self, email: &str) -> Account {
        let fields: Fields = owner_form(email)
            .into_iter()
            .chain([("code", "-".to_owned())])
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let owner = NewOwner::from_form(&fields).unwrap();
        let origin = Origin::default();
        let id = keyring::accounts::create(&self.keyring, owner, PASSPHRASE.into(), origin.clone())
            .await
            .unwrap();
        let operator = keyring::callers::operator(&self.keyring, Some(id), origin)
            .await
            .unwrap();
        Account {
            id,
            email: email.to_owned(),
            operator,
        }
    }

    pub(crate) fn owner(&self) -> &Account {
        self.owner.as_ref().expect("this Keyrack has an owner")
    }

    /// The directory with the database, its log, the pepper and the lock.
    pub(crate) fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    pub(crate) async fn workspace(&self, name: &str) -> WorkspaceId {
        self.workspace_of(self.owner(), name).await
    }

    pub(crate) async fn workspace_of(&self, account: &Account, name: &str) -> WorkspaceId {
        self.labelled_workspace(account, name, "").await
    }

    pub(crate) async fn labelled_workspace(
        &self,
        account: &Account,
        name: &str,
        labels: &str,
    ) -> WorkspaceId {
        let request = NewWorkspace {
            name: WorkspaceName::parse(name).unwrap(),
            external_id: None,
            labels: Labels::parse_pairs("labels", labels).unwrap(),
            description: None,
        };
        keyring::workspaces::create(&self.keyring, &account.operator, request)
            .await
            .unwrap()
            .metadata
            .id
    }

    pub(crate) async fn workspaces<const N: usize>(&self, names: [&str; N]) -> [WorkspaceId; N] {
        let mut ids = Vec::new();
        for name in names {
            ids.push(self.workspace(name).await);
        }
        ids.try_into().expect("as many ids as names")
    }

    /// Issues a key with these permissions to the owner's account. It reaches nothing yet.
    pub(crate) fn key<const N: usize>(&self, permissions: [&str; N]) -> super::issue::Issue<'_> {
        super::issue::Issue::new(self, self.owner(), &permissions)
    }

    pub(crate) fn key_of<'a>(&'a self, account: &'a Account) -> super::issue::Issue<'a> {
        super::issue::Issue::new(self, account, &["*"]).reaching_all()
    }

    /// A key that may do everything in the owner's account.
    pub(crate) async fn admin(&self) -> TestKey {
        self.key(["*"]).reaching_all().named("admin").await
    }

    /// The owner's keys without the system key, newest first.
    pub(crate) async fn keys(&self) -> Vec<ApiKey> {
        let list = ListKeys {
            include_info: true,
            ..ListKeys::default()
        };
        let page = keyring::keys::list(&self.keyring, &self.owner().operator, list)
            .await
            .unwrap();
        page.items
            .into_iter()
            .filter(|key| !key.spec.system)
            .collect()
    }

    pub(crate) async fn system_key(&self) -> ApiKey {
        let list = ListKeys::default();
        let page = keyring::keys::list(&self.keyring, &self.owner().operator, list)
            .await
            .unwrap();
        page.items
            .into_iter()
            .find(|key| key.spec.system)
            .expect("every account has one")
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    pub(crate) fn patch(&self, path: &str) -> Call {
        self.call("PATCH", path)
    }

    pub(crate) fn delete(&self, path: &str) -> Call {
        self.call("DELETE", path)
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.address, method, path)
    }

    /// A browser with an empty cookie jar.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.address, &self.public_url)
    }

    /// A browser in which the owner is signed in.
    pub(crate) async fn signed_in(&self) -> Browser {
        let mut browser = self.browser();
        browser
            .sign_in(&self.owner().email, PASSPHRASE)
            .await
            .is(303);
        browser
    }
}
