//! A second factor for people: codes of six digits that change every half minute (RFC 6238), and recovery
//! codes for who has lost what makes them.
//!
//! The secret is stored nowhere. It is derived from the pepper, the person and a salt, and the salt is all
//! the database has of it, so a copy of the database alone makes no codes. It is shown once, by [`begin`].
//!
//! What is done stands on the heap: it is passed on by forms of every kind, and each would hold it.
//!
//! Who has one gives a code at the sign-in, and again before what a stolen session must not do: see
//! [`crate::Caller`], which knows when its session gave one last.

mod code;
mod secret;

use std::net::IpAddr;

use contract::ProfileId;
use contract::audit::Action;
use contract::error::Kind;
use contract::factor::{
    CODE_FIELD, CODE_WANTED, Enrolment, FACTOR_CODE_FIELD, Factor, RecoveryCodes,
};
use secrecy::SecretString;
use serde_json::json;

use crate::caller::{Caller, Confirmation, Entrance};
use crate::entity::profile;
use crate::error::{Error, Result};
use crate::people::{self, rules};
use crate::throttle::Guess;
use crate::unit::Unit;
use crate::{Keyring, sessions, store};

pub(crate) use code::{Taken, take};

/// How the caller stands with theirs.
pub async fn own(keyring: &Keyring, caller: &Caller) -> Result<Factor> {
    let db = keyring.reader();
    let person = store::profiles::find_in(db, caller.account, caller.profile).await?;
    let person = person.ok_or_else(|| Error::not_found("person"))?;
    Ok(match (&person.factor_salt, person.factor_since) {
        (None, _) => Factor::Off,
        (Some(_), None) => Factor::Begun,
        (Some(_), Some(since)) => Factor::On {
            since: store::at(since),
            codes_left: store::factors::codes_left(db, caller.profile).await?,
        },
    })
}

/// Makes a secret for the caller, who knows their passphrase, and answers with it; nothing will show it
/// again. It counts once [`turn_on`] was given a code of it, and ends one that was begun before.
pub async fn begin(
    keyring: &Keyring,
    caller: &Caller,
    passphrase: SecretString,
) -> Result<Enrolment> {
    let checked = &sessions::known(keyring, caller, passphrase).await?;
    let salt = &keyring.0.entropy.bytes::<16>();
    let beginning = Box::pin(keyring.write(caller, |unit| async move {
        let mut person = themselves(&unit).await?;
        sessions::unchanged(&person, checked)?;
        if person.factor_since.is_some() {
            let message = "Your second factor is on. Turn it off before you set another up.";
            return Err(Error::precondition(message));
        }
        store::factors::begin(&*unit.txn, &person, salt).await?;
        person.factor_salt = Some(salt.to_vec());
        let account = store::accounts::find(&*unit.txn, unit.caller.account).await?;
        let account = account.ok_or_else(|| Error::not_found("account"))?;
        secret::enrolment(&unit.keyring, &person, &account.name)
    }));
    beginning.await
}

/// Turns on what was begun, with a code of it. Answers with the recovery codes, which nothing will show again.
pub async fn turn_on(keyring: &Keyring, caller: &Caller, code: &str) -> Result<RecoveryCodes> {
    let turning = Box::pin(keyring.write(caller, |unit| async move {
        let person = themselves(&unit).await?;
        match (&person.factor_salt, person.factor_since) {
            (Some(_), None) => {}
            (Some(_), Some(_)) => return Err(Error::precondition("Your second factor is on.")),
            (None, _) => return Err(Error::precondition("Set a second factor up first.")),
        }
        take(&unit.keyring, &unit.txn, &person, code, unit.now).await?;
        store::factors::turn_on(&*unit.txn, &person, unit.now).await?;
        if let Entrance::Session(session) = unit.caller.entrance {
            store::factors::confirm(&*unit.txn, session, unit.now).await?;
        }
        unit.record(Action::FactorTurnedOn, person.typed_id(), &person.name)
            .await?;
        code::renew(&unit, &person).await
    }));
    about_itself(keyring, caller, code, turning).await
}

/// Turns the caller's off, with a code of it, and ends their other sessions, which nothing would ask for a code
/// any more. What was only begun needs none.
pub async fn turn_off(keyring: &Keyring, caller: &Caller, code: &str) -> Result<()> {
    let turning = Box::pin(keyring.write(caller, |unit| async move {
        let person = themselves(&unit).await?;
        if person.factor_since.is_some() {
            spend(&unit, &person, code).await?;
            ended(&unit, Action::FactorTurnedOff, &person).await?;
        }
        store::factors::forget(&*unit.txn, &person).await
    }));
    about_itself(keyring, caller, code, turning).await
}

/// New recovery codes in the place of all before, with a code. Nothing will show them again.
pub async fn renew_codes(keyring: &Keyring, caller: &Caller, code: &str) -> Result<RecoveryCodes> {
    let renewing = Box::pin(keyring.write(caller, |unit| async move {
        let person = themselves(&unit).await?;
        if person.factor_since.is_none() {
            return Err(Error::precondition("Turn a second factor on first."));
        }
        spend(&unit, &person, code).await?;
        unit.record(
            Action::RecoveryCodesRenewed,
            person.typed_id(),
            &person.name,
        )
        .await?;
        code::renew(&unit, &person).await
    }));
    about_itself(keyring, caller, code, renewing).await
}

/// Lets the caller's session do for a while what needs a code, and answers with how they stand then. Asks
/// nothing of who has no second factor, or gave a code lately. A wrong code is refused at the field `code`.
pub async fn confirm(keyring: &Keyring, caller: &Caller, code: &str) -> Result<Caller> {
    let (Entrance::Session(session), Confirmation::Given(_)) =
        (caller.entrance, caller.confirmation)
    else {
        return Ok(caller.clone());
    };
    if caller.confirmed(keyring.clock().now()).is_ok() {
        return Ok(caller.clone());
    }
    let confirming = Box::pin(keyring.write(caller, |unit| async move {
        let person = themselves(&unit).await?;
        spend(&unit, &person, code).await?;
        store::factors::confirm(&*unit.txn, session, unit.now).await?;
        let confirmation = Confirmation::Given(Some(unit.now));
        Ok(Caller {
            confirmation,
            ..unit.caller.clone()
        })
    }));
    let confirmed = tried_by(keyring, caller, code, confirming).await;
    confirmed.map_err(|error| {
        if is_wrong(&error) {
            error.lacking(CODE_WANTED)
        } else {
            error
        }
    })
}

/// Takes somebody's away, who has lost it and their recovery codes, and ends their sessions: they sign in with
/// their passphrase alone from then on. For who may change them, and the operator at the command line.
pub async fn remove(keyring: &Keyring, caller: &Caller, id: ProfileId) -> Result<()> {
    let removing = Box::pin(keyring.write(caller, |unit| async move {
        let person = people::changeable(&unit, id).await?;
        rules::refuse_self(&unit.caller, &person)?;
        unit.caller.confirmed(unit.now)?;
        if person.factor_since.is_some() {
            ended(&unit, Action::FactorRemoved, &person).await?;
        }
        store::factors::forget(&*unit.txn, &person).await
    }));
    removing.await
}

/// Writes down that somebody's factor is over, and ends their sessions but the one that asks.
async fn ended(unit: &Unit, action: Action, person: &profile::Model) -> Result<()> {
    let id = person.typed_id();
    let sessions = sessions::end_others(unit, id).await?;
    let details = json!({ "sessionsEnded": sessions });
    unit.record_with(action, id, &person.name, details).await
}

/// Counts a try at a code of somebody, so that wrong ones slow the next down.
pub(crate) async fn tried<T>(
    keyring: &Keyring,
    address: Option<IpAddr>,
    person: ProfileId,
    trying: impl Future<Output = Result<T>>,
) -> Result<T> {
    let now = keyring.clock().now();
    let attempt = keyring
        .0
        .throttle
        .begin(address, Guess::Code(person), now)?;
    let outcome = trying.await;
    match &outcome {
        Ok(_) => attempt.succeeded(),
        Err(error) if is_wrong(error) => attempt.failed(),
        Err(_) => drop(attempt),
    }
    outcome
}

/// Whether it was a code that was refused.
pub(crate) fn is_wrong(error: &Error) -> bool {
    let public = error.public();
    public.kind == Kind::InvalidArgument && public.field(CODE_FIELD).is_some()
}

/// A try at a code of the caller's. A wrong one is for the audit log; an empty one is no try.
async fn tried_by<T>(
    keyring: &Keyring,
    caller: &Caller,
    code: &str,
    trying: impl Future<Output = Result<T>>,
) -> Result<T> {
    if code.trim().is_empty() {
        return trying.await;
    }
    let outcome = tried(keyring, caller.origin.address, caller.profile, trying).await;
    outcome.map_err(|error| {
        if is_wrong(&error) {
            error.unproven(caller.author(), CODE_WANTED, "wrong code")
        } else {
            error
        }
    })
}

/// A try in a form that is about the factor itself.
async fn about_itself<T>(
    keyring: &Keyring,
    caller: &Caller,
    code: &str,
    trying: impl Future<Output = Result<T>>,
) -> Result<T> {
    let outcome = tried_by(keyring, caller, code, trying).await;
    outcome.map_err(|error| error.beside(FACTOR_CODE_FIELD))
}

/// Takes a code of the caller's, and writes down if it was one of those that are counted.
async fn spend(unit: &Unit, person: &profile::Model, code: &str) -> Result<()> {
    let taken = take(&unit.keyring, &unit.txn, person, code, unit.now).await?;
    if taken == Taken::RecoveryCode {
        unit.record(Action::RecoveryCodeUsed, person.typed_id(), &person.name)
            .await?;
    }
    Ok(())
}

async fn themselves(unit: &Unit) -> Result<profile::Model> {
    let (account, id) = (unit.caller.account, unit.caller.profile);
    let person = store::profiles::find_in(&*unit.txn, account, id).await?;
    person
        .filter(|person| person.role().is_some())
        .ok_or_else(|| Error::precondition("Only people have a second factor."))
}
