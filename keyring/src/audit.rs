//! What happened. Events are written by [`crate::unit::Unit::record`] and only read here.

use contract::audit::AuditEvent;
use contract::{ApiKeyId, Permission};

use crate::caller::Caller;
use crate::error::Result;
use crate::{Keyring, keys, store};

/// How much of a thing's history its own page shows.
const MOST: u64 = 100;

/// The history of one key, newest first. Who may see the key may see its history.
pub async fn history(keyring: &Keyring, caller: &Caller, key: ApiKeyId) -> Result<Vec<AuditEvent>> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    keys::visible(db, caller, key).await?;
    store::audit::of_target(db, caller.account, &key.to_string(), MOST).await
}
