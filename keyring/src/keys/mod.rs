//! Keys: issue, read, change, rotate, revoke.

mod bulk;
mod change;
mod describe;
mod issue;
mod offer;
mod rotate;

use contract::attention::AttentionCounts;
use contract::page::Page;
use contract::request::ListKeys;
use contract::resource::ApiKey;
use contract::{ApiKeyId, Invalid, Permission, Permissions, Timestamp};
use sea_orm::ConnectionTrait;

use crate::caller::{Caller, Reach};
use crate::cursor::{List, Place};
use crate::entity::api_key;
use crate::error::{Error, Result};
use crate::store::keys::Visible;
use crate::unit::Unit;
use crate::{Keyring, store, verdict};

pub use bulk::change_all;
pub use change::{disable, enable, revoke, revoke_by_name, update};
pub use issue::issue;
pub use offer::{options, view};
#[cfg(test)]
pub(crate) use rotate::TOLD_WITHIN;
pub use rotate::{change_grace, end_grace, end_quiet, rotate};

pub(crate) use change::{disable_in, refuse_system, revoke_found};
pub(crate) use describe::describe;
pub(crate) use issue::{KeyOrigin, grantable, insert, issue_all_in};

/// How long the text of a search may be, in bytes.
const LONGEST_QUERY: usize = 1_000;

/// One key, with its info.
pub async fn get(keyring: &Keyring, caller: &Caller, id: ApiKeyId) -> Result<ApiKey> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let key = visible(db, caller, id).await?;
    described(db, key, keyring.clock().now()).await
}

/// One key with its info, also one that was revoked: who did it, when and why, for good.
pub async fn get_ever(keyring: &Keyring, caller: &Caller, id: ApiKeyId) -> Result<ApiKey> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let key = visible_ever(db, caller, id).await?;
    described(db, key, keyring.clock().now()).await
}

/// Always refused, for a key that the caller sees: nobody has its token any more.
pub async fn reveal(keyring: &Keyring, caller: &Caller, id: ApiKeyId) -> Result<ApiKey> {
    caller.require(&Permission::manage("api_keys"))?;
    visible(keyring.reader(), caller, id).await?;
    Err(Error::precondition(
        "A token is shown once, when it is made. Rotate the key for a new one.",
    ))
}

/// The keys the caller sees.
pub async fn list(keyring: &Keyring, caller: &Caller, list: ListKeys) -> Result<Page<ApiKey>> {
    caller.require(&Permission::read("api_keys"))?;
    let now = keyring.clock().now();
    let (rows, pagination) = page(keyring, caller, &list, now).await?;
    let items = describe(keyring.reader(), rows, list.include_info.then_some(now)).await?;
    Ok(Page { items, pagination })
}

/// How many keys deserve each look, by the conditions that lists filter by.
pub async fn attention(keyring: &Keyring, caller: &Caller) -> Result<AttentionCounts> {
    caller.require(&Permission::read("api_keys"))?;
    let now = keyring.clock().now();
    store::keys::counts(keyring.reader(), visible_to(caller), now).await
}

/// One page of rows with the cursors around it.
async fn page(
    keyring: &Keyring,
    caller: &Caller,
    list: &ListKeys,
    now: Timestamp,
) -> Result<(Vec<api_key::Model>, contract::Pagination)> {
    check_text("query", list.query.as_deref())?;
    let filter = format!(
        "{:?}\0{}\0{}\0{}\0{:?}\0{:?}\0{:?}",
        list.order,
        list.prefix.as_deref().unwrap_or_default(),
        list.query.as_deref().unwrap_or_default(),
        list.labels.to_pairs(),
        list.state,
        list.workspace,
        list.attention,
    );
    let cursors = List {
        account: caller.account,
        name: "keys",
        filter: &filter,
    };
    let place: Option<Place> = cursors.read(keyring, &list.page)?;
    let rows = store::keys::list(keyring.reader(), visible_to(caller), list, now, place).await?;
    Ok(cursors.cut(keyring, place, list.page.limit(), rows, |row| row.id))
}

/// Databases refuse some texts themselves, and that would look like a failure of ours.
pub(crate) fn check_text(field: &str, text: Option<&str>) -> Result<()> {
    let unsearchable = |text: &str| text.len() > LONGEST_QUERY || text.contains('\0');
    if text.is_some_and(unsearchable) {
        let refused = Invalid::new("search for printable text of at most 1,000 bytes");
        return Err(refused.at(field).into());
    }
    Ok(())
}

/// Whose keys the caller sees: a member their own, everybody else the account's.
pub(crate) fn visible_to(caller: &Caller) -> Visible {
    Visible {
        account: caller.account,
        owner: caller.only_own_keys().then_some(caller.profile),
    }
}

/// The key, if there is one that the caller may see. A foreign one is as if there were none.
pub(crate) async fn visible(
    db: &impl ConnectionTrait,
    caller: &Caller,
    id: ApiKeyId,
) -> Result<api_key::Model> {
    let key = store::keys::find(db, caller.account, id).await?;
    key.filter(|key| sees(caller, key))
        .ok_or_else(|| Error::not_found("key"))
}

/// Like [`visible`], and also one that was revoked.
pub(crate) async fn visible_ever(
    db: &impl ConnectionTrait,
    caller: &Caller,
    id: ApiKeyId,
) -> Result<api_key::Model> {
    let key = store::keys::find_ever(db, caller.account, id).await?;
    key.filter(|key| sees(caller, key))
        .ok_or_else(|| Error::not_found("key"))
}

fn sees(caller: &Caller, key: &api_key::Model) -> bool {
    !caller.only_own_keys() || key.owner_id == caller.profile.uuid()
}

/// The key, if the caller may change it: nobody changes, rotates or revokes a key that holds or
/// reaches more than they do.
pub(crate) async fn changeable(unit: &Unit, id: ApiKeyId) -> Result<api_key::Model> {
    let caller = &unit.caller;
    caller.require(&Permission::manage("api_keys"))?;
    let key = visible(&*unit.txn, caller, id).await?;
    within(caller, &key, &verdict::reach_of(&*unit.txn, &key).await?)?;
    Ok(key)
}

/// What holds permissions and reaches workspaces: a key as it is stored, or what is kept of one in memory.
pub(crate) trait Holder {
    fn permissions(&self) -> Permissions;
    fn all_workspaces(&self) -> bool;
}

impl Holder for api_key::Model {
    fn permissions(&self) -> Permissions {
        self.permissions()
    }

    fn all_workspaces(&self) -> bool {
        self.all_workspaces
    }
}

/// Nobody changes a key that holds or reaches more than they do.
pub(crate) fn within(caller: &Caller, key: &impl Holder, reach: &Reach) -> Result<()> {
    // Whoever holds everything lacks nothing, and is asked for thousands of keys.
    if !caller.holds(&Permission::All)
        && let Some(missing) = caller.permissions.first_missing(&key.permissions())
    {
        let message =
            format!("This key holds {missing}, which you do not, so it is not yours to change.");
        return Err(caller.denied(missing, message));
    }
    match reach {
        Reach::All => caller.reaches_all(),
        Reach::Only(workspaces) => workspaces
            .iter()
            .try_for_each(|id| caller.reaches(*id, "every workspace of this key")),
    }
}

/// One key as it is answered after a change.
pub(crate) async fn described(
    db: &impl ConnectionTrait,
    key: api_key::Model,
    now: Timestamp,
) -> Result<ApiKey> {
    // On the heap: every change of a key would hold it.
    let mut keys = Box::pin(describe(db, vec![key], Some(now))).await?;
    keys.pop()
        .ok_or_else(|| Error::internal("a key was described as nothing"))
}
