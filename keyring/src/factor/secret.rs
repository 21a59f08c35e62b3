//! The secret, which is derived whenever it is needed, and how it is shown.

use contract::Timestamp;
use contract::factor::{Enrolment, QrPicture};
use contract::resource::RevealedToken;
use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::Keyring;
use crate::entity::profile;
use crate::error::{Error, Result};
use crate::pepper::Purpose;

/// What every authenticator understands.
const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;
/// How many steps before and after the present one count, for clocks that differ.
const SKEW: u16 = 1;
/// 160 bits (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;
const ISSUER: &str = "Keyrack";
/// How much of the account's name an authenticator shows.
const NAMED: usize = 40;
/// The light modules that a reader needs around a QR code.
const QUIET_ZONE: usize = 4;

/// The time step of which `digits` are somebody's code at `now`, if they are one. Compared in constant time.
pub(super) fn step_of(
    keyring: &Keyring,
    person: &profile::Model,
    digits: &str,
    now: Timestamp,
) -> Option<i64> {
    let totp = totp(keyring, person, "")?;
    let seconds = u64::try_from(now.unix_millis()).ok()? / 1_000;
    i64::try_from(totp.check(digits, seconds)?).ok()
}

/// The secret as it is shown once.
pub(super) fn enrolment(
    keyring: &Keyring,
    person: &profile::Model,
    account: &str,
) -> Result<Enrolment> {
    let email = person.email.as_deref().unwrap_or(&person.name);
    let account: String = account.chars().take(NAMED).collect();
    // The one character that an authenticator would take for something else.
    let label = format!("{email} ({account})").replace(':', " ");
    let totp = totp(keyring, person, &label);
    let totp = totp.ok_or_else(|| Error::internal("somebody who has no salt sets a factor up"))?;
    let uri = totp
        .to_url()
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok(Enrolment {
        secret: RevealedToken::new(totp.secret().to_base32()),
        picture: picture(&uri)?,
        uri: RevealedToken::new(uri),
    })
}

/// `None` when somebody has no factor, nor sets one up.
fn totp(keyring: &Keyring, person: &profile::Model, label: &str) -> Option<Totp> {
    let salt = person.factor_salt.as_deref()?;
    let of = [&person.id.as_bytes()[..], salt].concat();
    let derived = keyring.0.pepper.digest(Purpose::SecondFactor, &of);
    let mut secret = [0; SECRET_BYTES];
    secret.copy_from_slice(&derived.0[..SECRET_BYTES]);
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(SKEW)
        .with_step_duration(STEP_SECONDS)
        .with_secret(Secret::new_stack(secret))
        .with_account_name(label)
        .with_issuer(Some(ISSUER))
        .build();
    totp.ok()
}

/// A path with a bar for each run of dark modules.
fn picture(uri: &str) -> Result<QrPicture> {
    use std::fmt::Write as _;
    let code = QrCode::with_error_correction_level(uri, EcLevel::M)
        .map_err(|error| Error::internal(error.to_string()))?;
    let width = code.width();
    let mut path = String::new();
    for (row, modules) in code.into_colors().chunks(width).enumerate() {
        let mut column = 0;
        for run in modules.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let (x, y, long) = (column + QUIET_ZONE, row + QUIET_ZONE, run.len());
                let _ = write!(path, "M{x} {y}h{long}v1h-{long}z");
            }
            column += run.len();
        }
    }
    Ok(QrPicture {
        size: width + 2 * QUIET_ZONE,
        path: RevealedToken::new(path),
    })
}
