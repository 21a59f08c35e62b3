//! The forms around a rotation, and the reason that is given when a key is stopped.

use std::time::Duration;

use super::Fields;
use crate::error::{Error, Invalid, Refusals};
use crate::request::{GiveReason, GraceChange, Rotate, quiet};
use crate::text::Reason;
use crate::time::parse_seconds;

/// The choices of a grace: the values of the radios `gracePeriod`, and what they are called. With
/// [`OTHER_GRACE`] the field `graceHours` says how long.
pub const GRACES: [(&str, &str); 3] = [
    ("3600s", "1 hour"),
    ("86400s", "24 hours"),
    ("604800s", "7 days"),
];
pub const NO_GRACE: (&str, &str) = ("0s", "None");
pub const OTHER_GRACE: (&str, &str) = ("other", "Other");
/// Leaves the end of a grace where it is.
pub const KEEP_GRACE: (&str, &str) = ("keep", "Keep");

impl Fields {
    /// `None` is what the form leaves as it is.
    fn grace(&self) -> Result<Option<Duration>, Invalid> {
        match self.get("gracePeriod") {
            None | Some("keep") => Ok(None),
            Some("other") => hours(self.text("graceHours")).map(Some),
            Some(seconds) => parse_seconds(seconds).map(Some),
        }
    }

    /// In hours; nothing typed is no such rule.
    fn quiet(&self) -> Result<Option<Duration>, Invalid> {
        let typed = self.filled("endWhenQuietFor").map(hours).transpose()?;
        typed.map_or(Ok(None), quiet)
    }

    /// Why a key is stopped, if that was said.
    pub fn reason(&self) -> Result<Option<Reason>, Error> {
        let reason = self.get("reason").map(str::to_owned);
        GiveReason { reason }.parse()
    }
}

fn hours(text: &str) -> Result<Duration, Invalid> {
    let number = text.trim().parse().ok();
    let number = number.filter(|hours| (1..=87_600).contains(hours));
    number
        .map(Duration::from_hours)
        .ok_or_else(|| Invalid::new("give a whole number of hours, at least 1"))
}

impl Rotate {
    /// Reads the form of a rotation. A rule about quiet means nothing where there is no grace.
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let grace = refusals.take("gracePeriod", fields.grace());
        let quiet = refusals.take("endWhenQuietFor", fields.quiet());
        let (Some(grace), Some(quiet)) = (grace, quiet) else {
            return Err(refusals.into());
        };
        let grace = grace.unwrap_or_default();
        Self::new(grace, quiet.filter(|_| !grace.is_zero()))
    }
}

impl GraceChange {
    /// Reads the form that changes a grace: what it says of quiet holds from now on.
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let period = refusals.take("gracePeriod", fields.grace());
        let quiet = refusals.take("endWhenQuietFor", fields.quiet());
        let (Some(period), Some(quiet)) = (period, quiet) else {
            return Err(refusals.into());
        };
        Ok(Self {
            period: period.filter(|period| !period.is_zero()),
            quiet: Some(quiet),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_rotation_is_read_and_what_is_wrong_named() {
        let read = |pairs: &[_]| Rotate::from_form(&fields(pairs));
        assert_eq!(read(&[]).unwrap(), Rotate::default());
        let how = read(&[("gracePeriod", "86400s"), ("endWhenQuietFor", "6")]).unwrap();
        assert_eq!(how.grace, Duration::from_hours(24));
        assert_eq!(how.quiet, Some(Duration::from_hours(6)));
        let how = read(&[("gracePeriod", "0s"), ("endWhenQuietFor", "6")]).unwrap();
        assert_eq!(how, Rotate::default(), "there is nothing to wait for");
        let how = read(&[("gracePeriod", "other"), ("graceHours", "3")]).unwrap();
        assert_eq!(how.grace, Duration::from_hours(3));
        for (name, value) in [("graceHours", ""), ("graceHours", "1.5")] {
            let error = read(&[("gracePeriod", "other"), (name, value)]).unwrap_err();
            assert!(error.field("gracePeriod").is_some());
        }
        let error = read(&[("gracePeriod", "86400s"), ("endWhenQuietFor", "soon")]);
        assert!(error.unwrap_err().field("endWhenQuietFor").is_some());
    }

    #[test]
    fn a_change_keeps_the_end_and_takes_the_rule_as_it_is_shown() {
        let read = |pairs: &[_]| GraceChange::from_form(&fields(pairs)).unwrap();
        let kept = read(&[("gracePeriod", "keep"), ("endWhenQuietFor", "")]);
        assert_eq!((kept.period, kept.quiet), (None, Some(None)));
        let both = read(&[("gracePeriod", "3600s"), ("endWhenQuietFor", "2")]);
        assert_eq!(both.period, Some(Duration::from_hours(1)));
        assert_eq!(both.quiet, Some(Some(Duration::from_hours(2))));
    }
}
