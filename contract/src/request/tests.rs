use proptest::prelude::*;

use super::*;
use crate::error::Error;

fn issue(body: serde_json::Value) -> Result<IssueKey, Error> {
    serde_json::from_value::<CreateApiKey>(body)
        .unwrap()
        .try_into()
}

fn update(body: serde_json::Value) -> Result<KeyChanges, Error> {
    serde_json::from_value::<UpdateApiKey>(body)
        .unwrap()
        .try_into()
}

#[test]
fn every_refused_field_is_named_at_once() {
    let error = issue(serde_json::json!({
        "metadata": {"name": " ", "labels": {"env": "-"}},
        "spec": {"permissions": ["tools:read", "nonsense"], "expiresAt": "soon"},
        "initialWorkspaceIds": ["apikey_01JD8W3X7R5M2T9V6QZ0YHKC4E"],
    }))
    .unwrap_err();
    let fields: Vec<_> = error
        .details
        .iter()
        .map(|detail| detail.field.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "metadata.name",
            "metadata.labels.env",
            "spec.permissions[1]",
            "spec.expiresAt",
            "initialWorkspaceIds[0]"
        ]
    );
}

#[test]
fn output_only_fields_are_ignored_and_unknown_ones_refused() {
    let read_back = serde_json::json!({
        "metadata": {"id": "x", "accountId": "y", "profileId": "z", "createdAt": "w", "name": "ci"},
        "spec": {"token": "kr_stolen", "system": true},
        "state": "STATE_DISABLED",
        "info": {"anything": [1]},
    });
    assert_eq!(issue(read_back).unwrap().name.as_str(), "ci");
    assert!(serde_json::from_str::<CreateApiKey>(r#"{"metadata":{"nmae":"ci"}}"#).is_err());
}

#[test]
fn a_list_is_no_object() {
    for body in [
        r#"{"metadata": ["ci", "ext", {"a": "b"}]}"#,
        r#"{"metadata": {"name": "ci"}, "spec": ["d", ["tools:read"], null, true]}"#,
        r#"{"metadata": null}"#,
    ] {
        let error = serde_json::from_str::<CreateApiKey>(body).unwrap_err();
        assert!(error.to_string().contains("expected an object"), "{error}");
    }
    assert!(serde_json::from_str::<VerifyTokens>(r#"{"requests": [["t", null, null]]}"#).is_err());
    assert!(serde_json::from_str::<ApplyAccess>(r#"{"cells": [["a", "b", true, null]]}"#).is_err());
    assert!(serde_json::from_str::<VerifyTokens>(r#"{"requests": [{"token": "t"}]}"#).is_ok());
}

#[test]
fn without_a_mask_the_fields_present_are_changed() {
    let changes = update(serde_json::json!({"spec": {"description": ""}})).unwrap();
    assert_eq!(changes.description, Some(None));
    assert!(changes.name.is_none() && changes.permissions.is_none() && changes.labels.is_none());
}

#[test]
fn a_mask_decides_and_clears_what_is_absent() {
    let body = serde_json::json!({
        "metadata": {"name": "new", "labels": {"env": "prod"}},
        "updateMask": "metadata.labels, spec",
    });
    let changes = update(body).unwrap();
    assert!(changes.name.is_none(), "not in the mask");
    assert_eq!(changes.labels.unwrap().to_pairs(), "env=prod");
    assert_eq!(changes.expires_at, Some(None));
    assert_eq!(changes.permissions.unwrap(), Permissions::default());
}

#[test]
fn a_mask_names_only_what_can_change() {
    for mask in [
        "metadata.id",
        "spec.token",
        "info",
        "nonsense",
        "metadata.name.first",
    ] {
        let error = update(serde_json::json!({"updateMask": mask})).unwrap_err();
        assert!(error.field("updateMask").unwrap().contains(mask));
    }
    let error = update(serde_json::json!({"updateMask": "metadata.name"})).unwrap_err();
    assert!(
        error.field("metadata.name").is_some(),
        "a name cannot be cleared"
    );
}

proptest! {
    #[test]
    fn no_mask_makes_the_parser_panic(mask in ".{0,80}") {
        let _ = update(serde_json::json!({"updateMask": mask}));
    }
}
