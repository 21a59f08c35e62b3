//! Ids: UUIDv7 inside, `kind_` + 26 Crockford base32 characters (the ULID text of the same 128
//! bits) on every wire. One type per kind.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use ulid::{ULID_LEN, Ulid};
use uuid::Uuid;

use crate::Timestamp;
use crate::error::Invalid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The kind this id begins with on the wire, before the underscore.
            pub const PREFIX: &'static str = $prefix;

            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// When it was made: an id begins with 48 bits of milliseconds (RFC 9562, section 5.7).
            pub const fn made_at(self) -> Timestamp {
                let bytes = self.0.as_bytes();
                let [a, b, c, d, e, f, ..] = *bytes;
                Timestamp::from_unix_millis(i64::from_be_bytes([0, 0, a, b, c, d, e, f]))
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Text::new(concat!($prefix, "_"), self.0).as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                parse($prefix, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(Text::new(concat!($prefix, "_"), self.0).as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

id!(
    /// A tenant.
    AccountId, "account"
);
id!(
    /// A principal: a person, a key, or the system.
    ProfileId, "profile"
);
id!(
    /// What keys are granted.
    WorkspaceId, "workspace"
);
id!(
    /// A key; it outlives its tokens.
    ApiKeyId, "apikey"
);
id!(
    /// An entry of the audit log.
    EventId, "event"
);
id!(
    /// The events of one changeset.
    BatchId, "batch"
);
id!(
    /// The row that links a profile to a workspace.
    MemberId, "member"
);
id!(
    /// A signed-in browser. Not the secret in its cookie.
    SessionId, "session"
);

/// The text of an id, on the stack: an answer may hold a hundred of them.
struct Text {
    bytes: [u8; LONGEST_PREFIX + ULID_LEN],
    length: usize,
}

/// `workspace_`
const LONGEST_PREFIX: usize = 10;

impl Text {
    /// `prefix` ends with its underscore.
    fn new(prefix: &'static str, uuid: Uuid) -> Self {
        let mut bytes = [0; LONGEST_PREFIX + ULID_LEN];
        let length = prefix.len() + ULID_LEN;
        bytes[..prefix.len()].copy_from_slice(prefix.as_bytes());
        let mut digits = [0; ULID_LEN];
        Ulid::from(uuid.as_u128()).array_to_str(&mut digits);
        bytes[prefix.len()..length].copy_from_slice(&digits);
        Self { bytes, length }
    }

    fn as_str(&self) -> &str {
        // Both parts are ASCII.
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// Reads the canonical form only: the right prefix, upper case, no overflow.
fn parse(prefix: &str, text: &str) -> Result<Uuid, Invalid> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .and_then(|digits| {
            let ulid = Ulid::from_string(digits).ok()?;
            (ulid.array_to_str(&mut [0; ULID_LEN]) == digits).then(|| Uuid::from_u128(ulid.into()))
        })
        .ok_or_else(|| Invalid::new(format!("use an id of the form {prefix}_ and 26 characters")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_id_survives_its_text(bits: u128) {
            let id = ApiKeyId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<ApiKeyId>().unwrap(), id);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,60}") {
            let _ = text.parse::<WorkspaceId>();
        }
    }

    #[test]
    fn an_id_tells_when_it_was_made() {
        // The example of RFC 9562, appendix A.6.
        let uuid = Uuid::from_u128(0x017F_22E2_79B0_7CC3_98C4_DC0C_0C07_398F);
        let made = ApiKeyId::from_uuid(uuid).made_at();
        assert_eq!(made, Timestamp::parse("2022-02-22T19:22:22Z").unwrap());
    }

    #[test]
    fn a_workspace_id_is_not_a_key_id() {
        let id = WorkspaceId::from_uuid(Uuid::from_u128(7)).to_string();
        assert!(id.parse::<ApiKeyId>().is_err());
    }

    #[test]
    fn only_the_canonical_form_is_an_id() {
        let id = ApiKeyId::from_uuid(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_00ab));
        let lower = id.to_string().to_lowercase();
        assert!(lower.parse::<ApiKeyId>().is_err());
        assert!(
            "apikey_8ZZZZZZZZZZZZZZZZZZZZZZZZZ"
                .parse::<ApiKeyId>()
                .is_err()
        );
        assert!("apikey_".parse::<ApiKeyId>().is_err());
    }
}
