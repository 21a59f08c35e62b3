//! People signing in and out. The cookie holds 128 random bits; the database their digest.

mod held;

use std::time::Duration;

use contract::audit::Action;
use contract::error::Kind;
use contract::people::OpenAccount;
use contract::text::Email;
use contract::{AccountId, ProfileId, SessionId, Timestamp};
use sea_orm::DatabaseTransaction;
use secrecy::SecretString;
use serde_json::json;

use crate::caller::{Caller, Entrance, Origin};
use crate::entity::{profile, session};
use crate::error::{Error, Result};
use crate::factor::Taken;
use crate::passphrase::Verified;
use crate::pepper::{Purpose, hex};
use crate::store::sessions::NewSession;
use crate::throttle::Guess;
use crate::{Keyring, audit, callers, factor, store};

pub use crate::callers::IDLE_LIMIT;
pub use held::{change_passphrase, end, end_all, own};
pub(crate) use held::{end_others, known, of, unchanged};

/// A session is over after this, however much it was used.
pub const ABSOLUTE_LIMIT: Duration = Duration::from_hours(24 * 7);
/// How stale "last seen" may be: a write for every request would buy nothing.
const SEEN_WITHIN: Duration = Duration::from_mins(1);

/// A session that has just begun.
pub struct SignedIn {
    /// The value of the session cookie; nothing can show it again.
    pub cookie: SecretString,
    pub caller: Caller,
}

/// What came of an address and a passphrase.
pub enum SignIn {
    Done(Box<SignedIn>),
    /// They are right, and open more than one account. Nothing has begun yet.
    Choose(Vec<OpenAccount>),
    /// They are right, and the person has a second factor: its code is wanted as well. Nothing has begun yet.
    Code,
}

/// What somebody signs in with.
pub struct Credentials<'a> {
    pub email: &'a str,
    pub passphrase: SecretString,
    /// Which account is meant, where they open several.
    pub account: Option<AccountId>,
    /// Of the second factor, or a recovery code.
    pub code: Option<&'a str>,
}

/// Checks a passphrase and begins a session. Who is unknown costs the same time and gets the same
/// answer as who is known and mistyped.
///
/// Accounts know nothing of each other's people, so an address may be in several of them, each with a
/// passphrase of its own; `account` says which is meant, where that is not the answer to it. Only who knows
/// the passphrase learns that there is a second factor; a wrong code is refused at the field `code`.
pub async fn sign_in(
    keyring: &Keyring,
    credentials: Credentials<'_>,
    origin: Origin,
) -> Result<SignIn> {
    let Credentials {
        email,
        passphrase,
        account,
        code,
    } = credentials;
    let now = keyring.clock().now();
    // Folded, so that the throttle knows one name by one spelling, and no longer than an address
    // can be, because the throttle keeps it.
    let name: String = email.trim().to_lowercase().chars().take(254).collect();
    let attempt = keyring
        .0
        .throttle
        .begin(origin.address, Guess::Passphrase(name), now)?;
    let mut people = match Email::parse(email) {
        Ok(email) => store::profiles::all_by_email(keyring.reader(), &email).await?,
        Err(_) => Vec::new(),
    };
    people.retain(|person| account.is_none_or(|account| account.uuid() == person.account_id));
    let mut opened = opened(keyring, &people, &passphrase).await?;
    let Some((person, verified)) = opened.pop() else {
        attempt.failed();
        for person in &people {
            let reason = match person.disabled_at {
                None => "wrong passphrase",
                Some(_) => "disabled",
            };
            audit::refused_sign_in(keyring, person, &origin, reason);
        }
        return Err(wrong());
    };
    attempt.succeeded();
    if opened.is_empty() {
        let code = code.filter(|code| !code.trim().is_empty());
        let code = code.filter(|_| person.factor_since.is_some());
        if person.factor_since.is_some() && code.is_none() {
            return Ok(SignIn::Code);
        }
        // On the heap: what counts the tries of codes would hold it twice.
        let entering = Box::pin(enter(keyring, person, &verified, code, &origin, now));
        let entered = match code {
            None => entering.await,
            Some(_) => factor::tried(keyring, origin.address, person.typed_id(), entering).await,
        };
        if entered.as_ref().is_err_and(factor::is_wrong) {
            audit::refused_sign_in(keyring, person, &origin, "wrong code");
        }
        return Ok(SignIn::Done(Box::new(entered?)));
    }
    opened.push((person, verified));
    let accounts = opened.iter().map(|(person, _)| person.account_id);
    let accounts = store::accounts::named(keyring.reader(), accounts.collect()).await?;
    Ok(SignIn::Choose(accounts))
}

/// Whom of these people the passphrase lets in. Nobody at all is tried as well.
async fn opened<'a>(
    keyring: &Keyring,
    people: &'a [profile::Model],
    passphrase: &SecretString,
) -> Result<Vec<(&'a profile::Model, Verified)>> {
    let nobody = people.is_empty().then_some(None);
    let mut opened = Vec::new();
    for person in people.iter().map(Some).chain(nobody) {
        let usable = person.filter(|person| person.disabled_at.is_none());
        let stored = usable.and_then(|person| person.password_hash.clone());
        let verified = keyring
            .0
            .passphrases
            .verify(passphrase, stored, &keyring.0.entropy)
            .await?;
        if let Some(person) = person.filter(|_| verified != Verified::No) {
            opened.push((person, verified));
        }
    }
    Ok(opened)
}

/// Begins the session of somebody whose passphrase was right a moment ago, and whose code is looked at now.
async fn enter(
    keyring: &Keyring,
    checked: &profile::Model,
    verified: &Verified,
    code: Option<&str>,
    origin: &Origin,
    now: Timestamp,
) -> Result<SignedIn> {
    keyring
        .transaction(|txn| async move {
            let id = checked.typed_id();
            // They may have been disabled or removed since, or have changed their passphrase or second factor.
            let person = store::profiles::find(&*txn, id).await?.ok_or_else(wrong)?;
            if !person.is_welcome()
                || person.password_hash != checked.password_hash
                || person.factor_since != checked.factor_since
            {
                return Err(wrong());
            }
            let taken = match code {
                None => None,
                Some(code) => Some(factor::take(keyring, &txn, &person, code, now).await?),
            };
            if let (Verified::Rehashed(renewed), Some(hash)) = (verified, &checked.password_hash) {
                store::profiles::renew_password_hash(&*txn, person.id, hash, renewed).await?;
            }
            store::sessions::delete_expired(&*txn, now).await?;
            let confirmed_at = taken.map(|_| now);
            let signed_in = start(keyring, &txn, id, origin, now, confirmed_at).await?;
            let unit = keyring.unit(&txn, &signed_in.caller, now);
            let details = match &origin.user_agent {
                Some(program) => json!({ "userAgent": program }),
                None => json!({}),
            };
            if taken == Some(Taken::RecoveryCode) {
                unit.record(Action::RecoveryCodeUsed, id, &person.name)
                    .await?;
            }
            unit.record_with(Action::SignedIn, id, &person.name, details)
                .await?;
            Ok(signed_in)
        })
        .await
}

/// The person behind a cookie; `None` when the session is over or never was.
pub async fn authenticate(
    keyring: &Keyring,
    cookie: &str,
    origin: Origin,
) -> Result<Option<Caller>> {
    let now = keyring.clock().now();
    let digest = keyring.0.pepper.digest(Purpose::Session, cookie.as_bytes());
    let session = store::sessions::find_by_digest(keyring.reader(), &digest).await?;
    let caller = callers::of_session(keyring.reader(), session.as_ref(), now, origin).await?;
    let seen_long_ago =
        |session: &session::Model| now.since(store::at(session.last_seen_at)) >= SEEN_WITHIN;
    if let Some(session) = session.filter(seen_long_ago)
        && caller.is_some()
    {
        let id = SessionId::from_uuid(session.id);
        let person = ProfileId::from_uuid(session.profile_id);
        // Reading goes on where writing cannot: a session that is not marked as seen ends sooner.
        let _ = keyring
            .transaction(|txn| async move {
                store::sessions::touch(&*txn, id, now).await?;
                store::people::seen(&*txn, person, now).await
            })
            .await;
    }
    Ok(caller)
}

/// Ends the caller's session at once. Who is signed out already has what they asked for.
pub async fn sign_out(keyring: &Keyring, caller: &Caller) -> Result<()> {
    let Entrance::Session(session) = caller.entrance else {
        return Ok(());
    };
    let ended = keyring
        .write(caller, |unit| async move {
            store::sessions::delete(&*unit.txn, session).await?;
            unit.record(Action::SignedOut, unit.caller.profile, &unit.caller.name)
                .await
        })
        .await;
    match ended {
        Err(error) if error.public().kind == Kind::Unauthenticated => Ok(()),
        ended => ended,
    }
}

/// Begins a session inside a transaction; `confirmed_at` is when a code of the second factor was given.
pub(crate) async fn start(
    keyring: &Keyring,
    txn: &DatabaseTransaction,
    profile: ProfileId,
    origin: &Origin,
    now: Timestamp,
    confirmed_at: Option<Timestamp>,
) -> Result<SignedIn> {
    let cookie = hex(&keyring.0.entropy.bytes::<16>());
    let id = SessionId::from_uuid(keyring.new_id(now));
    let person = store::profiles::find(txn, profile)
        .await?
        .ok_or_else(wrong)?;
    let session = NewSession {
        id,
        account: AccountId::from_uuid(person.account_id),
        profile,
        digest: keyring.0.pepper.digest(Purpose::Session, cookie.as_bytes()),
        now,
        expires_at: now.plus(ABSOLUTE_LIMIT),
        confirmed_at,
        origin,
    };
    store::sessions::insert(txn, session).await?;
    store::people::seen(txn, profile, now).await?;
    let entrance = Entrance::Session(id);
    let caller = callers::of_person(txn, person, entrance, origin.clone(), confirmed_at).await?;
    Ok(SignedIn {
        cookie: SecretString::from(cookie),
        caller,
    })
}

fn wrong() -> Error {
    contract::Error::new(
        Kind::Unauthenticated,
        "The email or the passphrase is not right.",
    )
    .into()
}
