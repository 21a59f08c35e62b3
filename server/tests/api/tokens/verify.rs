//! `POST /v1/tokens:verify`

use std::time::Duration;

use serde_json::{Value, json};

use super::{VERIFY, change, invalid, of, strange_token, verify};
use crate::account::api_keys::{KEYS, NOWHERE, token_of};
use crate::account::{needs, profile_of, workspaces::WORKSPACES};
use crate::support::{TestApp, TestKey, log};

const HOUR: Duration = Duration::from_hours(1);
const MILLISECOND: Duration = Duration::from_millis(1);

async fn verdict(app: &TestApp, caller: &TestKey, asked: Value) -> Value {
    verify(app, caller, asked).await.is(200).json()
}

#[tokio::test]
async fn a_good_token_comes_with_what_its_key_is_and_may_do() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let (admin, reader) = (app.admin().await, app.key(["api_keys:read"]).await);
    let ends = app.clock.now().plus(HOUR);
    let issued = app.post(KEYS).bearer(&admin).json(json!({
        "metadata": {"name": "ci", "externalId": "ci-1", "labels": {"env": "prod"}},
        "spec": {"permissions": ["tools:manage", "agents:read"], "expiresAt": ends},
        "initialWorkspaceIds": [eu],
    }));
    let key = token_of(&issued.await.is(200).json());
    let mut expected = json!({
        "valid": true,
        "apiKey": {"id": key.id, "name": "ci", "externalId": "ci-1", "labels": {"env": "prod"}},
        "profileId": profile_of(&app, &key).await,
        "permissions": ["agents:read", "tools:manage"],
        "allWorkspaces": false,
        "workspaceIds": [eu],
        "workspacesTotal": 1,
        "expiresAt": ends,
    });
    assert_eq!(verdict(&app, &reader, of(&key, eu)).await, expected);
    let alone = json!({"token": key.token});
    assert_eq!(verdict(&app, &reader, alone).await, expected);

    let bare = app.key([]).named("bare").await;
    let asked = json!({"token": bare.token});
    expected = json!({
        "valid": true,
        "apiKey": {"id": bare.id, "name": "bare", "labels": {}},
        "profileId": profile_of(&app, &bare).await,
        "permissions": [],
        "allWorkspaces": false,
        "workspaceIds": [],
        "workspacesTotal": 0,
    });
    assert_eq!(verdict(&app, &reader, asked).await, expected);
}

#[tokio::test]
async fn what_was_told_before_is_not_told_after_a_change() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let key = app.key(["tools:manage"]).reaching([eu]).await;
    let told = async || verdict(&app, &admin, json!({"token": key.token})).await;
    let change = async |body: Value| {
        let changed = app.patch(&format!("{KEYS}/{}", key.id)).bearer(&admin);
        changed.json(body).await.is(200);
    };
    assert_eq!(told().await["permissions"], json!(["tools:manage"]));
    change(json!({"spec": {"permissions": ["tools:read"]}})).await;
    assert_eq!(told().await["permissions"], json!(["tools:read"]));
    change(json!({"metadata": {"name": "other", "externalId": "x", "labels": {"env": "prod"}}}))
        .await;
    let expected =
        json!({"id": key.id, "name": "other", "externalId": "x", "labels": {"env": "prod"}});
    assert_eq!(told().await["apiKey"], expected);
    let ends = app.clock.now().plus(HOUR);
    change(json!({"spec": {"expiresAt": ends}})).await;
    assert_eq!(told().await["expiresAt"], json!(ends));
    let grant = app
        .post(&format!("{KEYS}/{}/workspaces", key.id))
        .bearer(&admin);
    grant.json(json!({"workspaceId": us})).await.is(200);
    assert_eq!(told().await["workspaceIds"], json!([eu, us]));
}

#[tokio::test]
async fn a_key_for_all_workspaces_is_good_for_later_ones_and_manage_for_read() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    let key = app.key(["tools:manage"]).reaching_all().await;
    let later = app.workspace("later").await;
    for permission in ["tools:manage", "tools:read"] {
        let mut asked = of(&key, later);
        asked["permission"] = permission.into();
        let verdict = verdict(&app, &reader, asked).await;
        assert_eq!(verdict["valid"], true, "{permission}: {verdict}");
        assert_eq!(verdict["allWorkspaces"], true);
    }
}

#[tokio::test]
async fn a_hundred_workspaces_are_named_and_all_are_counted() {
    let app = TestApp::start().await;
    let mut granted = Vec::new();
    for number in 0..101 {
        granted.push(app.workspace(&format!("w{number}")).await);
    }
    let all: [_; 101] = granted.clone().try_into().unwrap();
    let key = app.key(["tools:manage"]).reaching(all).await;
    let reader = app.key(["api_keys:read"]).await;
    for workspace in &granted {
        let verdict = verdict(&app, &reader, of(&key, workspace)).await;
        assert_eq!(verdict["valid"], true, "{workspace}: {verdict}");
        assert_eq!(verdict["workspacesTotal"], 101);
        let named = verdict["workspaceIds"].as_array().unwrap();
        assert_eq!(named.len(), 100);
    }
}

#[tokio::test]
async fn an_archived_workspace_is_not_named() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let key = app.key([]).reaching([eu, us]).await;
    let named = async || {
        let verdict = verdict(&app, &admin, json!({"token": key.token})).await;
        let named = verdict["workspaceIds"].clone();
        assert_eq!(verdict["workspacesTotal"], named.as_array().unwrap().len());
        named
    };
    assert_eq!(named().await, json!([eu, us]));
    let archived = app.delete(&format!("{WORKSPACES}/{eu}")).bearer(&admin);
    archived.await.is(204);
    assert_eq!(named().await, json!([us]));
    let restored = app.post(&format!("{WORKSPACES}/{eu}:restore"));
    restored.bearer(&admin).await.is(200);
    assert_eq!(named().await, json!([eu, us]));
}

#[tokio::test]
async fn a_refusal_is_its_code_and_nothing_else() {
    let app = TestApp::start().await;
    let [eu, us, old] = app.workspaces(["prod-eu", "prod-us", "old"]).await;
    let reader = app.key(["api_keys:read"]).await;
    let issue = || app.key(["tools:manage"]).reaching([eu, old]);
    let (good, revoked, disabled) = (issue().await, issue().await, issue().await);
    let expired = issue().expiring(app.clock.now().plus(HOUR)).await;
    let weak = app.key(["tools:read"]).reaching([eu]).await;
    change(&app, &revoked, "DELETE", "", Value::Null).await;
    change(&app, &disabled, "POST", ":disable", Value::Null).await;
    app.clock.advance(HOUR);
    let archived = app.delete(&format!("{WORKSPACES}/{old}"));
    archived.bearer(&app.admin().await).await.is(204);
    let token = |token: String| TestKey { token, id: good.id };
    for (key, workspace, code) in [
        (token(String::new()), eu.to_string(), "MALFORMED"),
        (token("nonsense".to_owned()), eu.to_string(), "MALFORMED"),
        (token(good.token.clone() + "x"), eu.to_string(), "MALFORMED"),
        (token(strange_token().await), eu.to_string(), "UNKNOWN"),
        (revoked, eu.to_string(), "REVOKED"),
        (disabled, eu.to_string(), "DISABLED"),
        (expired, eu.to_string(), "EXPIRED"),
        (good.clone(), NOWHERE.to_owned(), "WORKSPACE_UNKNOWN"),
        (good.clone(), "nonsense".to_owned(), "WORKSPACE_UNKNOWN"),
        (good.clone(), String::new(), "WORKSPACE_UNKNOWN"),
        (good.clone(), old.to_string(), "WORKSPACE_ARCHIVED"),
        (good.clone(), us.to_string(), "WORKSPACE_NOT_GRANTED"),
        (weak, eu.to_string(), "PERMISSION_MISSING"),
    ] {
        let verdict = verdict(&app, &reader, of(&key, &workspace)).await;
        assert_eq!(verdict, invalid(code), "{workspace}");
    }
    let control = verdict(&app, &reader, of(&good, eu)).await;
    assert_eq!(control["valid"], true, "{control}");
}

#[tokio::test]
async fn somebody_elses_token_and_workspace_are_answered_like_none() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.workspace_of(&stranger, "theirs").await;
    let their_key = app.key_of(&stranger).await;
    let ours = app.workspace("ours").await;
    let key = app.key(["*"]).reaching_all().await;
    let nobodys = strange_token().await;
    for caller in [
        app.admin().await,
        app.key(["api_keys:read"]).reaching([ours]).await,
    ] {
        let answer = async |asked| verify(&app, &caller, asked).await.without_request_id();
        let unknown = answer(json!({"token": nobodys})).await;
        assert_eq!(answer(json!({"token": their_key.token})).await, unknown);
        for workspace in [theirs, ours] {
            assert_eq!(answer(of(&their_key, workspace)).await, unknown);
        }
        let nowhere = answer(of(&key, NOWHERE)).await;
        assert_eq!(answer(of(&key, theirs)).await, nowhere);
        assert_ne!(answer(of(&key, ours)).await, nowhere);
    }
    let control = verdict(&app, &their_key, of(&their_key, theirs)).await;
    assert_eq!(control["valid"], true, "{control}");
}

#[tokio::test]
async fn a_token_that_was_rotated_away_retires_for_its_grace() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    let old = app.key([]).await;
    let grace = json!({"gracePeriod": "3600s"});
    let rotated = change(&app, &old, "POST", ":rotate", grace).await;
    let new = token_of(&rotated.json());
    let verdict_on = async |key: &TestKey| {
        let asked = json!({"token": key.token});
        verdict(&app, &reader, asked).await
    };
    app.clock.advance(HOUR.saturating_sub(MILLISECOND));
    let (retiring, current) = (verdict_on(&old).await, verdict_on(&new).await);
    assert_eq!(retiring["valid"], true);
    assert_eq!(retiring["retiring"], true);
    assert_eq!(current["valid"], true);
    assert_eq!(current.get("retiring"), None, "absent, not false");
    app.clock.advance(MILLISECOND);
    assert_eq!(verdict_on(&old).await, invalid("REVOKED"));
    assert_eq!(verdict_on(&new).await, current);
}

#[tokio::test]
async fn what_was_taken_away_is_refused_from_then_on() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let ungrant = format!("/workspaces/{eu}");
    let narrow = json!({"spec": {"permissions": ["tools:read"]}});
    for (method, how, body, code) in [
        ("DELETE", "", Value::Null, "REVOKED"),
        ("POST", ":rotate", Value::Null, "REVOKED"),
        ("POST", ":disable", Value::Null, "DISABLED"),
        ("DELETE", &ungrant, Value::Null, "WORKSPACE_NOT_GRANTED"),
        ("PATCH", "", narrow, "PERMISSION_MISSING"),
    ] {
        let key = app.key(["tools:manage"]).reaching([eu]).await;
        let before = verdict(&app, &admin, of(&key, eu)).await;
        assert_eq!(before["valid"], true, "{method} {how}: {before}");
        change(&app, &key, method, how, body).await;
        let after = verdict(&app, &admin, of(&key, eu)).await;
        assert_eq!(after, invalid(code), "{method} {how}");
    }
    let soon = app.clock.now().plus(HOUR);
    let key = app.key(["tools:manage"]).reaching([eu, us]).expiring(soon);
    let key = key.await;
    let archive = app.delete(&format!("{WORKSPACES}/{eu}")).bearer(&admin);
    archive.await.is(204);
    let archived = verdict(&app, &admin, of(&key, eu)).await;
    assert_eq!(archived, invalid("WORKSPACE_ARCHIVED"));
    app.clock.advance(HOUR.saturating_sub(MILLISECOND));
    assert_eq!(verdict(&app, &admin, of(&key, us)).await["valid"], true);
    app.clock.advance(MILLISECOND);
    let expired = verdict(&app, &admin, of(&key, us)).await;
    assert_eq!(expired, invalid("EXPIRED"), "at the instant itself");
}

#[tokio::test]
async fn a_verdict_is_not_replayed_after_what_it_was_about_was_taken_away() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    let key = app.key([]).await;
    let again = async || {
        let call = app.post(VERIFY).header("idempotency-key", "one");
        let asked = json!({"token": key.token});
        call.bearer(&reader).json(asked).await.is(200).json()
    };
    assert_eq!(again().await["valid"], true);
    change(&app, &key, "DELETE", "", Value::Null).await;
    assert_eq!(again().await, invalid("REVOKED"));
}

#[tokio::test]
async fn the_presented_token_is_in_no_answer_and_not_in_the_log() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    let key = app.key([]).await;
    let token = &key.token;
    let mistyped = format!("{token}x");
    for (asked, status) in [
        (json!({"token": token}), 200),
        (json!({"token": token, "workspaceId": NOWHERE}), 200),
        (json!({"token": mistyped}), 200),
        (json!({"token": token, "permission": "nonsense"}), 400),
        (json!({"token": token, "unknown": 1}), 400),
        (json!({"token": [token]}), 400),
        (json!(token), 400),
    ] {
        let answer = verify(&app, &reader, asked).await;
        answer.is(status);
        let id = answer.header("x-request-id").unwrap();
        let log = log();
        assert!(log.contains(id), "the control: it was logged");
        for place in [answer.text(), answer.head(), log] {
            assert!(!place.contains(&token[7..39]), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn bad_input_is_named() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    for (asked, field) in [
        (json!({"token": 7}), "token"),
        (json!({"token": "x", "workspaceId": 7}), "workspaceId"),
        (
            json!({"token": "x", "permission": "nonsense"}),
            "permission",
        ),
        (json!({"token": "x", "permission": ""}), "permission"),
        (json!({"token": "x", "workspace": "x"}), "workspace"),
    ] {
        let answer = verify(&app, &reader, asked).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
    let missing = verify(&app, &reader, json!({})).await;
    missing.is(400).code("INVALID_ARGUMENT").names("token");
}

#[tokio::test]
async fn the_colon_may_come_percent_encoded() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    for verb in [":verify", "%3Averify", "%3averify"] {
        let call = app.post(&format!("/v1/tokens{verb}")).bearer(&reader);
        let answer = call.json(json!({"token": reader.token})).await;
        assert_eq!(answer.is(200).json()["valid"], true, "{verb}");
    }
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    let key = app.key(["*"]).await;
    needs(&app, "api_keys:read", || {
        app.post(VERIFY).json(json!({"token": key.token}))
    })
    .await;
}
