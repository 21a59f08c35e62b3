//! People signing in and out. The cookie holds 128 random bits; the database their digest.

use std::time::Duration;

use contract::audit::Action;
use contract::error::Kind;
use contract::text::Email;
use contract::{ProfileId, SessionId, Timestamp};
use sea_orm::DatabaseTransaction;
use secrecy::SecretString;
use serde_json::json;

use crate::caller::{Caller, Entrance, Origin};
use crate::entity::{profile, session};
use crate::error::{Error, Result};
use crate::passphrase::Verified;
use crate::pepper::{Purpose, hex};
use crate::store::sessions::NewSession;
use crate::throttle::Guess;
use crate::{Keyring, audit, callers, store};

pub use crate::callers::IDLE_LIMIT;

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

/// Checks a passphrase and begins a session. Who is unknown costs the same time and gets the same
/// answer as who is known and mistyped.
pub async fn sign_in(
    keyring: &Keyring,
    email: &str,
    passphrase: SecretString,
    origin: Origin,
) -> Result<SignedIn> {
    let now = keyring.clock().now();
    // Folded, so that the throttle knows one name by one spelling, and no longer than an address
    // can be, because the throttle keeps it.
    let name: String = email.trim().to_lowercase().chars().take(254).collect();
    let attempt = keyring
        .0
        .throttle
        .begin(origin.address, Guess::Passphrase(name), now)?;
    let person = match Email::parse(email) {
        Ok(email) => store::profiles::find_by_email(keyring.reader(), &email).await?,
        Err(_) => None,
    };
    let usable = |person: &&profile::Model| person.disabled_at.is_none();
    let stored = person
        .as_ref()
        .filter(usable)
        .and_then(|person| person.password_hash.clone());
    let verified = keyring
        .0
        .passphrases
        .verify(&passphrase, stored, &keyring.0.entropy)
        .await?;
    let Some(person) = person.as_ref().filter(|_| verified != Verified::No) else {
        attempt.failed();
        if let Some(person) = &person {
            let reason = match person.disabled_at {
                None => "wrong passphrase",
                Some(_) => "disabled",
            };
            audit::refused_sign_in(keyring, person, &origin, reason);
        }
        return Err(wrong());
    };
    attempt.succeeded();
    let (verified, origin) = (&verified, &origin);
    keyring
        .transaction(|txn| async move {
            if let (Verified::Rehashed(renewed), Some(checked)) = (verified, &person.password_hash)
            {
                store::profiles::renew_password_hash(&*txn, person.id, checked, renewed).await?;
            }
            store::sessions::delete_expired(&*txn, now).await?;
            let signed_in =
                start(keyring, &txn, ProfileId::from_uuid(person.id), origin, now).await?;
            let unit = keyring.unit(&txn, &signed_in.caller, now);
            let details = match &origin.user_agent {
                Some(program) => json!({ "userAgent": program }),
                None => json!({}),
            };
            unit.record_with(
                Action::SignedIn,
                signed_in.caller.profile,
                &person.name,
                details,
            )
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
        // Reading goes on where writing cannot: a session that is not marked as seen ends sooner.
        let _ = keyring
            .transaction(|txn| async move { store::sessions::touch(&*txn, id, now).await })
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

/// Begins a session inside a transaction.
pub(crate) async fn start(
    keyring: &Keyring,
    txn: &DatabaseTransaction,
    profile: ProfileId,
    origin: &Origin,
    now: Timestamp,
) -> Result<SignedIn> {
    let cookie = hex(&keyring.0.entropy.bytes::<16>());
    let id = SessionId::from_uuid(keyring.new_id(now));
    let person = store::profiles::find(txn, profile)
        .await?
        .ok_or_else(wrong)?;
    let session = NewSession {
        id,
        account: contract::AccountId::from_uuid(person.account_id),
        profile,
        digest: keyring.0.pepper.digest(Purpose::Session, cookie.as_bytes()),
        now,
        expires_at: now.plus(ABSOLUTE_LIMIT),
        origin,
    };
    store::sessions::insert(txn, session).await?;
    let caller = callers::of_person(txn, person, Entrance::Session(id), origin.clone()).await?;
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
