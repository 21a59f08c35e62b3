//! How the events of an account hang together: each carries the hash of the one before it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::Invalid;
use crate::{AccountId, EventId};

/// A SHA-256 hash; 64 hexadecimal digits in lower case on every wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventHash([u8; 32]);

impl EventHash {
    /// What stands before the first event.
    pub const NOTHING: Self = Self([0; 32]);

    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for EventHash {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("use 64 hexadecimal digits in lower case");
        let mut bytes = [0; 32];
        let digits = text.as_bytes();
        if digits.len() != 64
            || !digits
                .iter()
                .all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(invalid());
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let pair = str::from_utf8(pair).map_err(|_| invalid())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| invalid())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for EventHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// The last event of an account. Who keeps one elsewhere can tell later whether what led to it was
/// rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditHead {
    pub account_id: AccountId,
    pub sequence: u64,
    pub event_id: EventId,
    pub hash: EventHash,
}

/// The first row of a trail that is not what it was written as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    pub sequence: u64,
    /// Where there is a row, its id.
    pub event_id: Option<EventId>,
    pub fault: Fault,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// There is no row.
    Missing,
    /// Its hash is not that of what it says.
    Altered,
    /// It cannot be read as an event.
    Unreadable,
    /// It does not follow the event before it.
    Unlinked,
    /// Pages would not show it.
    Hidden,
    /// It lies beyond the head, the row that says which event is the last.
    Beyond,
    /// The head has another hash, or there is no head.
    Head,
    /// The head that was kept elsewhere has another hash, or is of another account.
    Kept,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = match self.fault {
            Fault::Missing => "is missing",
            Fault::Altered => "was altered: its hash is not that of what it says",
            Fault::Unreadable => "was altered: it cannot be read",
            Fault::Unlinked => "does not follow the event before it",
            Fault::Hidden => "was altered: pages would not show it",
            Fault::Beyond => "lies beyond the head of the chain",
            Fault::Head => "is not what the head of the chain says",
            Fault::Kept => "is not what the head says that was kept elsewhere",
        };
        write!(f, "event {}", self.sequence)?;
        if let Some(id) = self.event_id {
            write!(f, " ({id})")?;
        }
        write!(f, " {told}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_survives_its_text_and_nothing_else_is_one() {
        let hash = EventHash::from_bytes(std::array::from_fn(|at| u8::try_from(at * 7).unwrap()));
        assert_eq!(hash.to_string().parse::<EventHash>().unwrap(), hash);
        let upper = hash.to_string().to_uppercase();
        for text in ["", "00", &upper, &"+0".repeat(32), &"é".repeat(32)] {
            assert!(text.parse::<EventHash>().is_err(), "{text}");
        }
    }
}
