use super::*;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

const NOW: Timestamp = Timestamp::from_unix_millis(1_795_000_000_000);

#[test]
fn the_issue_form_says_what_the_rest_body_says() {
    let key = IssueKey::from_form(
        &fields(&[
            ("metadata.name", "ci"),
            ("metadata.labels", "env=prod team=billing"),
            ("permission.tools", "manage"),
            ("permission.memory", "none"),
            ("expires", "30"),
        ]),
        NOW,
    )
    .unwrap();
    assert_eq!(key.permissions.to_strings(), ["tools:manage"]);
    assert_eq!(key.labels.to_pairs(), "env=prod, team=billing");
    assert_eq!(
        key.expiry,
        Expiry::At(NOW.plus(Duration::from_hours(30 * 24)))
    );
    assert!(!key.all_workspaces && key.workspaces.is_empty());
}

#[test]
fn a_refusal_names_the_input() {
    let error = IssueKey::from_form(&fields(&[("expires", "date")]), NOW).unwrap_err();
    assert!(error.field("metadata.name").is_some() && error.field("spec.expiresAt").is_some());
}

#[test]
fn secrets_are_neither_printed_nor_shown_again() {
    let form = fields(&[
        ("email", "a@b"),
        ("passphrase", "correct horse"),
        ("code", "7F3K"),
    ]);
    assert_eq!(format!("{form:?}"), r#"["email", "passphrase", "code"]"#);
    assert_eq!(form.without_secrets(), fields(&[("email", "a@b")]));
}

#[test]
fn what_is_as_it_was_shown_is_left_to_others() {
    let read = |changed: &[(&str, &str)]| {
        let shown = [
            ("metadata.name", "ci"),
            ("spec.description", "builds"),
            ("metadata.labels", "env=prod"),
            ("metadata.externalId", ""),
            ("permission.tools", "manage"),
        ];
        let sent = shown.map(|(name, value)| {
            let sent = changed.iter().find(|(changed, _)| *changed == name);
            (
                name.to_owned(),
                sent.map_or(value, |(_, value)| value).to_owned(),
            )
        });
        let shown = shown.map(|(name, value)| (was(name), value.to_owned()));
        let told = (SHOWN.to_owned(), String::new());
        let fields = sent.into_iter().chain(shown).chain([told]);
        KeyChanges::from_form(&fields.collect(), NOW).unwrap()
    };
    let KeyChanges {
        name,
        external_id,
        labels,
        description,
        permissions,
        expires_at,
        all_workspaces,
    } = read(&[]);
    assert_eq!((name, external_id, labels), (None, None, None));
    assert_eq!((description, permissions), (None, None));
    assert_eq!((expires_at, all_workspaces), (None, None));

    let changes = read(&[("spec.description", ""), ("metadata.labels", "env=dev")]);
    assert_eq!(changes.description, Some(None));
    assert_eq!(changes.labels.unwrap().to_pairs(), "env=dev");
    assert_eq!((changes.name, changes.permissions), (None, None));
    let changes = read(&[("permission.tools", "none")]);
    assert_eq!(changes.permissions, Some(Permissions::default()));
    let held = Permissions::parse("permissions", &["*"]).unwrap();
    let said: Vec<_> = permission_fields(&held).collect();
    assert_eq!(said, [("permission.all".to_owned(), "*".to_owned())]);
    // A form that does not tell changes all that it sends.
    let all = fields(&[("metadata.name", "ci")]);
    assert!(KeyChanges::from_form(&all, NOW).unwrap().name.is_some());
}
