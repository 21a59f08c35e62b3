//! `GET /v1/account/access:explain`

use serde_json::{Value, json};

use super::api_keys::{NOBODY, NOWHERE};
use super::workspaces::WORKSPACES;
use super::{ACCESS, cell, needs, profile_of};
use crate::support::{Answer, TestApp, TestKey};

async fn ask(app: &TestApp, caller: &TestKey, query: &str) -> Answer {
    let path = format!("{ACCESS}:explain?{query}");
    app.get(&path).bearer(caller).await
}

/// Whether a key may manage tools in a workspace.
async fn explain(
    app: &TestApp,
    caller: &TestKey,
    key: &TestKey,
    workspace: impl std::fmt::Display,
) -> Value {
    let id = key.id;
    let query = format!("apiKeyId={id}&workspaceId={workspace}&permission=tools:manage");
    ask(app, caller, &query).await.is(200).json()
}

/// Takes out what is worded for people, who are told something.
#[track_caller]
fn without_words(mut explained: Value) -> Value {
    let because = explained["because"].take();
    assert!(because.as_str().is_some_and(|text| !text.is_empty()));
    explained.as_object_mut().unwrap().remove("because");
    explained
}

#[tokio::test]
async fn a_grant_comes_with_who_gave_it_and_when() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let reader = app.key(["api_keys:read"]).await;
    let giver = app.admin().await;
    let key = app.key(["tools:manage"]).await;
    let granted = super::apply(&app, &giver, [cell(&key, eu, true)]).await;
    granted.is(200);
    let (at, by) = (app.clock.now(), profile_of(&app, &giver).await);
    app.clock.advance(std::time::Duration::from_hours(1));
    let explained = explain(&app, &reader, &key, eu).await;
    assert_eq!(explained["allowed"], true, "{explained}");
    assert_eq!(explained.get("code"), None, "absent, not null");
    assert_eq!(explained["grant"]["grantedAt"], json!(at));
    let named = &explained["grant"]["grantedBy"];
    assert_eq!(named["metadata"]["id"], by.as_str());
    assert_eq!(named["spec"]["type"], "PROFILE_TYPE_API_KEY");
}

#[tokio::test]
async fn what_needs_no_grant_has_none() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let reader = app.key(["api_keys:read"]).await;
    let key = app.key(["tools:manage"]).reaching_all().await;
    let allowed = json!({"allowed": true});
    let explained = explain(&app, &reader, &key, eu).await;
    assert_eq!(without_words(explained), allowed);
    for query in ["", "&permission=tools:read"] {
        let alone = ask(&app, &reader, &format!("apiKeyId={}{query}", key.id)).await;
        assert_eq!(without_words(alone.is(200).json()), allowed);
    }
}

#[tokio::test]
async fn a_refusal_has_the_code_of_the_verdict() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.workspace_of(&stranger, "theirs").await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let (admin, reader) = (app.admin().await, app.key(["api_keys:read"]).await);
    let key = app.key(["tools:manage"]).await;
    let denied = |code: &str| json!({"allowed": false, "code": code});
    for workspace in [theirs.to_string(), NOWHERE.to_owned(), "x".to_owned()] {
        let explained = explain(&app, &reader, &key, workspace).await;
        assert_eq!(without_words(explained), denied("WORKSPACE_UNKNOWN"));
    }
    let explained = explain(&app, &reader, &key, us).await;
    assert_eq!(without_words(explained), denied("WORKSPACE_NOT_GRANTED"));

    let weak = app.key(["tools:read"]).reaching([eu]).await;
    let disabled = app.key(["tools:manage"]).reaching([eu]).await;
    let soon = app.clock.now().plus(std::time::Duration::from_hours(1));
    let expired = app.key([]).reaching([eu]).expiring(soon).await;
    let disable = app.post(&format!("{}:disable", disabled.path()));
    disable.bearer(&admin).await.is(200);
    app.clock.advance(std::time::Duration::from_hours(1));
    let explained = async |key: &TestKey| {
        let explained = explain(&app, &reader, key, eu).await;
        assert!(explained["grant"].is_object(), "{explained}");
        assert_eq!(explained["allowed"], false, "{explained}");
        explained["code"].clone()
    };
    assert_eq!(explained(&weak).await, "PERMISSION_MISSING");
    assert_eq!(explained(&disabled).await, "DISABLED");
    assert_eq!(explained(&expired).await, "EXPIRED");
    let archive = app.delete(&format!("{WORKSPACES}/{eu}")).bearer(&admin);
    archive.await.is(204);
    assert_eq!(explained(&weak).await, "WORKSPACE_ARCHIVED");
}

#[tokio::test]
async fn a_missing_key_a_revoked_one_and_somebody_elses_are_told_alike() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.key_of(&stranger).await;
    let (admin, revoked) = (app.admin().await, app.key([]).await);
    app.delete(&revoked.path()).bearer(&admin).await.is(204);
    let missing = ask(&app, &admin, &format!("apiKeyId={NOBODY}")).await;
    missing.is(404).code("NOT_FOUND");
    for key in [theirs, revoked] {
        let answer = ask(&app, &admin, &format!("apiKeyId={}", key.id)).await;
        assert_eq!(answer.without_request_id(), missing.without_request_id());
    }
}

#[tokio::test]
async fn bad_input_is_named() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    let bad_permission = format!("apiKeyId={}&permission=nonsense", reader.id);
    for (query, field) in [
        ("", "apiKeyId"),
        ("apiKeyId=", "apiKeyId"),
        ("apiKeyId=nonsense", "apiKeyId"),
        (&bad_permission, "permission"),
    ] {
        let answer = ask(&app, &reader, query).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    let key = app.key([]).await;
    let path = format!("{ACCESS}:explain?apiKeyId={}", key.id);
    needs(&app, "api_keys:read", || app.get(&path)).await;
}
