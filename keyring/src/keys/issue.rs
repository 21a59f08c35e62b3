//! Issuing a key.

use std::collections::BTreeSet;

use contract::audit::Action;
use contract::request::IssueKey;
use contract::resource::{ApiKey, ProfileType, WorkspaceStatus};
use contract::{AccountId, ApiKeyId, Invalid, Permission, ProfileId, Timestamp, WorkspaceId};
use sea_orm::DatabaseTransaction;
use serde_json::json;

use crate::caller::Caller;
use crate::entity::{api_key, workspace};
use crate::error::{Error, Result};
use crate::store::keys::NewKey;
use crate::store::profiles::NewProfile;
use crate::store::tokens::NewToken;
use crate::token::PlainToken;
use crate::unit::Unit;
use crate::{Keyring, database, store, workspaces};

/// Issues a key and returns it with its token, which nothing will ever show again.
///
/// The caller can hand out only what it holds: permissions and workspaces beyond its own are
/// refused, naming the first that is missing. An archived workspace is a failed precondition, an
/// unknown one is not found.
pub async fn issue(
    keyring: &Keyring,
    caller: &Caller,
    request: IssueKey,
) -> Result<(ApiKey, PlainToken)> {
    let request = &request;
    keyring
        .write(caller, |unit| async move {
            let (key, token) = issue_in(&unit, request).await?;
            Ok((super::described(&*unit.txn, key, unit.now).await?, token))
        })
        .await
}

/// Issues a key inside a transaction.
pub(crate) async fn issue_in(
    unit: &Unit,
    request: &IssueKey,
) -> Result<(api_key::Model, PlainToken)> {
    let caller = &unit.caller;
    caller.require(&Permission::manage("api_keys"))?;
    unit.keyring
        .catalogue()
        .check("spec.permissions", &request.permissions)?;
    caller.dominates(&request.permissions)?;
    if request.all_workspaces {
        caller.reaches_all()?;
    }
    refuse_past(request.expires_at, unit.now)?;
    caller.outlasts(request.expires_at)?;
    grantable(unit, &request.workspaces).await?;

    let (account, by) = (caller.account, caller.profile);
    let (key, token) = insert(
        &unit.keyring,
        &unit.txn,
        account,
        by,
        false,
        request,
        unit.now,
    )
    .await?;
    let id = key.typed_id();
    let grants: Vec<_> = request
        .workspaces
        .iter()
        .map(|workspace| (id, *workspace))
        .collect();
    store::grants::insert_all(&*unit.txn, account, &grants, by, unit.now).await?;
    unit.record_with(Action::KeyIssued, id, &key.name, described(request))
        .await?;
    Ok((key, token))
}

/// Inserts a key with its profile and its first token.
pub(crate) async fn insert(
    keyring: &Keyring,
    txn: &DatabaseTransaction,
    account: AccountId,
    created_by: ProfileId,
    system: bool,
    request: &IssueKey,
    now: Timestamp,
) -> Result<(api_key::Model, PlainToken)> {
    let entropy = &keyring.0.entropy;
    let token = PlainToken::generate(&keyring.0.token_prefix, entropy);
    let (id, profile) = (
        ApiKeyId::from_uuid(keyring.new_id(now)),
        ProfileId::from_uuid(keyring.new_id(now)),
    );
    let principal = NewProfile {
        id: profile,
        account,
        kind: ProfileType::ApiKey,
        name: request.name.as_str(),
        person: None,
        created_by,
        now,
    };
    store::profiles::insert(txn, principal).await?;
    let new = NewKey {
        id,
        account,
        profile,
        created_by,
        system,
        hint: token.hint(),
        now,
    };
    let key = store::keys::insert(txn, new, request)
        .await
        .map_err(database::duplicate)?;
    insert_token(keyring, txn, &key, &token, created_by, now).await?;
    Ok((key, token))
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
    let digest = keyring.token_digest(token);
    if let Some(cache) = keyring.0.database.cache() {
        cache.issued().add([&digest.0[..]]);
    }
    let new = NewToken {
        id: keyring.new_id(now),
        account: AccountId::from_uuid(key.account_id),
        key: key.typed_id(),
        digest,
        pepper_id: keyring.0.pepper.id(),
        hint: &token.hint(),
        created_by,
        now,
    };
    store::tokens::insert(txn, new).await
}

/// Every workspace exists here, is not archived, and is the caller's to give.
pub(crate) async fn grantable(
    unit: &Unit,
    wanted: &BTreeSet<WorkspaceId>,
) -> Result<Vec<workspace::Model>> {
    let found = store::workspaces::find_many(&*unit.txn, unit.caller.account, wanted).await?;
    if found.len() != wanted.len() {
        return Err(Error::not_found("workspace"));
    }
    let seen = workspaces::visible_to(&unit.caller);
    for workspace in &found {
        if !seen.includes(workspace.typed_id()) {
            return Err(Error::not_found("workspace"));
        }
        unit.caller.reaches(workspace.typed_id(), &workspace.name)?;
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

/// A key that is over before it begins helps nobody.
pub(super) fn refuse_past(expires_at: Option<Timestamp>, now: Timestamp) -> Result<()> {
    if expires_at.is_some_and(|at| at <= now) {
        return Err(Invalid::new("choose a time in the future")
            .at("spec.expiresAt")
            .into());
    }
    Ok(())
}

fn described(request: &IssueKey) -> serde_json::Value {
    json!({
        "permissions": request.permissions,
        "workspaces": request.workspaces,
        "allWorkspaces": request.all_workspaces,
        "expiresAt": request.expires_at,
    })
}
