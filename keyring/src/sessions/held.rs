//! Sessions as people see them: theirs, and for who may, somebody else's.

use contract::audit::Action;
use contract::error::Kind;
use contract::people::SessionRow;
use contract::{Invalid, ProfileId, SessionId};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::caller::{Caller, Entrance};
use crate::callers::IDLE_LIMIT;
use crate::entity::{profile, session};
use crate::error::{Error, Result};
use crate::passphrase::Verified;
use crate::people::rules;
use crate::throttle::Guess;
use crate::unit::Unit;
use crate::{Keyring, store};

/// The caller's sessions, who was there last first.
pub async fn own(keyring: &Keyring, caller: &Caller) -> Result<Vec<SessionRow>> {
    of(keyring, caller, caller.profile).await
}

/// Somebody's sessions.
pub(crate) async fn of(
    keyring: &Keyring,
    caller: &Caller,
    person: ProfileId,
) -> Result<Vec<SessionRow>> {
    let now = keyring.clock().now();
    let since = now.minus(IDLE_LIMIT);
    let rows = store::sessions::of_person(keyring.reader(), person, since, now).await?;
    let row = |row: session::Model| SessionRow {
        id: SessionId::from_uuid(row.id),
        started_at: store::at(row.created_at),
        last_seen_at: store::at(row.last_seen_at),
        current: caller.entrance == Entrance::Session(SessionId::from_uuid(row.id)),
        address: row.address,
        user_agent: row.user_agent,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Ends one session at once: one of the caller's, or of somebody whom they may change.
pub async fn end(keyring: &Keyring, caller: &Caller, id: SessionId) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            let found = store::sessions::find(&*unit.txn, id).await?;
            let account = unit.caller.account.uuid();
            let found = found.filter(|session| session.account_id == account);
            let own = |session: &session::Model| session.profile_id == unit.caller.profile.uuid();
            if !found.as_ref().is_some_and(own) {
                rules::administers(&unit.caller)?;
            }
            let session = found.ok_or_else(|| Error::not_found("session"))?;
            let person = theirs(&unit, ProfileId::from_uuid(session.profile_id)).await?;
            store::sessions::delete(&*unit.txn, id).await?;
            let details = json!({
                "sessionsEnded": 1,
                "address": session.address,
                "userAgent": session.user_agent,
            });
            ended(&unit, &person, details).await
        })
        .await
}

/// Ends all sessions of somebody; of the caller's own, all but the one that asks.
pub async fn end_all(keyring: &Keyring, caller: &Caller, person: ProfileId) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            if person != unit.caller.profile {
                rules::administers(&unit.caller)?;
            }
            let person = theirs(&unit, person).await?;
            let sessions = end_others(&unit, person.typed_id()).await?;
            if sessions == 0 {
                return Ok(());
            }
            ended(&unit, &person, json!({ "sessionsEnded": sessions })).await
        })
        .await
}

/// The caller, who knows their passphrase. It may be another by the time of the transaction: [`unchanged`]
/// looks.
pub(crate) async fn known(
    keyring: &Keyring,
    caller: &Caller,
    passphrase: SecretString,
) -> Result<profile::Model> {
    let now = keyring.clock().now();
    let person = store::profiles::find(keyring.reader(), caller.profile).await?;
    let person = person.filter(|person| person.password_hash.is_some());
    let person = person.ok_or_else(|| Error::precondition("Only people have a passphrase."))?;
    let guess = Guess::Passphrase(person.email.clone().unwrap_or_default());
    let attempt = keyring
        .0
        .throttle
        .begin(caller.origin.address, guess, now)?;
    let stored = person.password_hash.clone();
    let verified = keyring
        .0
        .passphrases
        .verify(&passphrase, stored, &keyring.0.entropy);
    if verified.await? == Verified::No {
        attempt.failed();
        let wrong = Invalid::new("this is not your present passphrase").at("passphrase");
        return Err(Error::from(wrong).unproven(caller.author(), "passphrase", "wrong passphrase"));
    }
    attempt.succeeded();
    Ok(person)
}

/// Refuses when the passphrase is not the one that was checked.
pub(crate) fn unchanged(person: &profile::Model, checked: &profile::Model) -> Result<()> {
    if person.password_hash == checked.password_hash {
        return Ok(());
    }
    let message = "Your passphrase was changed meanwhile. Sign in with the new one.";
    Err(contract::Error::new(Kind::Aborted, message).into())
}

/// Changes the caller's passphrase, for who knows the present one, and ends their other sessions. Who has a
/// second factor gave a code lately.
pub async fn change_passphrase(
    keyring: &Keyring,
    caller: &Caller,
    current: SecretString,
    new: SecretString,
) -> Result<()> {
    let checked = &known(keyring, caller, current).await?;
    let hash = keyring.0.passphrases.admit(&new, &keyring.0.entropy).await;
    let hash = &hash.map_err(|error| error.beside("newPassphrase"))?;
    keyring
        .write(caller, |unit| async move {
            let person = theirs(&unit, unit.caller.profile).await?;
            unchanged(&person, checked)?;
            unit.caller.confirmed(unit.now)?;
            store::people::set_password_hash(&*unit.txn, &person, hash).await?;
            let sessions = end_others(&unit, person.typed_id()).await?;
            let details = json!({ "sessionsEnded": sessions });
            let id = person.typed_id();
            unit.record_with(Action::PassphraseChanged, id, &person.name, details)
                .await
        })
        .await
}

/// Somebody whose sessions the caller may end: themselves, or whom they may change.
async fn theirs(unit: &Unit, id: ProfileId) -> Result<profile::Model> {
    let person = store::profiles::find_in(&*unit.txn, unit.caller.account, id).await?;
    let person = person.filter(|person| person.role().is_some());
    let person = person.ok_or_else(|| Error::not_found("person"))?;
    if id != unit.caller.profile {
        rules::changes(&unit.caller, &person)?;
    }
    Ok(person)
}

/// Ends all sessions of a person but the one that asks; how many there were.
pub(crate) async fn end_others(unit: &Unit, person: ProfileId) -> Result<u64> {
    let kept = match unit.caller.entrance {
        Entrance::Session(id) => Some(id),
        _ => None,
    };
    store::sessions::delete_of(&*unit.txn, person, kept).await
}

async fn ended(unit: &Unit, person: &profile::Model, details: Value) -> Result<()> {
    let id = person.typed_id();
    unit.record_with(Action::SessionsEnded, id, &person.name, details)
        .await
}
