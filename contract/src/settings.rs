//! What an account decides for itself. One structure, as it is answered and as it is stored: whatever is
//! added has a default, which is what an account has that never decided.

mod people;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, FieldError, Invalid, Refusals};
use crate::form::{Fields, unless_shown};
use crate::request::Mask;
use crate::time::parse_seconds;
use crate::{Period, Permissions};

use people::{MEMBER_PERMISSIONS, REQUIRE_FACTOR, read_held};
pub use people::{PEOPLE_SECTION, PeopleSettings, PeopleSettingsInput};

const DAY: Duration = Duration::from_hours(24);
/// The shortest lifetime of a key that can be made a rule, and the longest.
const BOUNDS: [Duration; 2] = [Duration::from_hours(1), Duration::from_hours(24 * 3_650)];
/// The longest grace that can be allowed.
const LONGEST_GRACE: Duration = Duration::from_hours(24 * 365);

/// The settings of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct AccountSettings {
    pub keys: KeySettings,
    pub people: PeopleSettings,
}

/// How long keys and their tokens last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct KeySettings {
    /// How long a key lasts when nobody says; without it, until it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_lifetime: Option<Period>,
    /// How long a key may last from its issue, or from when its end is changed; without it, for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_lifetime: Option<Period>,
    /// How long the token before may stay good after a rotation.
    pub max_grace_period: Period,
}

impl Default for KeySettings {
    fn default() -> Self {
        Self {
            default_lifetime: None,
            max_lifetime: None,
            max_grace_period: Period(DAY * 30),
        }
    }
}

impl KeySettings {
    /// What contradicts itself is refused: a key of which nobody says anything must be allowed.
    pub fn check(&self) -> Result<(), FieldError> {
        let Some(most) = self.max_lifetime else {
            return Ok(());
        };
        if self.default_lifetime.is_some_and(|usual| usual <= most) {
            return Ok(());
        }
        let refused = Invalid::new(format!(
            "choose a default of at most {}, the longest lifetime: without one, keys of which nobody says anything would never expire",
            most.in_words()
        ));
        Err(refused.at("keys.defaultLifetime"))
    }
}

/// `PATCH /v1/account/settings`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSettings {
    #[serde(default)]
    pub keys: KeySettingsInput,
    #[serde(default)]
    pub people: PeopleSettingsInput,
    /// A comma-separated list of `keys.defaultLifetime`, `keys.maxLifetime`, `keys.maxGracePeriod`,
    /// `people.requireSecondFactor`, `people.memberPermissions`, or `keys` or `people`. What it names and the
    /// body lacks goes back to its default. Without it, the fields present are changed.
    pub update_mask: Option<String>,
}

/// `keys` of the settings as a client sends them.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeySettingsInput {
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Period>))]
    pub default_lifetime: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Period>))]
    pub max_lifetime: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Period>))]
    pub max_grace_period: Option<String>,
}

/// What to change of the settings; `None` leaves a field as it is, an inner `None` takes it back to its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsChanges {
    pub default_lifetime: Option<Option<Period>>,
    pub max_lifetime: Option<Option<Period>>,
    pub max_grace_period: Option<Option<Period>>,
    pub require_second_factor: Option<Option<bool>>,
    pub member_permissions: Option<Option<Permissions>>,
}

const PATHS: [&str; 3] = [
    "keys.defaultLifetime",
    "keys.maxLifetime",
    "keys.maxGracePeriod",
];

impl TryFrom<UpdateSettings> for SettingsChanges {
    type Error = Error;

    fn try_from(wire: UpdateSettings) -> Result<Self, Error> {
        let people_paths = [REQUIRE_FACTOR, MEMBER_PERMISSIONS];
        let mask = Mask::parse(wire.update_mask.as_deref(), &[&PATHS, &people_paths])?;
        let UpdateSettings { keys, people, .. } = wire;
        let given = |path: &str, text: &Option<String>| mask.covers(path, text.is_some());
        let [usual, most, grace] = PATHS;
        let lifetimes = [
            given(usual, &keys.default_lifetime).then_some(keys.default_lifetime),
            given(most, &keys.max_lifetime).then_some(keys.max_lifetime),
            given(grace, &keys.max_grace_period).then_some(keys.max_grace_period),
        ];
        let mut refusals = Refusals::default();
        let PeopleSettingsInput {
            require_second_factor: required,
            member_permissions: held,
        } = people;
        let changes = Self {
            require_second_factor: mask
                .covers(REQUIRE_FACTOR, required.is_some())
                .then_some(required),
            member_permissions: mask
                .covers(MEMBER_PERMISSIONS, held.is_some())
                .then(|| held.map(|held| read_held(&mut refusals, &held))),
            ..Self::read(lifetimes, parse_seconds, &mut refusals)
        };
        refusals.or(changes)
    }
}

impl SettingsChanges {
    /// Reads a form of the settings page: lengths of time are in days, or in seconds with an `s`; an empty
    /// one is the default. What is as it was shown does not change.
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
        let mut changes = Self::sent(fields)?;
        if let Some(Ok(shown)) = fields.shown().map(|shown| Self::sent(&shown)) {
            unless_shown(&mut changes.default_lifetime, shown.default_lifetime);
            unless_shown(&mut changes.max_lifetime, shown.max_lifetime);
            unless_shown(&mut changes.max_grace_period, shown.max_grace_period);
            let required = &mut changes.require_second_factor;
            unless_shown(required, shown.require_second_factor);
            unless_shown(&mut changes.member_permissions, shown.member_permissions);
        }
        Ok(changes)
    }

    fn sent(fields: &Fields) -> Result<Self, Error> {
        let given = |path| {
            let text = fields.get(path)?.trim();
            Some((!text.is_empty()).then(|| text.to_owned()))
        };
        let mut refusals = Refusals::default();
        let days = |text: &str| match text.parse::<u32>() {
            Ok(days) => Ok(DAY * days.min(100_000)),
            Err(_) => parse_seconds(text)
                .map_err(|_| Invalid::new("give a number of days, or of seconds with an s")),
        };
        let mut changes = Self::read(PATHS.map(given), days, &mut refusals);
        if fields.get("section") == Some(PEOPLE_SECTION) {
            changes.require_second_factor = Some(Some(fields.get(REQUIRE_FACTOR).is_some()));
            let held = fields.permissions(&mut refusals).unwrap_or_default();
            changes.member_permissions = Some(Some(read_held(&mut refusals, &held.to_strings())));
        }
        refusals.or(changes)
    }

    fn read(
        given: [Option<Option<String>>; 3],
        parse: impl Fn(&str) -> Result<Duration, Invalid>,
        refusals: &mut Refusals,
    ) -> Self {
        let mut read = |path: &str, text: Option<Option<String>>, [least, most]: [Duration; 2]| {
            let Some(text) = text? else {
                return Some(None);
            };
            let within = parse(&text).and_then(|period| {
                let allowed = (least..=most).contains(&period);
                let (least, most) = (Period(least).in_words(), Period(most).in_words());
                allowed
                    .then_some(Period(period))
                    .ok_or_else(|| Invalid::new(format!("use {least} to {most}")))
            });
            refusals.take(path, within).map(Some)
        };
        let [usual, most, grace] = given;
        Self {
            default_lifetime: read(PATHS[0], usual, BOUNDS),
            max_lifetime: read(PATHS[1], most, BOUNDS),
            max_grace_period: read(PATHS[2], grace, [Duration::ZERO, LONGEST_GRACE]),
            ..Self::default()
        }
    }

    /// The settings with these changes, as long as they do not contradict each other.
    pub fn apply(&self, before: &AccountSettings) -> Result<AccountSettings, FieldError> {
        let mut after = before.clone();
        let keys = &mut after.keys;
        if let Some(usual) = self.default_lifetime {
            keys.default_lifetime = usual;
        }
        if let Some(most) = self.max_lifetime {
            keys.max_lifetime = most;
        }
        if let Some(grace) = self.max_grace_period {
            let usual = KeySettings::default().max_grace_period;
            keys.max_grace_period = grace.unwrap_or(usual);
        }
        keys.check()?;
        let usual = PeopleSettings::default();
        if let Some(required) = self.require_second_factor {
            after.people.require_second_factor = required.unwrap_or(usual.require_second_factor);
        }
        if let Some(held) = &self.member_permissions {
            after.people.member_permissions = held.clone().unwrap_or(usual.member_permissions);
        }
        Ok(after)
    }
}
