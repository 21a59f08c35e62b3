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
fn a_form_that_was_open_leaves_what_it_did_not_change() {
    let read = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().chain(&[("was", "")]);
        let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        SettingsChanges::from_form(&pairs.collect()).unwrap()
    };
    // Opened with the factor off and tools:read, saved with secrets:read as well.
    let changes = read(&[
        ("section", "people"),
        ("permission.tools", "read"),
        ("permission.secrets", "read"),
        ("was.permission.tools", "read"),
    ]);
    assert_eq!(changes.require_second_factor, None);
    let held = changes.member_permissions.flatten().unwrap();
    assert_eq!(held.to_strings(), ["secrets:read", "tools:read"]);
    // Opened with the factor on, and turned off.
    let off = [
        ("section", "people"),
        ("was.people.requireSecondFactor", "on"),
    ];
    let changes = read(&off);
    assert_eq!(changes.require_second_factor, Some(Some(false)));
    assert_eq!(changes.member_permissions, None);
    let changes = read(&[
        ("keys.defaultLifetime", "90"),
        ("was.keys.defaultLifetime", ""),
        ("keys.maxGracePeriod", "30"),
        ("was.keys.maxGracePeriod", "2592000s"),
    ]);
    assert_eq!(changes.default_lifetime, Some(Some(Period(DAY * 90))));
    assert_eq!(changes.max_grace_period, None);
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
