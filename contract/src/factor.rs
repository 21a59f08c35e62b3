//! The second factor as the console shows it: codes of six digits that change every half minute (RFC 6238),
//! and recovery codes for when what makes them is lost.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::resource::RevealedToken;

/// What a refusal lacks, in its `scope`, for want of a code.
pub const CODE_WANTED: &str = "second_factor";
/// What it lacks where the account asks for a factor that somebody has not turned on.
pub const FACTOR_WANTED: &str = "second_factor_missing";
/// Where a form has the code that confirms the session.
pub const CODE_FIELD: &str = "code";
/// Where a form that is about the factor itself has its code.
pub const FACTOR_CODE_FIELD: &str = "factorCode";

/// How somebody stands with theirs, as far as their pages ask for codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// They have none, and nobody asks for one.
    #[default]
    None,
    /// The account asks for one: they hold nothing until it is on.
    Missing,
    /// On, and their session gave a code lately.
    Confirmed,
    /// On; what needs a code asks for one.
    Stale,
}

/// Somebody's own, for the page of their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Factor {
    Off,
    /// They were shown a secret and have not given a code yet.
    Begun,
    On {
        since: Timestamp,
        /// How many recovery codes are not used.
        codes_left: u64,
    },
}

/// The one answer that shows the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// In base32, for typing it.
    pub secret: RevealedToken,
    /// `otpauth://totp/…`, for an app on the same device.
    pub uri: RevealedToken,
    pub picture: QrPicture,
}

/// The same as a QR code, with the quiet zone around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrPicture {
    /// How many modules wide and high.
    pub size: usize,
    /// Its dark modules as the path of an SVG, one unit each.
    pub path: RevealedToken,
}

/// The one answer that shows the recovery codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecoveryCodes(pub Vec<RevealedToken>);

impl RecoveryCodes {
    /// One in a line, for keeping them.
    pub fn lines(&self) -> String {
        let codes: Vec<_> = self.0.iter().map(RevealedToken::expose).collect();
        codes.join("\n")
    }
}
