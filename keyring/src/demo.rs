//! Something to look at: keys and workspaces in an empty account, made through the same use cases
//! as real ones.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use contract::error::Kind;
use contract::request::{Expiry, IssueKey, NewWorkspace};
use contract::text::{KeyName, WorkspaceName};
use contract::{Labels, Permission, Permissions, Timestamp, WorkspaceId};

use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::unit::Unit;
use crate::{Keyring, PlainToken, keys, store, workspaces};

const GROUPS: [(&str, &[&str]); 4] = [
    ("production", &["prod-eu", "prod-us", "prod-ap", "payments"]),
    ("staging", &["stage-eu", "stage-us", "load-test"]),
    (
        "internal",
        &[
            "analytics",
            "data-lake",
            "support",
            "docs",
            "sandbox",
            "ml-train",
            "ml-serve",
        ],
    ),
    ("partners", &["acme", "globex", "initech", "umbrella"]),
];

const KEYS: [&str; 18] = [
    "ci-deploy",
    "billing-export",
    "support-readonly",
    "etl-nightly",
    "legacy-crm-sync",
    "partner-acme",
    "mobile-staging",
    "data-science-sandbox",
    "webhooks-relay",
    "grafana-agent",
    "terraform",
    "release-bot",
    "status-page",
    "fraud-scoring",
    "search-indexer",
    "email-renderer",
    "pdf-worker",
    "log-shipper",
];

const RESOURCES: [&str; 4] = ["agents", "objectives", "tools", "memory"];

/// How much there is to look at.
#[derive(Clone, Copy, Debug)]
pub struct Demo {
    pub keys: usize,
    pub workspaces: usize,
    /// Of a hundred cells of the matrix, about so many are granted.
    pub granted: usize,
    /// Of so many keys, the tokens are told.
    pub told: usize,
}

/// A token that the demo issued, which nothing will ever show again, and a workspace that it reaches.
#[derive(Debug)]
pub struct Told {
    pub token: PlainToken,
    pub workspace: Option<WorkspaceId>,
}

/// How many keys are issued in one transaction.
const AT_ONCE: usize = 500;

/// Fills an account that has no key but the global one and no workspace. Tells the first tokens, as far as
/// they are wanted and their keys are not disabled.
pub async fn fill(keyring: &Keyring, caller: &Caller, demo: Demo) -> Result<Vec<Told>> {
    let db = keyring.reader();
    let present = store::keys::count(db, keys::visible_to(caller)).await?
        + store::workspaces::count_present(db, caller.account, &caller.reach).await?;
    if present > 1 {
        return Err(contract::Error::new(
            Kind::FailedPrecondition,
            "There is data here already. The demo fills only an empty account.",
        )
        .into());
    }
    let made = fill_workspaces(keyring, caller, demo.workspaces).await?;
    fill_keys(keyring, caller, demo, &made).await
}

async fn fill_workspaces(
    keyring: &Keyring,
    caller: &Caller,
    count: usize,
) -> Result<Vec<WorkspaceId>> {
    let names: Vec<(&str, &str)> = GROUPS
        .iter()
        .flat_map(|(group, names)| names.iter().map(move |name| (*group, *name)))
        .collect();
    let names = &names;
    let make = |unit: Unit| async move {
        let mut made = Vec::with_capacity(count);
        for (index, (group, name)) in names.iter().cycle().take(count).enumerate() {
            let new = NewWorkspace {
                name: WorkspaceName::parse(&numbered(name, index, names.len()))
                    .map_err(|invalid| invalid.at("metadata.name"))?,
                external_id: None,
                labels: label("env", group)?,
                description: None,
            };
            made.push(workspaces::create_in(&unit, &new).await?.typed_id());
        }
        Ok(made)
    };
    keyring.write(caller, make).await
}

async fn fill_keys(
    keyring: &Keyring,
    caller: &Caller,
    demo: Demo,
    workspaces: &[WorkspaceId],
) -> Result<Vec<Told>> {
    let now = keyring.clock().now();
    let mut told = Vec::new();
    let names: Vec<(usize, &str)> = KEYS
        .into_iter()
        .cycle()
        .take(demo.keys)
        .enumerate()
        .collect();
    for names in names.chunks(AT_ONCE) {
        let issue = |unit: Unit| async move {
            let requests = names
                .iter()
                .map(|(index, name)| request(*index, name, demo, workspaces, now))
                .collect::<Result<Vec<_>>>()?;
            let issued = keys::issue_all_in(&unit, &requests).await?;
            let mut told = Vec::new();
            let keys = issued.keys.into_iter();
            for (((index, _), request), (key, token)) in names.iter().zip(&requests).zip(keys) {
                if index % 17 == 5 {
                    keys::disable_in(&unit, key.typed_id(), None).await?;
                } else {
                    let workspace = request.workspaces.first().copied();
                    told.push(Told { token, workspace });
                }
            }
            Ok(told)
        };
        let issued = keyring.write(caller, issue).await?;
        let room = demo.told.saturating_sub(told.len());
        told.extend(issued.into_iter().take(room));
    }
    Ok(told)
}

fn request(
    index: usize,
    name: &str,
    demo: Demo,
    workspaces: &[WorkspaceId],
    now: Timestamp,
) -> Result<IssueKey> {
    Ok(IssueKey {
        name: KeyName::parse(&numbered(name, index, KEYS.len()))
            .map_err(|invalid| invalid.at("metadata.name"))?,
        external_id: None,
        labels: label("team", ["billing", "platform", "data"][index % 3])?,
        description: None,
        permissions: permissions(index),
        workspaces: some_of(workspaces, index, demo.granted),
        all_workspaces: false,
        expiry: expiry(index, now),
    })
}

/// The first round has the bare names, later rounds a number.
fn numbered(name: &str, index: usize, round: usize) -> String {
    match index / round {
        0 => name.to_owned(),
        n => format!("{name}-{}", n + 1),
    }
}

fn label(key: &str, value: &str) -> Result<Labels> {
    let labels = BTreeMap::from([(key.to_owned(), value.to_owned())]);
    Labels::parse("metadata.labels", labels).map_err(Error::from)
}

fn permissions(index: usize) -> Permissions {
    let (one, other) = (RESOURCES[index % 4], RESOURCES[(index / 4 + 1) % 4]);
    [Permission::manage(one), Permission::read(other)]
        .into_iter()
        .collect()
}

/// So many of a hundred, scattered, the same every time.
fn some_of(workspaces: &[WorkspaceId], key: usize, granted: usize) -> BTreeSet<WorkspaceId> {
    let scatter = |at: usize| {
        let mixed = (key + 1).wrapping_mul(0x9e37_79b1) ^ (at + 1).wrapping_mul(0x85eb_ca77);
        (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae3d) >> 16
    };
    let chosen = (0..workspaces.len()).filter(|at| scatter(*at) % 100 < granted);
    chosen.map(|at| workspaces[at]).collect()
}

/// Every third key lasts, the others end within the year, some soon.
fn expiry(index: usize, now: Timestamp) -> Expiry {
    const DAYS: [u64; 7] = [12, 41, 90, 240, 29, 150, 360];
    if index % 3 == 2 {
        return Expiry::Never;
    }
    Expiry::At(now.plus(Duration::from_hours(24 * DAYS[index % DAYS.len()])))
}
