//! `app.key(["api_keys:manage"]).reaching([eu]).await`

use std::collections::BTreeSet;
use std::future::IntoFuture;
use std::pin::Pin;

use contract::request::{Expiry, IssueKey};
use contract::text::KeyName;
use contract::{ApiKeyId, Labels, Permissions, Timestamp, WorkspaceId};

use super::{Account, TestApp};

/// A key and the token that nobody else has.
#[derive(Clone, Debug)]
pub(crate) struct TestKey {
    pub(crate) id: ApiKeyId,
    pub(crate) token: String,
}

impl TestKey {
    pub(crate) fn path(&self) -> String {
        format!("/v1/account/api_keys/{}", self.id)
    }
}

pub(crate) struct Issue<'a> {
    app: &'a TestApp,
    account: &'a Account,
    request: IssueKey,
}

impl<'a> Issue<'a> {
    pub(super) fn new(app: &'a TestApp, account: &'a Account, permissions: &[&str]) -> Self {
        let request = IssueKey {
            name: KeyName::parse("ci-deploy").unwrap(),
            external_id: None,
            labels: Labels::default(),
            description: None,
            permissions: Permissions::parse("permissions", permissions).unwrap(),
            workspaces: BTreeSet::new(),
            all_workspaces: false,
            expiry: Expiry::Never,
        };
        Self {
            app,
            account,
            request,
        }
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        self.request.name = KeyName::parse(name).unwrap();
        self
    }

    pub(crate) fn labelled(mut self, labels: &str) -> Self {
        self.request.labels = Labels::parse_pairs("labels", labels).unwrap();
        self
    }

    pub(crate) fn reaching<const N: usize>(mut self, workspaces: [WorkspaceId; N]) -> Self {
        self.request.workspaces = workspaces.into();
        self
    }

    pub(crate) fn reaching_all(mut self) -> Self {
        self.request.all_workspaces = true;
        self
    }

    pub(crate) fn expiring(mut self, at: Timestamp) -> Self {
        self.request.expiry = Expiry::At(at);
        self
    }
}

/// One permission of each resource, with everything about it.
const EVERYTHING: [&str; 8] = [
    "account:manage",
    "agents:manage",
    "api_keys:manage",
    "memory:manage",
    "objectives:manage",
    "secrets:manage",
    "tools:manage",
    "workspaces:manage",
];

impl TestApp {
    /// A key that holds everything but what `needed` asks for.
    pub(crate) fn key_lacking(&self, needed: &str) -> Issue<'_> {
        let (resource, verb) = needed.split_once(':').expect("a permission");
        let read = format!("{resource}:read");
        let mut held: Vec<_> = EVERYTHING.into_iter().collect();
        held.retain(|permission| !permission.starts_with(&format!("{resource}:")));
        if verb == "manage" && resource != "account" {
            held.push(&read);
        }
        Issue::new(self, self.owner(), &held)
    }
}

impl<'a> IntoFuture for Issue<'a> {
    type Output = TestKey;
    type IntoFuture = Pin<Box<dyn Future<Output = TestKey> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (key, token) =
                keyring::keys::issue(&self.app.keyring, &self.account.operator, self.request)
                    .await
                    .unwrap();
            TestKey {
                id: key.metadata.id,
                token: token.expose().to_owned(),
            }
        })
    }
}
