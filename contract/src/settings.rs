//! What an account decides for itself. One structure, as it is answered and as it is stored: whatever is
//! added has a default, which is what an account has that never decided.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, FieldError, Invalid, Refusals};
use crate::form::Fields;
use crate::request::Mask;
use crate::time::parse_seconds;
use crate::{Period, Permission, Permissions};

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
            "choose a default of at most {most}, the longest lifetime: without one, keys of which nobody says anything would never expire"
        ));
        Err(refused.at("keys.defaultLifetime"))
    }
}

/// What people need to come in, and what members hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct PeopleSettings {
    /// Whether owners and admins hold nothing until they have turned a second factor on.
    pub require_second_factor: bool,
    /// What members hold, in the workspaces they belong to.
    pub member_permissions: Permissions,
}

impl Default for PeopleSettings {
    fn default() -> Self {
        let managed = ["api_keys", "agents", "objectives", "tools", "memory"];
        let held = managed.map(Permission::manage).into_iter();
        Self {
            require_second_factor: false,
            member_permissions: held.chain([Permission::read("workspaces")]).collect(),
        }
    }
}

impl PeopleSettings {
    /// Whether a member may hold it at all: what makes somebody an admin is for admins.
    pub fn for_members(permission: &Permission) -> bool {
        let admins = [
            Permission::manage("account"),
            Permission::manage("workspaces"),
        ];
        *permission != Permission::All && !admins.contains(permission)
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
    /// `people.requireSecondFactor`, `people.memberPermissions`, or `keys` or `people`. What it names and the body lacks goes back to its default. Without it, the fields present are changed.
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

/// `people` of the settings as a client sends them.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PeopleSettingsInput {
    pub require_second_factor: Option<bool>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Permissions>))]
    pub member_permissions: Option<Vec<String>>,
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
const REQUIRE_FACTOR: &str = "people.requireSecondFactor";
const MEMBER_PERMISSIONS: &str = "people.memberPermissions";
/// What the form about people says that it is, for its boxes say nothing where they are not ticked.
pub const PEOPLE_SECTION: &str = "people";

impl TryFrom<UpdateSettings> for SettingsChanges {
    type Error = Error;

    fn try_from(wire: UpdateSettings) -> Result<Self, Error> {
        let people_paths = [REQUIRE_FACTOR, MEMBER_PERMISSIONS];
        let mask = Mask::parse(wire.update_mask.as_deref(), &[&PATHS, &people_paths])?;
        let UpdateSettings { keys, people, .. } = wire;
        let given = |path: &str, text: &Option<String>| mask.covers(path, text.is_some());
        let [usual, most, grace] = PATHS;
        let changed = [
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
            ..Self::read(changed, parse_seconds, &mut refusals)
        };
        refusals.or(changes)
    }
}

/// What members are to hold, every permission that is refused named by its place.
fn read_held(refusals: &mut Refusals, texts: &[String]) -> Permissions {
    let read = |(index, text): (usize, &String)| {
        let allowed = |permission: &Permission| PeopleSettings::for_members(permission);
        let parsed = text.parse().and_then(|permission| {
            if allowed(&permission) {
                Ok(permission)
            } else {
                Err(Invalid::new(format!(
                    "{permission} is for admins; a member cannot hold it"
                )))
            }
        });
        refusals.take(&format!("{MEMBER_PERMISSIONS}[{index}]"), parsed)
    };
    texts.iter().enumerate().filter_map(read).collect()
}

impl SettingsChanges {
    /// Reads a form of the settings page: lengths of time are in days, or in seconds with an `s`; an empty
    /// one is the default.
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
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
                let (least, most) = (Period(least), Period(most));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(body: serde_json::Value) -> Result<SettingsChanges, Error> {
        let wire: UpdateSettings = serde_json::from_value(body).unwrap();
        wire.try_into()
    }

    fn after(body: serde_json::Value) -> Result<serde_json::Value, FieldError> {
        let changes = asked(body).unwrap();
        let after = changes.apply(&AccountSettings::default())?;
        Ok(serde_json::to_value(after).unwrap())
    }

    #[test]
    fn what_is_not_decided_is_the_default() {
        let stored: AccountSettings = serde_json::from_value(json!({})).unwrap();
        assert_eq!(stored, AccountSettings::default());
        let held = [
            "agents:manage",
            "api_keys:manage",
            "memory:manage",
            "objectives:manage",
            "tools:manage",
            "workspaces:read",
        ];
        assert_eq!(
            after(json!({})).unwrap(),
            json!({
                "keys": {"maxGracePeriod": "2592000s"},
                "people": {"requireSecondFactor": false, "memberPermissions": held},
            })
        );
        let narrow = json!({"people": {"memberPermissions": ["tools:read"]}});
        let narrow: AccountSettings = serde_json::from_value(narrow).unwrap();
        let changes = asked(json!({"updateMask": "people"})).unwrap();
        assert_eq!(changes.apply(&narrow).unwrap(), AccountSettings::default());
        let changes = asked(json!({"updateMask": "keys.maxGracePeriod"})).unwrap();
        assert_eq!(changes.max_grace_period, Some(None));
    }

    #[test]
    fn a_longest_lifetime_needs_a_default_within_it() {
        let of = |usual: &str, most: &str| {
            after(json!({"keys": {"defaultLifetime": usual, "maxLifetime": most}}))
        };
        assert!(of("86400s", "86400s").is_ok());
        let refused = of("86401s", "86400s").unwrap_err();
        assert_eq!(refused.field, "keys.defaultLifetime");
        assert!(after(json!({"keys": {"maxLifetime": "86400s"}})).is_err());
        assert!(after(json!({"keys": {"defaultLifetime": "86400s"}})).is_ok());
    }

    #[test]
    fn what_is_out_of_bounds_is_named() {
        for (field, text) in [
            ("defaultLifetime", "3599s"),
            ("maxLifetime", "315360001s"),
            ("maxGracePeriod", "31536001s"),
            ("maxGracePeriod", "1d"),
        ] {
            let mut keys = serde_json::Map::new();
            keys.insert(field.to_owned(), text.into());
            let error = asked(json!({ "keys": keys })).unwrap_err();
            assert!(error.field(&format!("keys.{field}")).is_some());
        }
        assert!(asked(json!({"keys": {"maxGracePeriod": "0s"}})).is_ok());
    }

    #[test]
    fn what_makes_an_admin_is_not_for_members() {
        for admins in ["*", "account:manage", "workspaces:manage", "tools:write"] {
            let held = json!({"people": {"memberPermissions": ["tools:read", admins]}});
            let error = asked(held).unwrap_err();
            assert!(
                error.field("people.memberPermissions[1]").is_some(),
                "{admins}"
            );
        }
        let held = json!({"people": {"memberPermissions": ["tools:manage", "secrets:manage"]}});
        let held = asked(held).unwrap().member_permissions.flatten().unwrap();
        assert_eq!(held.to_strings(), ["secrets:manage", "tools:manage"]);
    }

    #[test]
    fn the_form_about_people_says_all_of_it() {
        let of = |pairs: &[(&str, &str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            SettingsChanges::from_form(&pairs.collect()).unwrap()
        };
        let changes = of(&[("section", "people"), ("permission.tools", "read")]);
        assert_eq!(changes.require_second_factor, Some(Some(false)));
        let held = changes.member_permissions.flatten().unwrap();
        assert_eq!(held.to_strings(), ["tools:read"]);
        assert_eq!(changes.max_lifetime, None);
        let changes = of(&[("section", "people"), ("people.requireSecondFactor", "on")]);
        assert_eq!(changes.require_second_factor, Some(Some(true)));
        assert_eq!(of(&[("keys.maxLifetime", "")]).member_permissions, None);
    }

    #[test]
    fn the_form_counts_in_days() {
        let fields: Fields = [
            ("keys.defaultLifetime", "90"),
            ("keys.maxLifetime", ""),
            ("keys.maxGracePeriod", "3600s"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
        let changes = SettingsChanges::from_form(&fields).unwrap();
        assert_eq!(changes.default_lifetime, Some(Some(Period(DAY * 90))));
        assert_eq!(changes.max_lifetime, Some(None));
        let hour = Period(Duration::from_hours(1));
        assert_eq!(changes.max_grace_period, Some(Some(hour)));
        let nothing = SettingsChanges::from_form(&Fields::default()).unwrap();
        assert_eq!(nothing, SettingsChanges::default());
    }
}
