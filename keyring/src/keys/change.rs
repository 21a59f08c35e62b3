//! Changing a key: its details, its state, its end.

use contract::audit::Action;
use contract::request::KeyChanges;
use contract::resource::{ApiKey, KeyState};
use contract::text::{Reason, looks_like};
use contract::usage::is_lately;
use contract::{ApiKeyId, Invalid, Timestamp};
use serde_json::{Value, json};

use super::issue::admit_end;
use super::{changeable, described, visible};
use crate::caller::Caller;
use crate::entity::api_key;
use crate::error::{Error, Result};
use crate::store::keys::Stop;
use crate::unit::Unit;
use crate::{Keyring, audit, database, settings, store, usage};

/// Changes details. Permissions and reach stay within the caller's, before and after.
pub async fn update(
    keyring: &Keyring,
    caller: &Caller,
    id: ApiKeyId,
    changes: KeyChanges,
) -> Result<ApiKey> {
    let changes = &changes;
    keyring
        .write(caller, |unit| async move {
            let key = changeable(&unit, id).await?;
            if let Some(permissions) = &changes.permissions {
                keyring.catalogue().check("spec.permissions", permissions)?;
                unit.caller.dominates(permissions)?;
            }
            if changes.all_workspaces == Some(true) {
                unit.caller.reaches_all()?;
            }
            if changes
                .expires_at
                .is_some_and(|at| at.map(Timestamp::unix_millis) != key.expires_at)
            {
                let settings = settings::of(&*unit.txn, unit.caller.account).await?;
                admit_end(changes.expires_at.flatten(), &settings.keys, unit.now)?;
                unit.caller.outlasts(changes.expires_at.flatten())?;
            }
            refuse_narrowing_system(&key, changes)?;

            let after = update_in(&unit, key, changes).await?;
            described(&*unit.txn, after, unit.now).await
        })
        .await
}

/// Changes what may be changed of a key, inside a transaction.
pub(super) async fn update_in(
    unit: &Unit,
    key: api_key::Model,
    changes: &KeyChanges,
) -> Result<api_key::Model> {
    let mut hints = store::tokens::hints(&*unit.txn, &[key.id], unit.now).await?;
    let hint = hints.remove(&key.id).unwrap_or_default().current;
    let after = store::keys::update(&*unit.txn, key.clone(), changes, &hint)
        .await
        .map_err(database::duplicate)?;
    if after != key {
        if after.name != key.name {
            store::profiles::rename(&*unit.txn, key.profile_id, &after.name).await?;
        }
        let details = difference(&key, &after);
        unit.record_with(Action::KeyUpdated, key.typed_id(), &after.name, details)
            .await?;
    }
    Ok(after)
}

/// Ends the key and every token of it, for good.
pub async fn revoke(
    keyring: &Keyring,
    caller: &Caller,
    id: ApiKeyId,
    reason: Option<Reason>,
) -> Result<()> {
    let reason = reason.as_ref();
    keyring
        .write(caller, |unit| async move {
            let key = changeable(&unit, id).await?;
            refuse_revoking(&key)?;
            revoke_found(&unit, key, reason).await
        })
        .await
}

/// The same for a person in front of the console: a key that was used in the last seven days is revoked by who
/// types its name. A program names the key by its id, and means it.
pub async fn revoke_by_name(
    keyring: &Keyring,
    caller: &Caller,
    id: ApiKeyId,
    typed: &str,
    reason: Option<Reason>,
) -> Result<()> {
    let key = visible(keyring.reader(), caller, id).await?;
    let settled = if looks_like(typed, &key.name) {
        None
    } else {
        Some(usage::settled(keyring, id).await)
    };
    // A revocation does not wait for statistics: where the last use is not known, the name decides.
    let is_unknown = matches!(settled, Some(Err(_)));
    let reason = reason.as_ref();
    keyring
        .write(caller, |unit| async move {
            let key = changeable(&unit, id).await?;
            refuse_revoking(&key)?;
            if !looks_like(typed, &key.name) && (is_unknown || is_lately_used(&unit, &key).await?) {
                let wish = if typed.trim().is_empty() {
                    "type the name of the key: it was used in the last 7 days"
                } else {
                    "type the name of the key as it is written above"
                };
                return Err(Invalid::new(wish).at("name").into());
            }
            revoke_found(&unit, key, reason).await
        })
        .await
}

/// What this server counted and has not written yet is looked at as well.
async fn is_lately_used(unit: &Unit, key: &api_key::Model) -> Result<bool> {
    let id = key.typed_id();
    let written = usage::last_uses(&*unit.txn, &[key.id]).await?;
    let written = written.into_values().flatten().map(|last| last.at);
    let current = store::tokens::current(&*unit.txn, id).await?;
    let grace = store::tokens::in_grace(&*unit.txn, id, unit.now).await?;
    let tokens = current.into_iter().chain(grace.map(|grace| grace.token));
    let counts = &unit.keyring.0.counts;
    let counted = tokens.filter_map(|token| counts.last_use_of(id, token));
    Ok(written.chain(counted).any(|at| is_lately(at, unit.now)))
}

/// Revokes a key that was found to be the caller's to revoke.
pub(crate) async fn revoke_found(
    unit: &Unit,
    key: api_key::Model,
    reason: Option<&Reason>,
) -> Result<()> {
    let (id, name) = (key.typed_id(), key.name.clone());
    store::tokens::retire_all(&*unit.txn, id, unit.now).await?;
    store::keys::revoke(&*unit.txn, key, stop(unit, reason)).await?;
    unit.record_with(Action::KeyRevoked, id, &name, because(reason))
        .await
}

pub(super) fn refuse_revoking(key: &api_key::Model) -> Result<()> {
    if key.system {
        return Err(Error::precondition(
            "The global account key cannot be deleted. Rotate it to end its token.",
        ));
    }
    Ok(())
}

/// Stops the key until it is enabled again. A rotation in progress ends with it: what was disabled in doubt
/// comes back with its newest token alone.
pub async fn disable(
    keyring: &Keyring,
    caller: &Caller,
    id: ApiKeyId,
    reason: Option<Reason>,
) -> Result<ApiKey> {
    let reason = reason.as_ref();
    keyring
        .write(caller, |unit| async move {
            let key = disable_in(&unit, id, reason).await?;
            described(&*unit.txn, key, unit.now).await
        })
        .await
}

/// Stops a key inside a transaction.
pub(crate) async fn disable_in(
    unit: &Unit,
    id: ApiKeyId,
    reason: Option<&Reason>,
) -> Result<api_key::Model> {
    let key = changeable(unit, id).await?;
    disable_found(unit, key, reason).await
}

/// Stops a key that was found to be the caller's to stop.
pub(super) async fn disable_found(
    unit: &Unit,
    key: api_key::Model,
    reason: Option<&Reason>,
) -> Result<api_key::Model> {
    if key.state() == KeyState::Disabled {
        return Ok(key);
    }
    let id = key.typed_id();
    let mut details = because(reason);
    if let Some(grace) = store::tokens::in_grace(&*unit.txn, id, unit.now).await? {
        store::tokens::end_retiring(&*unit.txn, id, unit.now).await?;
        details["endedTokenHint"] = grace.hint.into();
    }
    let key = store::keys::disable(&*unit.txn, key, stop(unit, reason)).await?;
    unit.record_with(Action::KeyDisabled, id, &key.name, details)
        .await?;
    Ok(key)
}

/// Lets a disabled key work again.
pub async fn enable(keyring: &Keyring, caller: &Caller, id: ApiKeyId) -> Result<ApiKey> {
    keyring
        .write(caller, |unit| async move {
            let key = enable_found(&unit, changeable(&unit, id).await?).await?;
            described(&*unit.txn, key, unit.now).await
        })
        .await
}

/// Lets a disabled key work again that was found to be the caller's to change.
pub(super) async fn enable_found(unit: &Unit, key: api_key::Model) -> Result<api_key::Model> {
    if key.state() == KeyState::Enabled {
        return Ok(key);
    }
    let key = store::keys::enable(&*unit.txn, key).await?;
    unit.record(Action::KeyEnabled, key.typed_id(), &key.name)
        .await?;
    Ok(key)
}

fn stop<'a>(unit: &Unit, reason: Option<&'a Reason>) -> Stop<'a> {
    Stop {
        by: unit.caller.profile,
        now: unit.now,
        reason,
    }
}

fn because(reason: Option<&Reason>) -> Value {
    reason.map_or_else(|| json!({}), |reason| json!({ "reason": reason }))
}

/// The global account key is the way back in: what it holds and reaches is not up for change.
pub(crate) fn refuse_system(key: &api_key::Model) -> Result<()> {
    if key.system {
        return Err(Error::precondition(
            "The global account key keeps its permissions and reach and does not expire.",
        ));
    }
    Ok(())
}

fn refuse_narrowing_system(key: &api_key::Model, changes: &KeyChanges) -> Result<()> {
    let narrows = changes
        .permissions
        .as_ref()
        .is_some_and(|permissions| *permissions != key.permissions())
        || changes.all_workspaces == Some(false)
        || changes.expires_at.flatten().is_some();
    if narrows {
        return refuse_system(key);
    }
    Ok(())
}

fn difference(before: &api_key::Model, after: &api_key::Model) -> Value {
    let fields = |key: &api_key::Model| {
        [
            ("name", json!(key.name)),
            ("externalId", json!(key.external_id)),
            ("labels", key.labels.clone()),
            ("description", json!(key.description)),
            ("permissions", json!(key.permissions())),
            (
                "expiresAt",
                json!(key.expires_at.map(Timestamp::from_unix_millis)),
            ),
            ("allWorkspaces", json!(key.all_workspaces)),
        ]
    };
    audit::difference(fields(before), fields(after))
}
