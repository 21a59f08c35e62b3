//! Idempotency keys: a request that may be sent again without being carried out again.
//!
//! [`begin`] claims the key before the request is carried out; the change itself marks the claim as
//! carried out in its own transaction ([`crate::Keyring::write`]); [`finish`] keeps the answer for
//! [`KEPT`]. A request that was refused changed nothing, so [`abandon`] gives its key back.
//!
//! A token in an answer is kept apart from it, for [`SECRET_KEPT`], encrypted under a key that is
//! derived from the pepper, the bearer token and the idempotency key: none of the three alone, nor
//! the database, gives it back.

use std::time::Duration;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use contract::error::Kind;
use contract::{AccountId, Invalid, ProfileId, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::caller::Caller;
use crate::entity::idempotency_record;
use crate::error::{Error, Result};
use crate::pepper::{Digest, Purpose};
use crate::{Keyring, store};

/// How long an answer is replayed.
pub const KEPT: Duration = Duration::from_hours(24);
/// How long the token of an answer is replayed with it.
pub const SECRET_KEPT: Duration = Duration::from_mins(10);
/// A request that is under way for longer was lost with its server.
const LOST: Duration = Duration::from_mins(2);
/// The most characters a key may have.
const LONGEST: usize = 255;
const NONCE: usize = 24;

/// An idempotency key in the hands of one caller.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    pub(crate) account: AccountId,
    pub(crate) profile: ProfileId,
    pub(crate) key: Digest,
    /// When it was made, which tells it from one that took its place.
    pub(crate) at: Timestamp,
}

/// What [`begin`] found.
pub enum Begun {
    /// The key is new: carry the request out with this caller, then [`finish`] or [`abandon`].
    New(Box<Caller>, Claim),
    /// The request was answered before.
    Answered(Answer),
}

/// An answer to keep, or one that was kept.
pub struct Answer {
    pub status: u16,
    /// Without its secret.
    pub body: Vec<u8>,
    pub secret: Option<SecretString>,
}

/// What a request brings along.
pub struct Presented<'a> {
    /// The idempotency key: 1 to 255 printable ASCII characters.
    pub key: &'a str,
    /// Method, path and body: everything that makes another request another.
    pub request: &'a [u8],
    /// The caller's own token, part of the key that the answer's token is encrypted under.
    pub bearer: &'a str,
}

/// Claims an idempotency key for a request.
///
/// A key that came with another request is unprocessable; one whose request is still under way, or
/// was carried out without its answer being known, is a concurrent change.
pub async fn begin(keyring: &Keyring, caller: Caller, presented: &Presented<'_>) -> Result<Begun> {
    check(presented.key)?;
    let pepper = &keyring.0.pepper;
    let claim = Claim {
        account: caller.account,
        profile: caller.profile,
        key: pepper.digest(Purpose::IdempotencyKey, presented.key.as_bytes()),
        at: keyring.clock().now(),
    };
    let body = pepper.digest(Purpose::IdempotentRequest, presented.request);
    let found = keyring
        .transaction(|txn| async move {
            if store::idempotency::insert(&*txn, &claim, &body).await? {
                return Ok(None);
            }
            let found = store::idempotency::find(&*txn, &claim)
                .await?
                .ok_or_else(|| Error::internal("an idempotency record is gone"))?;
            let age = claim.at.since(store::at(found.created_at));
            let lost = found.status.is_none() && age > LOST && found.body_digest == body.0;
            if lost || age >= KEPT {
                store::idempotency::replace(&*txn, &claim, &body).await?;
                return Ok(None);
            }
            Ok(Some(found))
        })
        .await?;
    let Some(found) = found else {
        let caller = Box::new(Caller {
            claim: Some(claim),
            ..caller
        });
        return Ok(Begun::New(caller, claim));
    };
    if found.body_digest != body.0 {
        return Err(reused());
    }
    answered(keyring, presented, found).map(Begun::Answered)
}

/// Keeps the answer of a request that was carried out.
pub async fn finish(
    keyring: &Keyring,
    claim: &Claim,
    presented: &Presented<'_>,
    answer: Answer,
) -> Result<()> {
    let secret = answer
        .secret
        .map(|secret| seal(keyring, presented, &secret))
        .transpose()?;
    let (body, secret) = (&answer.body, &secret);
    keyring
        .transaction(|txn| async move {
            let (body, secret) = (body.clone(), secret.clone());
            store::idempotency::set_answer(&*txn, claim, answer.status.into(), body, secret).await
        })
        .await
}

/// Gives the key of a request back that was not carried out.
pub async fn abandon(keyring: &Keyring, claim: &Claim) -> Result<()> {
    keyring
        .transaction(|txn| async move {
            // One that was carried out after all, and only answered badly, stays.
            store::idempotency::delete(&*txn, claim).await
        })
        .await
}

/// Removes answers and tokens that were kept for long enough. To be called every minute or so.
pub async fn forget(keyring: &Keyring) -> Result<()> {
    keyring
        .transaction(|txn| async move {
            let now = keyring.clock().now();
            store::idempotency::forget(&*txn, now.minus(KEPT), now.minus(SECRET_KEPT)).await
        })
        .await
}

fn answered(
    keyring: &Keyring,
    presented: &Presented<'_>,
    found: idempotency_record::Model,
) -> Result<Answer> {
    let age = keyring.clock().now().since(store::at(found.created_at));
    let (status, body) = match (found.status, found.answer) {
        (Some(status), Some(body)) => (status, body),
        // Carried out a moment ago: its answer is on its way here.
        (Some(_), None) if age > LOST => return Err(unknown()),
        _ => return Err(under_way()),
    };
    let secret = found.secret.filter(|_| age < SECRET_KEPT);
    Ok(Answer {
        status: u16::try_from(status).map_err(Error::internal)?,
        body,
        secret: secret.and_then(|secret| open(keyring, presented, &secret)),
    })
}

fn check(key: &str) -> Result<()> {
    let good =
        (1..=LONGEST).contains(&key.len()) && key.bytes().all(|b| (b' '..=b'~').contains(&b));
    if good {
        return Ok(());
    }
    let refused = Invalid::new("use 1 to 255 printable ASCII characters, a UUID for example");
    Err(refused.at("Idempotency-Key").into())
}

fn reused() -> Error {
    let message =
        "This Idempotency-Key came with another request before. Use a new one for each request.";
    contract::Error::new(Kind::Unprocessable, message).into()
}

fn under_way() -> Error {
    let message =
        "The request with this Idempotency-Key is still being carried out. Try again in a moment.";
    let mut error = contract::Error::new(Kind::Aborted, message);
    error.retry_after = Some(1);
    error.into()
}

fn unknown() -> Error {
    let message = "The request with this Idempotency-Key was carried out, but its answer was lost. Look at what there is now before you go on with a new key.";
    let mut error = contract::Error::new(Kind::Aborted, message);
    error.hopeless = true;
    error.into()
}

fn seal(keyring: &Keyring, presented: &Presented<'_>, secret: &SecretString) -> Result<Vec<u8>> {
    let nonce = keyring.0.entropy.bytes::<NONCE>();
    let sealed = cipher(keyring, presented)
        .encrypt(
            &XNonce::from(nonce),
            payload(secret.expose_secret().as_bytes()),
        )
        .map_err(|_| Error::internal("a secret could not be encrypted"))?;
    Ok([&nonce[..], &sealed].concat())
}

/// `None` when it was made under another key, so that it cannot be given back.
fn open(keyring: &Keyring, presented: &Presented<'_>, sealed: &[u8]) -> Option<SecretString> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let secret = cipher(keyring, presented)
        .decrypt(&XNonce::from(*nonce), payload(sealed))
        .map(Zeroizing::new)
        .ok()?;
    let text = std::str::from_utf8(&secret).ok()?;
    Some(SecretString::from(text))
}

/// Nothing else is encrypted under such keys; the words keep it so.
fn payload(message: &[u8]) -> Payload<'_, '_> {
    Payload {
        msg: message,
        aad: b"keyrack replayed token",
    }
}

/// A key for one bearer and one idempotency key: HMAC-SHA256 under the pepper is a pseudo-random
/// function, and its 32 bytes are the key.
fn cipher(keyring: &Keyring, presented: &Presented<'_>) -> XChaCha20Poly1305 {
    let secret = Zeroizing::new(format!("{}\0{}", presented.bearer, presented.key));
    let digest = keyring
        .0
        .pepper
        .digest(Purpose::ReplayedToken, secret.as_bytes());
    let key = Zeroizing::new(digest.0);
    XChaCha20Poly1305::new(&Key::from(*key))
}

impl Claim {
    /// Marks the request as carried out, in the transaction that carries it out. Whoever took it for
    /// lost carries it out instead, and this one is called off.
    pub(crate) async fn carried_out(&self, txn: &sea_orm::DatabaseTransaction) -> Result<()> {
        if store::idempotency::mark_carried_out(txn, self).await? {
            Ok(())
        } else {
            Err(under_way())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_is_1_to_255_printable_characters(key in "[ -~]{0,300}") {
            prop_assert_eq!(check(&key).is_ok(), (1..=LONGEST).contains(&key.len()));
        }

        #[test]
        fn no_text_makes_the_check_of_keys_panic(key in ".{0,300}") {
            prop_assert!(check(&key).is_err() || key.is_ascii());
        }
    }
}
