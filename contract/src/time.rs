//! Instants, in whole milliseconds since the Unix epoch; RFC 3339 in UTC on every wire.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::error::Invalid;

/// The instants that RFC 3339 can write: an offset may lead out of the years it was written with.
const WRITABLE: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// An instant. Reading the clock is not possible here; it is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_unix_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Any offset is accepted and folded to UTC; less than a millisecond is cut off.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let instant = OffsetDateTime::parse(text.trim(), &Rfc3339)
            .map_err(|_| Invalid::new("use an RFC 3339 time like 2027-02-21T12:00:00Z"))?;
        i64::try_from(instant.unix_timestamp_nanos() / 1_000_000)
            .ok()
            .filter(|millis| WRITABLE.contains(millis))
            .map(Self)
            .ok_or_else(|| Invalid::new("use a year between 0 and 9999 in UTC"))
    }

    /// The last millisecond of a `YYYY-MM-DD` day in UTC: what "until 21 February" means.
    pub fn end_of_day(date: &str) -> Result<Self, Invalid> {
        Self::parse(&format!("{}T23:59:59.999Z", date.trim()))
            .map_err(|_| Invalid::new("use a date like 2027-02-21"))
    }

    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// The time from `earlier` to `self`; zero when it is the other way round.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// For people: `21 Feb 2027`.
    pub fn date(self) -> String {
        self.format(format_description!(
            "[day padding:none] [month repr:short] [year]"
        ))
    }

    /// For people: `21 Feb 2027, 12:00 UTC`.
    pub fn date_and_time(self) -> String {
        self.format(format_description!(
            "[day padding:none] [month repr:short] [year], [hour]:[minute] UTC"
        ))
    }

    fn format(self, description: &(impl time::formatting::Formattable + ?Sized)) -> String {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|instant| instant.format(description).ok())
            .unwrap_or_else(|| format!("{} ms", self.0))
    }
}

/// A length of time as it stands in answers and in settings: written as it is read ([`parse_seconds`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(pub Duration);

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.subsec_millis() {
            0 => write!(f, "{}s", self.0.as_secs()),
            millis => write!(f, "{}.{millis:03}s", self.0.as_secs()),
        }
    }
}

impl Period {
    /// For people, who think in days, with how it is written: `30 days (2592000s)`. What is no whole number of
    /// minutes is only written.
    pub fn in_words(self) -> String {
        const UNITS: [(u64, &str); 3] = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
        let seconds = self.0.as_secs();
        let whole = |(unit, _): &&(u64, &str)| {
            self.0.subsec_nanos() == 0 && seconds > 0 && seconds.is_multiple_of(*unit)
        };
        match UNITS.iter().find(whole) {
            Some((unit, name)) => {
                let many = if seconds == *unit { "" } else { "s" };
                format!("{} {name}{many} ({self})", seconds / unit)
            }
            None => self.to_string(),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        parse_seconds(&text).map(Self).map_err(de::Error::custom)
    }
}

/// A length of time as Protocol Buffers write it in JSON: seconds, up to nine digits of a fraction,
/// and an `s`. Less than a millisecond is cut off.
pub fn parse_seconds(text: &str) -> Result<Duration, Invalid> {
    let parsed = text.strip_suffix('s').and_then(|number| {
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str, most| {
            (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        if !digits(whole, 12) || !digits(fraction, 9) {
            return None;
        }
        let nanos: u32 = format!("{fraction:0<9}").parse().ok()?;
        let millis = Duration::from_millis(u64::from(nanos / 1_000_000));
        Some(Duration::from_secs(whole.parse().ok()?) + millis)
    });
    parsed.ok_or_else(|| Invalid::new("write seconds with an s, like 86400s"))
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
        )))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_as_protocol_buffers_write_them() {
        assert_eq!(parse_seconds("86400s").unwrap(), Duration::from_hours(24));
        assert_eq!(parse_seconds("0s").unwrap(), Duration::ZERO);
        assert_eq!(parse_seconds("1.5s").unwrap(), Duration::from_millis(1500));
        for written in ["86400s", "0s", "1.500s", "0.001s"] {
            let period = Period(parse_seconds(written).unwrap());
            assert_eq!(period.to_string(), written);
        }
        for bad in [
            "",
            "s",
            "86400",
            "-1s",
            "1.s",
            ".5s",
            "1e3s",
            "1.0000000001s",
            "9999999999999s",
        ] {
            assert!(parse_seconds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn text_and_instant_agree() {
        let instant = Timestamp::parse("2027-02-21T13:00:00.1239+01:00").unwrap();
        assert_eq!(instant.to_string(), "2027-02-21T12:00:00.123Z");
        assert_eq!(Timestamp::parse(&instant.to_string()).unwrap(), instant);
        assert_eq!(instant.date(), "21 Feb 2027");
        assert_eq!(
            Timestamp::end_of_day("2027-02-21").unwrap().to_string(),
            "2027-02-21T23:59:59.999Z"
        );
        assert!(Timestamp::parse("tomorrow").is_err());
        assert!(Timestamp::parse("9999-12-31T23:59:59.999Z").is_ok());
        assert!(Timestamp::parse("9999-12-31T23:59:59-23:59").is_err());
    }
}
