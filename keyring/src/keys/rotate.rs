//! A key's tokens: a new one for the one there is, which ends at once or after a grace.

use std::time::Duration;

use contract::audit::Action;
use contract::request::{GraceChange, Rotate};
use contract::resource::ApiKey;
use contract::{ApiKeyId, Invalid, Period, Timestamp};
use serde_json::{Value, json};

use super::issue::insert_token;
use super::{changeable, described};
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::store::tokens::{Grace, Quiet};
use crate::token::PlainToken;
use crate::unit::Unit;
use crate::{Keyring, audit, callers, settings, store, usage};

/// Gives the key a new token. Every one before it ends at once, but the last one only after the
/// grace, if there is any: a key has two good tokens at the most. Who has a second factor gave a code lately.
pub async fn rotate(
    keyring: &Keyring,
    caller: &Caller,
    id: ApiKeyId,
    how: Rotate,
) -> Result<(ApiKey, PlainToken)> {
    keyring
        .write(caller, |unit| async move {
            let key = changeable(&unit, id).await?;
            unit.caller.confirmed(unit.now)?;
            unit.caller.outlasts(key.expires_at.map(store::at))?;
            let most = longest_grace(&unit).await?;
            refuse_long(how.grace, most, most)?;
            let token = PlainToken::generate(&keyring.0.token_prefix, &keyring.0.entropy);
            let until = (!how.grace.is_zero()).then(|| unit.now.plus(how.grace));
            let txn = &*unit.txn;
            match until {
                None => store::tokens::retire_all(txn, id, unit.now).await?,
                Some(end) => {
                    store::tokens::retire_current(txn, id, unit.now, end, how.quiet).await?;
                }
            }
            let by = unit.caller.profile;
            insert_token(keyring, txn, &key, &token, by, unit.now).await?;
            let key = store::keys::set_hint(txn, key, &token.hint()).await?;
            let mut details = json!({ "tokenHint": token.hint() });
            if let Some(end) = until {
                details["graceUntil"] = json!(end);
            }
            if let Some(quiet) = how.quiet {
                details["endWhenQuietFor"] = json!(Period(quiet));
            }
            unit.record_with(Action::KeyRotated, id, &key.name, details)
                .await?;
            Ok((described(txn, key, unit.now).await?, token))
        })
        .await
}

/// Lets the token before stay good for longer or shorter, or makes it end when it is not used. From the
/// rotation on it lasts no longer than a grace may.
pub async fn change_grace(
    keyring: &Keyring,
    caller: &Caller,
    id: ApiKeyId,
    change: GraceChange,
) -> Result<ApiKey> {
    keyring
        .write(caller, |unit| async move {
            let key = changeable(&unit, id).await?;
            let before = store::tokens::in_grace(&*unit.txn, id, unit.now).await?;
            let before = before.ok_or_else(no_rotation)?;
            let after = changed(&before, change, longest_grace(&unit).await?, unit.now)?;
            if after.ends_at > before.ends_at {
                unit.caller.outlasts(Some(after.ends_at))?;
            }
            let details = difference(&before, &after);
            if details["after"] != json!({}) {
                store::tokens::change(&*unit.txn, &before, &after, unit.now).await?;
                unit.record_with(Action::GraceChanged, id, &key.name, details)
                    .await?;
            }
            described(&*unit.txn, key, unit.now).await
        })
        .await
}

/// How long a token may stay good beside the one that follows it.
async fn longest_grace(unit: &Unit) -> Result<Duration> {
    let settings = settings::of(&*unit.txn, unit.caller.account).await?;
    Ok(settings.keys.max_grace_period.0)
}

fn changed(before: &Grace, change: GraceChange, most: Duration, now: Timestamp) -> Result<Grace> {
    let mut after = before.clone();
    if let Some(period) = change.period {
        after.ends_at = now.plus(period);
        // Whoever makes it shorter may, though the limit was lowered since.
        if after.ends_at > before.ends_at {
            let latest = before.rotated_at.plus(most);
            refuse_long(period, latest.since(now), most)?;
        }
    }
    if let Some(quiet) = change.quiet {
        after.quiet_for = quiet;
    }
    Ok(after)
}

fn difference(before: &Grace, after: &Grace) -> Value {
    let fields = |grace: &Grace| {
        [
            ("graceUntil", json!(grace.ends_at)),
            ("endWhenQuietFor", json!(grace.quiet_for.map(Period))),
        ]
    };
    let mut details = audit::difference(fields(before), fields(after));
    details["tokenHint"] = json!(before.hint);
    details
}

/// Ends the token before at once. Where there is none any more, that is so already.
pub async fn end_grace(keyring: &Keyring, caller: &Caller, id: ApiKeyId) -> Result<ApiKey> {
    keyring
        .write(caller, |unit| async move {
            let key = changeable(&unit, id).await?;
            let grace = store::tokens::in_grace(&*unit.txn, id, unit.now).await?;
            if let Some(grace) = grace {
                let details = json!({ "tokenHint": grace.hint });
                end(&unit, id, &key.name, details).await?;
            }
            described(&*unit.txn, key, unit.now).await
        })
        .await
}

async fn end(unit: &Unit, id: ApiKeyId, name: &str, details: Value) -> Result<()> {
    store::tokens::end_retiring(&*unit.txn, id, unit.now).await?;
    unit.record_with(Action::GraceEnded, id, name, details)
        .await
}

/// How late another server may tell of a use: it writes every [`usage::LATEST`], and that takes its time.
pub(crate) const TOLD_WITHIN: Duration = Duration::from_secs(10);

/// Ends the tokens that were quiet for as long as they were to be, and says how many. To be called every few
/// seconds. Whatever was used meanwhile stays: what this server counted is looked at as well, and what another
/// one counted is waited for.
pub async fn end_quiet(keyring: &Keyring) -> Result<usize> {
    let now = keyring.clock().now();
    let told = now.minus(TOLD_WITHIN);
    if store::tokens::quiet(keyring.reader(), None, told, now)
        .await?
        .is_empty()
    {
        return Ok(0);
    }
    // From here on, a use is in the database or in memory, and not on its way.
    let _written = usage::written(keyring).await?;
    let mut ended = 0;
    for due in store::tokens::quiet(keyring.reader(), None, told, now).await? {
        // Of which it is not known whether it is quiet, it is not ended.
        if usage::add_those_of(keyring, due.key()).await.is_err() {
            continue;
        }
        let system = callers::system(due.account());
        ended += usize::from(
            keyring
                .write(&system, |unit| end_if_quiet(unit, due.clone()))
                .await?,
        );
    }
    Ok(ended)
}

async fn end_if_quiet(unit: Unit, due: Quiet) -> Result<bool> {
    let id = due.key();
    let told = unit.now.minus(TOLD_WITHIN);
    let still = store::tokens::quiet(&*unit.txn, Some(due.token()), told, unit.now).await?;
    let last_use = unit.keyring.0.counts.last_use_of(id, due.token());
    let key = store::keys::find(&*unit.txn, unit.caller.account, id).await?;
    let grace = store::tokens::in_grace(&*unit.txn, id, unit.now).await?;
    let (Some(due), Some(key), Some(grace)) = (still.first(), key, grace) else {
        return Ok(false);
    };
    if !due.stays(last_use, told) {
        return Ok(false);
    }
    let details = json!({
        "tokenHint": grace.hint,
        "endWhenQuietFor": grace.quiet_for.map(Period),
    });
    end(&unit, id, &key.name, details).await?;
    Ok(true)
}

fn no_rotation() -> Error {
    Error::precondition(
        "No rotation of this key is in progress. Rotate it with a gracePeriod to begin one.",
    )
}

/// `left` is what there may be from now on, of `most` in all.
fn refuse_long(grace: Duration, left: Duration, most: Duration) -> Result<()> {
    if grace <= left {
        return Ok(());
    }
    let (left, most) = (Period(left).in_words(), Period(most).in_words());
    let refused = Invalid::new(format!(
        "use at most {left}: the settings of this account let a grace last {most} from its rotation"
    ));
    Err(refused.at("gracePeriod").into())
}
