//! A Keyring of its own for each test, with an owner, and short words for what tests do often.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use contract::console::Role;
use contract::form::{Fields, NewOwner};
use contract::request::{Expiry, IssueKey, NewWorkspace};
use contract::resource::{ApiKey, ProfileType, Workspace};
use contract::text::{AccountName, Email, KeyName, PersonName, WorkspaceName};
use contract::{AccountId, ApiKeyId, Labels, Permissions, ProfileId, Timestamp, WorkspaceId};
use sea_orm::ConnectionTrait;
use tempfile::TempDir;

use crate::caller::Entrance;
use crate::sessions::{Credentials, SignIn, SignedIn};
use crate::store::profiles::{NewProfile, Person};
use crate::{
    Caller, Clock, Entropy, Keyring, Options, Origin, PlainToken, TokenPrefix, callers, store,
};

pub(crate) const PASSPHRASE: &str = "marble otter walks upstream";
pub(crate) const START: Timestamp = Timestamp::from_unix_millis(1_795_000_000_000);

pub(crate) struct Bench {
    pub(crate) keyring: Keyring,
    pub(crate) account: AccountId,
    pub(crate) owner: Caller,
    /// Where the SQLite file, the pepper and the lock are.
    _dir: TempDir,
}

impl Bench {
    pub(crate) async fn sqlite() -> Self {
        let dir = data_dir();
        let url = sqlite_url(dir.path());
        Self::start(dir, url).await
    }

    pub(crate) async fn postgres() -> Self {
        let url = postgres_url().await;
        Self::start(data_dir(), url).await
    }

    async fn start(dir: TempDir, url: String) -> Self {
        let keyring = open(dir.path(), url, Clock::manual(START)).await;
        keyring.migrate().await.unwrap();
        let account = account(&keyring, "Northwind", "mira@northwind.example").await;
        let owner = person(&keyring, "mira@northwind.example").await;
        Self {
            keyring,
            account,
            owner,
            _dir: dir,
        }
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.keyring.clock().advance(by);
    }

    pub(crate) async fn workspace(&self, name: &str) -> WorkspaceId {
        self.labelled_workspace(name, "").await.metadata.id
    }

    pub(crate) async fn labelled_workspace(&self, name: &str, labels: &str) -> Workspace {
        let new = NewWorkspace {
            name: WorkspaceName::parse(name).unwrap(),
            external_id: None,
            labels: Labels::parse_pairs("labels", labels).unwrap(),
            description: None,
        };
        crate::workspaces::create(&self.keyring, &self.owner, new)
            .await
            .unwrap()
    }

    /// So many keys that hold and reach nothing, and so many workspaces.
    pub(crate) async fn rack(
        &self,
        keys: usize,
        workspaces: usize,
    ) -> (Vec<ApiKeyId>, Vec<WorkspaceId>) {
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        for index in 0..workspaces {
            columns.push(self.workspace(&format!("w{index}")).await);
        }
        for index in 0..keys {
            let (key, _) = self.key(&format!("k{index}"), &[], &[]).await;
            rows.push(key.metadata.id);
        }
        (rows, columns)
    }

    /// A key that the owner issued.
    pub(crate) async fn key(
        &self,
        name: &str,
        permissions: &[&str],
        reach: &[WorkspaceId],
    ) -> (ApiKey, PlainToken) {
        crate::keys::issue(
            &self.keyring,
            &self.owner,
            issue_request(name, permissions, reach),
        )
        .await
        .unwrap()
    }

    /// Who presents this token.
    pub(crate) async fn bearer(&self, token: &PlainToken) -> crate::Result<Caller> {
        callers::by_token(&self.keyring, token.expose(), Origin::default()).await
    }

    /// A member of the account who belongs to these workspaces.
    pub(crate) async fn member(&self, email: &str, workspaces: &[WorkspaceId]) -> Caller {
        let now = self.keyring.clock().now();
        let id = ProfileId::from_uuid(self.keyring.new_id(now));
        let hash = self
            .keyring
            .0
            .passphrases
            .admit(&PASSPHRASE.into(), &self.keyring.0.entropy)
            .await
            .unwrap();
        let email_address = Email::parse(email).unwrap();
        let (account, by) = (self.account, self.owner.profile);
        let (email_address, hash) = (&email_address, &hash);
        self.keyring
            .transaction(|txn| async move {
                let person = Person {
                    email: email_address,
                    role: Role::Member,
                    password_hash: Some(hash),
                };
                let profile = NewProfile {
                    id,
                    account,
                    kind: ProfileType::User,
                    name: email,
                    person: Some(person),
                    created_by: by,
                    now,
                };
                store::profiles::insert(&*txn, profile).await?;
                for workspace in workspaces {
                    let row = self.keyring.new_id(now);
                    store::members::insert(
                        &*txn,
                        &store::members::NewMember {
                            id: contract::MemberId::from_uuid(row),
                            account,
                            workspace: *workspace,
                            profile: id,
                            by,
                            now,
                        },
                    )
                    .await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        person(&self.keyring, email).await
    }

    /// Somebody with this role who is signed in, and whose passphrase nobody knows.
    pub(crate) async fn somebody(&self, name: &str, role: Role) -> Caller {
        somebody(&self.keyring, &self.owner, name, role).await
    }

    /// The names of the owner's keys but the global one, newest first.
    pub(crate) async fn key_names(&self) -> Vec<String> {
        let page = crate::keys::list(
            &self.keyring,
            &self.owner,
            contract::request::ListKeys::default(),
        )
        .await
        .unwrap();
        page.items
            .into_iter()
            .filter(|key| !key.spec.system)
            .map(|key| key.metadata.name)
            .collect()
    }
}

/// Like [`Bench::somebody`], in the account of `by`.
pub(crate) async fn somebody(keyring: &Keyring, by: &Caller, name: &str, role: Role) -> Caller {
    let now = keyring.clock().now();
    let id = ProfileId::from_uuid(keyring.new_id(now));
    let email = Email::parse(&format!("{id}@northwind.example")).unwrap();
    let email = &email;
    let signed_in = keyring.transaction(|txn| async move {
        let person = Person {
            email,
            role,
            password_hash: Some("none"),
        };
        let profile = NewProfile {
            id,
            account: by.account,
            kind: ProfileType::User,
            name,
            person: Some(person),
            created_by: by.profile,
            now,
        };
        store::profiles::insert(&*txn, profile).await?;
        crate::sessions::start(keyring, &txn, id, &Origin::default(), now, None).await
    });
    signed_in.await.unwrap().caller
}

pub(crate) fn data_dir() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        TempDir::new_in(memory).unwrap()
    } else {
        TempDir::new().unwrap()
    }
}

/// A database of its own in the PostgreSQL that `TEST_POSTGRES_URL` names.
pub(crate) async fn postgres_url() -> String {
    let server = std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL names a PostgreSQL to test with; `cargo xtask test` makes one");
    let name = format!(
        "keyrack_{}",
        crate::pepper::hex(&Entropy::System.bytes::<8>())
    );
    let admin = sea_orm::Database::connect(&server).await.unwrap();
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .unwrap();
    admin.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').expect("the URL names a database");
    format!("{base}/{name}")
}

pub(crate) fn sqlite_url(dir: &Path) -> String {
    format!("sqlite:{}", dir.join("keyrack.db").display())
}

pub(crate) fn options(dir: &Path, database_url: String, clock: Clock) -> Options {
    Options {
        database_url,
        data_dir: dir.to_owned(),
        pepper: None,
        token_prefix: TokenPrefix::default(),
        clock,
        entropy: Entropy::System,
    }
}

pub(crate) async fn open(dir: &Path, database_url: String, clock: Clock) -> Keyring {
    Keyring::open(options(dir, database_url, clock))
        .await
        .unwrap()
}

/// An account with an owner who signs in with [`PASSPHRASE`].
pub(crate) async fn account(keyring: &Keyring, name: &str, email: &str) -> AccountId {
    let owner = NewOwner {
        account: AccountName::parse(name).unwrap(),
        name: PersonName::parse("Mira Lindqvist").unwrap(),
        email: Email::parse(email).unwrap(),
    };
    crate::accounts::create(keyring, owner, PASSPHRASE.into(), Origin::default())
        .await
        .unwrap()
}

/// A person, signed in.
pub(crate) async fn person(keyring: &Keyring, email: &str) -> Caller {
    let signed_in = sign_in(keyring, email, PASSPHRASE).await.unwrap();
    assert!(matches!(signed_in.caller.entrance, Entrance::Session(_)));
    signed_in.caller
}

/// Signs in somebody whose address and passphrase open one account.
pub(crate) async fn sign_in(
    keyring: &Keyring,
    email: &str,
    passphrase: &str,
) -> crate::Result<SignedIn> {
    let origin = Origin::default();
    let credentials = Credentials {
        email,
        passphrase: passphrase.into(),
        account: None,
        code: None,
    };
    match crate::sessions::sign_in(keyring, credentials, origin).await? {
        SignIn::Done(signed_in) => Ok(*signed_in),
        SignIn::Choose(accounts) => panic!("they open {accounts:?}"),
        SignIn::Code => panic!("a code is wanted"),
    }
}

pub(crate) fn issue_request(name: &str, permissions: &[&str], reach: &[WorkspaceId]) -> IssueKey {
    IssueKey {
        name: KeyName::parse(name).unwrap(),
        external_id: None,
        labels: Labels::default(),
        description: None,
        permissions: Permissions::parse("permissions", permissions).unwrap(),
        workspaces: reach.iter().copied().collect::<BTreeSet<_>>(),
        all_workspaces: false,
        expiry: Expiry::Never,
    }
}

pub(crate) fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}
