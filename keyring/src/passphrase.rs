//! Passphrases: argon2id on the blocking pool, behind a semaphore sized to the cores, so that
//! sign-ins cannot take the machine. Unknown people cost the same as known ones.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use contract::Invalid;
use contract::text::check_passphrase_length;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

use crate::clock::Entropy;
use crate::error::{Error, Result};

/// OWASP's parameters for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How long a sign-in waits for its turn before it is told to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Below this score (0 to 4) a passphrase is among the first that are guessed.
const LOWEST_SCORE: Score = Score::Three;

pub(crate) struct Passphrases {
    turns: Arc<Semaphore>,
    /// What is verified when there is nobody: the work is done, the answer is no.
    nobody: String,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verified {
    No,
    Yes,
    /// Right, but hashed with parameters of another time; here is the hash to keep.
    Rehashed(String),
}

impl Passphrases {
    pub(crate) fn new(entropy: &Entropy) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let nobody = hash(
            &crate::pepper::hex(&entropy.bytes::<16>()),
            &entropy.bytes(),
        );
        Self {
            turns: Arc::new(Semaphore::new(cores)),
            nobody,
        }
    }

    /// Refuses what is too short, too long or too common, then hashes.
    pub(crate) async fn admit(
        &self,
        passphrase: &SecretString,
        entropy: &Entropy,
    ) -> Result<String> {
        check_passphrase_length(passphrase.expose_secret())
            .map_err(|invalid| invalid.at("passphrase"))?;
        let salt = entropy.bytes::<16>();
        self.work(passphrase, move |passphrase| {
            if zxcvbn(passphrase, &[]).score() < LOWEST_SCORE {
                let common = "this one is among the first to be guessed; use four unrelated words";
                return Err(Invalid::new(common).at("passphrase"));
            }
            Ok(hash(passphrase, &salt))
        })
        .await?
        .map_err(Error::from)
    }

    /// Compares with a stored hash, or with nobody's.
    pub(crate) async fn verify(
        &self,
        passphrase: &SecretString,
        stored: Option<String>,
        entropy: &Entropy,
    ) -> Result<Verified> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.clone());
        let salt = entropy.bytes::<16>();
        self.work(passphrase, move |passphrase| {
            let Ok(parsed) = PasswordHash::new(&stored) else {
                return Verified::No;
            };
            let right = argon2()
                .verify_password(passphrase.as_bytes(), &parsed)
                .is_ok();
            match (known && right, has_present_parameters(&parsed)) {
                (false, _) => Verified::No,
                (true, true) => Verified::Yes,
                (true, false) => Verified::Rehashed(hash(passphrase, &salt)),
            }
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        passphrase: &SecretString,
        work: impl FnOnce(&str) -> T + Send + 'static,
    ) -> Result<T> {
        let turn = tokio::time::timeout(LONGEST_WAIT, self.turns.clone().acquire_owned())
            .await
            .map_err(Error::unavailable)?
            .map_err(Error::internal)?;
        let passphrase = passphrase.clone();
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(passphrase.expose_secret())
        })
        .await
        .map_err(Error::internal)
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(passphrase: &str, salt: &[u8; 16]) -> String {
    argon2()
        .hash_password_with_salt(passphrase.as_bytes(), salt)
        .expect("argon2 hashes any passphrase of bounded length")
        .to_string()
}

fn has_present_parameters(hash: &PasswordHash) -> bool {
    Params::try_from(hash).is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
    })
}

/// With parameters of another time.
#[cfg(test)]
pub(crate) fn old_hash(passphrase: &str) -> String {
    let params = Params::new(8192, 1, 1, None).unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(passphrase.as_bytes(), &[7; 16])
        .unwrap()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "marble otter walks upstream";

    #[tokio::test]
    async fn the_right_passphrase_and_no_other_is_accepted() {
        let entropy = Entropy::seeded(1);
        let passphrases = Passphrases::new(&entropy);
        let hash = passphrases.admit(&GOOD.into(), &entropy).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let verify = async |text: &str, stored| {
            passphrases
                .verify(&text.into(), stored, &entropy)
                .await
                .unwrap()
        };
        assert_eq!(verify(GOOD, Some(hash.clone())).await, Verified::Yes);
        assert_eq!(
            verify("marble otter walks downstream", Some(hash)).await,
            Verified::No
        );
        assert_eq!(verify(GOOD, None).await, Verified::No);
    }

    #[tokio::test]
    async fn an_old_hash_is_renewed() {
        let entropy = Entropy::seeded(1);
        let old = old_hash(GOOD);
        let passphrases = Passphrases::new(&entropy);
        let Verified::Rehashed(new) = passphrases
            .verify(&GOOD.into(), Some(old), &entropy)
            .await
            .unwrap()
        else {
            panic!("an old hash must be renewed");
        };
        assert_eq!(
            passphrases
                .verify(&GOOD.into(), Some(new), &entropy)
                .await
                .unwrap(),
            Verified::Yes
        );
    }

    #[tokio::test]
    async fn short_and_common_ones_are_refused_with_a_reason() {
        let entropy = Entropy::seeded(1);
        let passphrases = Passphrases::new(&entropy);
        for bad in [
            "too short",
            "passwordpassword",
            "aaaaaaaaaaaaaaaaaaaa",
            "123456789012345",
            "qwertyuiopasdfghjkl",
        ] {
            let error = passphrases.admit(&bad.into(), &entropy).await.unwrap_err();
            assert!(error.public().field("passphrase").is_some(), "{bad}");
        }
        for good in [
            GOOD,
            "ключ лежит под ковром у двери",
            "🗝️ under the ninth floor tile",
        ] {
            assert!(
                passphrases.admit(&good.into(), &entropy).await.is_ok(),
                "{good}"
            );
        }
    }
}
