//! The first call with a new token, for whoever waits for it.

use std::time::Duration;

use contract::{ApiKeyId, Permission, Timestamp};

use super::pending::add_those_of;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::{Keyring, callers, keys, store};

/// How often the database is asked, for calls that another node answered.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Waits until the key's current token is used, and says when that was, to a caller whose right has not ended
/// meanwhile.
pub async fn first_call(keyring: &Keyring, caller: &Caller, key: ApiKeyId) -> Result<Timestamp> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let row = keys::visible(db, caller, key).await?;
    let token = store::tokens::current(db, row.typed_id()).await?;
    let token = token.ok_or_else(|| Error::internal("a key has no current token"))?;
    let counts = &keyring.0.counts;
    let listener = counts.listen(token);
    let called_at = loop {
        // From here on no call is missed.
        let heard = listener.notify.notified();
        if let Some(at) = counts.last_use_of(key, token) {
            break at;
        }
        // What another node has put off; if it cannot be added now, it will be later.
        let _ = add_those_of(keyring, key).await;
        if let Some(at) = store::usage::last_use_of(db, token).await? {
            break at;
        }
        let _ = tokio::time::timeout(ASK_AGAIN, heard).await;
    };
    let caller = callers::refresh(db, caller, keyring.clock().now()).await?;
    caller.require(&Permission::read("api_keys"))?;
    let row = keys::visible(db, &caller, key).await?;
    if store::tokens::current(db, row.typed_id()).await? != Some(token) {
        return Err(Error::precondition("The key was rotated meanwhile."));
    }
    Ok(called_at)
}
