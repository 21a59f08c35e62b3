//! What an account decides for itself: read where it is obeyed, in the transaction that obeys it.

use std::collections::BTreeSet;

use contract::audit::Action;
use contract::settings::{AccountSettings, SettingsChanges};
use contract::{AccountId, Permission};
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::{Keyring, audit, store};

/// The name under which they are kept.
const NAME: &str = "account";

/// The settings of the caller's account.
pub async fn get(keyring: &Keyring, caller: &Caller) -> Result<AccountSettings> {
    caller.require(&Permission::manage("account"))?;
    of(keyring.reader(), caller.account).await
}

/// Changes them. What was issued before stays what it is.
///
/// What concerns people is like giving them roles: who changes it, and has a second factor, gave a code
/// lately. To ask others for a second factor one has to have one.
pub async fn update(
    keyring: &Keyring,
    caller: &Caller,
    changes: SettingsChanges,
) -> Result<AccountSettings> {
    let changes = &changes;
    keyring
        .write(caller, |unit| async move {
            unit.caller.require(&Permission::manage("account"))?;
            let account = unit.caller.account;
            let before = of(&*unit.txn, account).await?;
            let after = changes.apply(&before)?;
            if after.people != before.people {
                unit.caller.confirmed(unit.now)?;
                unit.keyring
                    .catalogue()
                    .check("people.memberPermissions", &after.people.member_permissions)?;
            }
            if after.people.require_second_factor && !before.people.require_second_factor {
                unit.caller.asks_others_for_a_factor()?;
            }
            if after != before {
                let row = store::accounts::find(&*unit.txn, account).await?;
                let row = row.ok_or_else(|| Error::not_found("account"))?;
                let details = difference(&before, &after)?;
                let scope = account.to_string();
                store::settings::put_in(&*unit.txn, &scope, NAME, plain(&after)?, unit.now).await?;
                unit.record_with(Action::SettingsChanged, account, &row.name, details)
                    .await?;
            }
            Ok(after)
        })
        .await
}

/// The settings of an account; the defaults where it never decided.
pub(crate) async fn of(db: &impl ConnectionTrait, account: AccountId) -> Result<AccountSettings> {
    let stored = store::settings::get_in(db, &account.to_string(), NAME).await?;
    match stored {
        None => Ok(AccountSettings::default()),
        Some(stored) => serde_json::from_value(stored).map_err(Error::internal),
    }
}

fn plain(settings: &AccountSettings) -> Result<Value> {
    serde_json::to_value(settings).map_err(Error::internal)
}

/// What a change changed, by the paths of the fields: `{"before": {…}, "after": {…}}`.
fn difference(before: &AccountSettings, after: &AccountSettings) -> Result<Value> {
    let (before, after) = (fields(&plain(before)?), fields(&plain(after)?));
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let of = |fields: &Map<String, Value>| -> Vec<_> {
        let field = |path: &&String| ((*path).clone(), json!(fields.get(*path)));
        paths.iter().map(field).collect()
    };
    Ok(audit::difference(of(&before), of(&after)))
}

/// `{"keys": {"maxLifetime": …}}` as `keys.maxLifetime`.
fn fields(settings: &Value) -> Map<String, Value> {
    let mut fields = Map::new();
    for (section, values) in settings.as_object().into_iter().flatten() {
        for (name, value) in values.as_object().into_iter().flatten() {
            fields.insert(format!("{section}.{name}"), value.clone());
        }
    }
    fields
}
