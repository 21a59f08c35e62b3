//! Codes as they are typed, and the recovery codes. Each is good once.

use contract::factor::{CODE_FIELD, RecoveryCodes};
use contract::resource::RevealedToken;
use contract::{Invalid, Timestamp};

use super::secret;
use crate::database::Txn;
use crate::entity::profile;
use crate::error::{Error, Result};
use crate::pepper::{Digest, Purpose};
use crate::unit::Unit;
use crate::{Keyring, by_hand, store};

/// How many recovery codes somebody gets.
pub(crate) const RECOVERY_CODES: usize = 10;
/// Of how many characters each is made: 50 bits, shown as `XXXXX-XXXXX`.
const LENGTH: usize = 10;
const GROUP: usize = 5;

/// What was taken for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Code,
    RecoveryCode,
}

/// Takes a code of somebody, of this half minute or of those beside it, or a recovery code. What is none, or
/// was taken before, is refused at the field `code`.
pub(crate) async fn take(
    keyring: &Keyring,
    txn: &Txn,
    person: &profile::Model,
    code: &str,
    now: Timestamp,
) -> Result<Taken> {
    if code.trim().is_empty() {
        return Err(refused("give a code of your second factor"));
    }
    let id = person.typed_id();
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(step) = secret::step_of(keyring, person, &digits, now) {
        if store::factors::take_step(&**txn, id, step).await? {
            return Ok(Taken::Code);
        }
        return Err(refused("this code was used; wait for the next one"));
    }
    let canonical = by_hand::canonical(code);
    if canonical.len() == LENGTH {
        let digest = digest(keyring, person, &canonical);
        if store::factors::take_code(&**txn, id, &digest, now).await? {
            return Ok(Taken::RecoveryCode);
        }
    }
    Err(refused("this code is not right, or its time is over"))
}

fn refused(why: &str) -> Error {
    Invalid::new(why).at(CODE_FIELD).into()
}

/// Gives somebody new recovery codes in the place of those before.
pub(super) async fn renew(unit: &Unit, person: &profile::Model) -> Result<RecoveryCodes> {
    let keyring = &unit.keyring;
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| by_hand::code::<LENGTH>(&keyring.0.entropy, GROUP))
        .collect();
    let digests = codes
        .iter()
        .map(|code| digest(keyring, person, &by_hand::canonical(code)));
    store::factors::put_codes(&*unit.txn, person, digests.collect()).await?;
    Ok(RecoveryCodes(
        codes.into_iter().map(RevealedToken::new).collect(),
    ))
}

fn digest(keyring: &Keyring, person: &profile::Model, canonical: &str) -> Digest {
    let whose = [&person.id.as_bytes()[..], canonical.as_bytes()].concat();
    keyring.0.pepper.digest(Purpose::RecoveryCode, &whose)
}
