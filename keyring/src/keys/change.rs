//! Changing a key: its details, its state, its token, its end.

use std::time::Duration;

use contract::audit::Action;
use contract::request::{KeyChanges, Rotate};
use contract::resource::{ApiKey, KeyState};
use contract::{ApiKeyId, Invalid, Timestamp};
use serde_json::{Map, Value, json};

use super::issue::{insert_token, refuse_past};
use super::{changeable, described};
use crate::caller::Caller;
use crate::entity::api_key;
use crate::error::{Error, Result};
use crate::token::PlainToken;
use crate::unit::Unit;
use crate::{Keyring, database, store};

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
                refuse_past(changes.expires_at.flatten(), unit.now)?;
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

/// The longest that a token may stay good beside the one that follows it.
pub const MAX_GRACE: Duration = Duration::from_hours(30 * 24);

/// Gives the key a new token. Every one before it ends at once, but the last one only after the
/// grace, if there is any: a key has two good tokens at the most.
pub async fn rotate(
    keyring: &Keyring,
    caller: &Caller,
    id: ApiKeyId,
    how: Rotate,
) -> Result<(ApiKey, PlainToken)> {
    if how.grace > MAX_GRACE {
        let most = MAX_GRACE.as_secs();
        let refused = Invalid::new(format!("use at most {most}s, which is 30 days"));
        return Err(refused.at("gracePeriod").into());
    }
    keyring
        .write(caller, |unit| async move {
            let key = changeable(&unit, id).await?;
            unit.caller.outlasts(key.expires_at.map(store::at))?;
            let token = PlainToken::generate(&keyring.0.token_prefix, &keyring.0.entropy);
            let until = (!how.grace.is_zero()).then(|| unit.now.plus(how.grace));
            match until {
                None => store::tokens::retire_all(&*unit.txn, id, unit.now).await?,
                Some(end) => store::tokens::retire_current(&*unit.txn, id, unit.now, end).await?,
            }
            insert_token(
                keyring,
                &unit.txn,
                &key,
                &token,
                unit.caller.profile,
                unit.now,
            )
            .await?;
            let key = store::keys::set_hint(&*unit.txn, key, &token.hint()).await?;
            unit.record_with(
                Action::KeyRotated,
                id,
                &key.name,
                match until {
                    None => json!({ "tokenHint": token.hint() }),
                    Some(end) => json!({ "tokenHint": token.hint(), "graceUntil": end }),
                },
            )
            .await?;
            Ok((described(&*unit.txn, key, unit.now).await?, token))
        })
        .await
}

/// Ends the key and every token of it, for good.
pub async fn revoke(keyring: &Keyring, caller: &Caller, id: ApiKeyId) -> Result<()> {
    keyring
        .write(caller, |unit| async move { revoke_in(&unit, id).await })
        .await
}

/// Revokes a key inside a transaction.
pub(super) async fn revoke_in(unit: &Unit, id: ApiKeyId) -> Result<()> {
    let key = changeable(unit, id).await?;
    refuse_revoking(&key)?;
    let name = key.name.clone();
    store::tokens::retire_all(&*unit.txn, id, unit.now).await?;
    store::keys::revoke(&*unit.txn, key, unit.caller.profile, unit.now).await?;
    unit.record(Action::KeyRevoked, id, &name).await
}

pub(super) fn refuse_revoking(key: &api_key::Model) -> Result<()> {
    if key.system {
        return Err(Error::precondition(
            "The global account key cannot be deleted. Rotate it to end its token.",
        ));
    }
    Ok(())
}

/// Stops the key until it is enabled again.
pub async fn disable(keyring: &Keyring, caller: &Caller, id: ApiKeyId) -> Result<ApiKey> {
    set_state(keyring, caller, id, KeyState::Disabled, Action::KeyDisabled).await
}

/// Lets a disabled key work again.
pub async fn enable(keyring: &Keyring, caller: &Caller, id: ApiKeyId) -> Result<ApiKey> {
    set_state(keyring, caller, id, KeyState::Enabled, Action::KeyEnabled).await
}

async fn set_state(
    keyring: &Keyring,
    caller: &Caller,
    id: ApiKeyId,
    state: KeyState,
    action: Action,
) -> Result<ApiKey> {
    keyring
        .write(caller, |unit| async move {
            let key = set_state_in(&unit, id, state, action).await?;
            described(&*unit.txn, key, unit.now).await
        })
        .await
}

/// Stops a key inside a transaction.
pub(crate) async fn disable_in(unit: &Unit, id: ApiKeyId) -> Result<api_key::Model> {
    set_state_in(unit, id, KeyState::Disabled, Action::KeyDisabled).await
}

/// Lets a disabled key work again inside a transaction.
pub(super) async fn enable_in(unit: &Unit, id: ApiKeyId) -> Result<api_key::Model> {
    set_state_in(unit, id, KeyState::Enabled, Action::KeyEnabled).await
}

async fn set_state_in(
    unit: &Unit,
    id: ApiKeyId,
    state: KeyState,
    action: Action,
) -> Result<api_key::Model> {
    let mut key = changeable(unit, id).await?;
    if key.state() != state {
        key = store::keys::set_state(&*unit.txn, key, state).await?;
        unit.record(action, id, &key.name).await?;
    }
    Ok(key)
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

/// What a change changed, field by field: `{"before": {…}, "after": {…}}`.
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
    let (mut old, mut new) = (Map::new(), Map::new());
    for ((name, was), (_, is)) in fields(before).into_iter().zip(fields(after)) {
        if was != is {
            old.insert(name.to_owned(), was);
            new.insert(name.to_owned(), is);
        }
    }
    json!({ "before": old, "after": new })
}
