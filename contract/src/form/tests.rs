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
