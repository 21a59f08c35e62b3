//! Issuing a key.

use std::collections::BTreeSet;

use contract::audit::Action;
use contract::request::{Expiry, IssueKey};
use contract::resource::{ApiKey, ProfileType, WorkspaceStatus};
use contract::settings::KeySettings;
use contract::{AccountId, ApiKeyId, Invalid, Permission, ProfileId, Timestamp, WorkspaceId};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::json;

use super::describe;
use crate::caller::Caller;
use crate::entity::{api_key, workspace};
use crate::error::{Error, Result};
use crate::store::audit::NewEvent;
use crate::store::keys::NewKey;
use crate::store::profiles::NewProfile;
use crate::store::tokens::NewToken;
use crate::token::PlainToken;
use crate::unit::Unit;
use crate::{Keyring, database, settings, store};

/// Issues a key and returns it with its token, which nothing will ever show again.
///
/// The caller can hand out only what it holds: permissions and workspaces beyond its own are
/// refused, naming the first that is missing. Who has a second factor gave a code lately. An archived
/// workspace is a failed precondition, an unknown one is not found.
pub async fn issue(
    keyring: &Keyring,
    caller: &Caller,
    request: IssueKey,
) -> Result<(ApiKey, PlainToken)> {
    let request = &request;
    keyring
        .write(caller, |unit| async move {
            let issued = issue_all_in(&unit, std::slice::from_ref(request)).await?;
            let (key, token) = one(issued.keys)?;
            let key = describe::issued(&*unit.txn, key, token.hint(), issued.workspaces);
            // On the heap: it is held with all that issuing needs.
            Ok((Box::pin(key).await?, token))
        })
        .await
}

/// What was issued.
pub(crate) struct Issued {
    /// In the order of the requests.
    pub(crate) keys: Vec<(api_key::Model, PlainToken)>,
    /// All that any of them was granted.
    workspaces: Vec<workspace::Model>,
}

/// Issues keys inside a transaction, with a number of statements that hardly depends on how many.
pub(crate) async fn issue_all_in(unit: &Unit, requests: &[IssueKey]) -> Result<Issued> {
    let caller = &unit.caller;
    caller.require(&Permission::manage("api_keys"))?;
    caller.confirmed(unit.now)?;
    let settings = settings::of(&*unit.txn, caller.account).await?.keys;
    for request in requests {
        unit.keyring
            .catalogue()
            .check("spec.permissions", &request.permissions)?;
        caller.dominates(&request.permissions)?;
        if request.all_workspaces {
            caller.reaches_all()?;
        }
        let end = end(request.expiry, &settings, unit.now);
        admit_end(end, &settings, unit.now)?;
        caller.outlasts(end)?;
    }
    let given = requests.iter().flat_map(|request| &request.workspaces);
    let workspaces = grantable(&*unit.txn, caller, &given.copied().collect()).await?;

    let (account, by) = (caller.account, caller.profile);
    let origin = KeyOrigin {
        account,
        created_by: by,
        system: false,
        settings,
        now: unit.now,
    };
    let keys = insert_all(&unit.keyring, &unit.txn, origin, requests).await?;
    let mut grants = Vec::new();
    let mut events = Vec::with_capacity(keys.len());
    for ((key, _), request) in keys.iter().zip(requests) {
        let id = key.typed_id();
        grants.extend(request.workspaces.iter().map(|workspace| (id, *workspace)));
        events.push(NewEvent {
            id: unit.new_id(),
            at: unit.now,
            action: Action::KeyIssued,
            target: id.to_string(),
            target_name: &key.name,
            details: described(request, key),
            batch: None,
        });
    }
    store::grants::insert_all(&*unit.txn, account, &grants, by, unit.now).await?;
    unit.record_all(events).await?;
    Ok(Issued { keys, workspaces })
}

/// Whose a new key is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyOrigin {
    pub(crate) account: AccountId,
    pub(crate) created_by: ProfileId,
    /// Whether it is the account's own key.
    pub(crate) system: bool,
    /// Of the account.
    pub(crate) settings: KeySettings,
    pub(crate) now: Timestamp,
}

/// Inserts a key with its profile and its first token.
pub(crate) async fn insert(
    keyring: &Keyring,
    txn: &DatabaseTransaction,
    origin: KeyOrigin,
    request: &IssueKey,
) -> Result<(api_key::Model, PlainToken)> {
    one(insert_all(keyring, txn, origin, std::slice::from_ref(request)).await?)
}

async fn insert_all(
    keyring: &Keyring,
    txn: &DatabaseTransaction,
    origin: KeyOrigin,
    requests: &[IssueKey],
) -> Result<Vec<(api_key::Model, PlainToken)>> {
    let KeyOrigin {
        account,
        created_by,
        system,
        settings,
        now,
    } = origin;
    let mut issued = Vec::with_capacity(requests.len());
    let (mut profiles, mut tokens) = (Vec::new(), Vec::new());
    for request in requests {
        let token = PlainToken::generate(&keyring.0.token_prefix, &keyring.0.entropy);
        let new = NewKey {
            id: ApiKeyId::from_uuid(keyring.new_id(now)),
            account,
            profile: ProfileId::from_uuid(keyring.new_id(now)),
            created_by,
            system,
            hint: token.hint(),
            expires_at: end(request.expiry, &settings, now),
            now,
        };
        profiles.push(NewProfile {
            id: new.profile,
            account,
            kind: ProfileType::ApiKey,
            name: request.name.as_str(),
            person: None,
            created_by,
            now,
        });
        let key = store::keys::new(new, request);
        tokens.push(new_token(keyring, &key, &token, created_by, now));
        issued.push((key, token));
    }
    store::profiles::insert_all(txn, profiles).await?;
    let keys = issued.iter().map(|(key, _)| key.clone()).collect();
    store::keys::insert_all(txn, keys)
        .await
        .map_err(database::duplicate)?;
    store::tokens::insert_all(txn, tokens).await?;
    Ok(issued)
}

fn one<T>(mut made: Vec<T>) -> Result<T> {
    made.pop()
        .ok_or_else(|| Error::internal("a key was issued and is not there"))
}

/// Keeps the digest of a token.
pub(super) async fn insert_token(
    keyring: &Keyring,
    txn: &DatabaseTransaction,
    key: &api_key::Model,
    token: &PlainToken,
    created_by: ProfileId,
    now: Timestamp,
) -> Result<()> {
    let new = new_token(keyring, key, token, created_by, now);
    store::tokens::insert_all(txn, vec![new]).await
}

/// What is kept of a token. From here on its digest is not taken for one that was never issued.
fn new_token<'a>(
    keyring: &'a Keyring,
    key: &api_key::Model,
    token: &PlainToken,
    created_by: ProfileId,
    now: Timestamp,
) -> NewToken<'a> {
    let digest = keyring.token_digest(token.into());
    if let Some(cache) = keyring.0.database.cache() {
        cache.issued().add([&digest.0[..]]);
    }
    NewToken {
        id: keyring.new_id(now),
        account: AccountId::from_uuid(key.account_id),
        key: key.typed_id(),
        digest,
        pepper_id: keyring.0.pepper.id(),
        hint: token.hint(),
        created_by,
        now,
    }
}

/// Every workspace exists here, is not archived, and is the caller's to give.
pub(crate) async fn grantable(
    db: &impl ConnectionTrait,
    caller: &Caller,
    wanted: &BTreeSet<WorkspaceId>,
) -> Result<Vec<workspace::Model>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let found = store::workspaces::find_many(db, caller.account, wanted).await?;
    if found.len() != wanted.len() {
        return Err(Error::not_found("workspace"));
    }
    let seen = caller.known_workspaces();
    for workspace in &found {
        if !seen.includes(workspace.typed_id()) {
            return Err(Error::not_found("workspace"));
        }
        caller.reaches(workspace.typed_id(), &workspace.name)?;
        if workspace.status() == WorkspaceStatus::Archived {
            let message = format!(
                "{} is archived. Restore it before granting it.",
                workspace.name
            );
            return Err(Error::precondition(message));
        }
    }
    Ok(found)
}

/// When a key that is issued now ends; `None` is never.
fn end(expiry: Expiry, settings: &KeySettings, now: Timestamp) -> Option<Timestamp> {
    match expiry {
        Expiry::Usual => settings.default_lifetime.map(|usual| now.plus(usual.0)),
        Expiry::Never => None,
        Expiry::At(at) => Some(at),
    }
}

/// A key that is over before it begins helps nobody, and none may last longer than the account allows.
pub(super) fn admit_end(
    end: Option<Timestamp>,
    settings: &KeySettings,
    now: Timestamp,
) -> Result<()> {
    let refused = |message: String| Err(Invalid::new(message).at("spec.expiresAt").into());
    if end.is_some_and(|at| at <= now) {
        return refused("choose a time in the future".to_owned());
    }
    let Some(most) = settings.max_lifetime else {
        return Ok(());
    };
    let latest = now.plus(most.0);
    match end {
        Some(at) if at <= latest => Ok(()),
        Some(_) => refused(format!(
            "choose a time until {latest}: the settings of this account let a key last {most} at most"
        )),
        None => refused(format!(
            "choose a time until {latest}: the settings of this account let no key last for ever, but {most} at most"
        )),
    }
}

fn described(request: &IssueKey, key: &api_key::Model) -> serde_json::Value {
    json!({
        "permissions": request.permissions,
        "workspaces": request.workspaces,
        "allWorkspaces": request.all_workspaces,
        "expiresAt": key.expires_at.map(store::at),
    })
}
