//! `GET` and `PATCH /v1/account/settings`

use serde_json::{Value, json};

use crate::account::api_keys::KEYS;
use crate::support::{Answer, TestApp, TestKey};

const SETTINGS: &str = "/v1/account/settings";

async fn manager(app: &TestApp) -> TestKey {
    app.key(["account:manage", "api_keys:manage"]).await
}

/// The part about people, where nobody decided anything.
fn people() -> Value {
    let held = [
        "agents:manage",
        "api_keys:manage",
        "memory:manage",
        "objectives:manage",
        "tools:manage",
        "workspaces:read",
    ];
    json!({"requireSecondFactor": false, "memberPermissions": held})
}

async fn patch(app: &TestApp, key: &TestKey, body: Value) -> Answer {
    app.patch(SETTINGS).bearer(key).json(body).await
}

#[tokio::test]
async fn settings_are_read_changed_and_taken_back() {
    let app = TestApp::start().await;
    let key = manager(&app).await;
    let read = async || app.get(SETTINGS).bearer(&key).await.is(200).json();
    let usual = json!({"keys": {"maxGracePeriod": "2592000s"}, "people": people()});
    assert_eq!(read().await, usual);
    let body = json!({"keys": {"defaultLifetime": "86400s", "maxLifetime": "172800s"}});
    let changed = patch(&app, &key, body).await.is(200).json();
    let expected = json!({"keys": {
        "defaultLifetime": "86400s", "maxLifetime": "172800s", "maxGracePeriod": "2592000s",
    }, "people": people()});
    assert_eq!(changed, expected);
    assert_eq!(read().await, expected);
    let back = patch(&app, &key, json!({"updateMask": "keys"})).await;
    assert_eq!(back.is(200).json(), usual);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_changes_nothing() {
    let app = TestApp::start().await;
    let key = manager(&app).await;
    for (body, field) in [
        (
            json!({"keys": {"maxLifetime": "86400s"}}),
            "keys.defaultLifetime",
        ),
        (
            json!({"keys": {"defaultLifetime": "1s"}}),
            "keys.defaultLifetime",
        ),
        (
            json!({"keys": {"maxGracePeriod": "a day"}}),
            "keys.maxGracePeriod",
        ),
        (json!({"keys": {"longest": "1s"}}), "keys.longest"),
        (json!({"updateMask": "keys.longest"}), "updateMask"),
        (
            json!({"people": {"memberPermissions": ["tools:read", "account:manage"]}}),
            "people.memberPermissions[1]",
        ),
        (
            json!({"people": {"memberPermissions": ["rockets:read"]}}),
            "people.memberPermissions",
        ),
        // Who has no second factor asks nobody for one, and a key has none.
        (
            json!({"people": {"requireSecondFactor": true}}),
            "people.requireSecondFactor",
        ),
    ] {
        let answer = patch(&app, &key, body).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
    let read = app.get(SETTINGS).bearer(&key).await.is(200).json();
    let usual = json!({"keys": {"maxGracePeriod": "2592000s"}, "people": people()});
    assert_eq!(read, usual);
}

#[tokio::test]
async fn what_members_hold_is_decided_and_taken_back() {
    let app = TestApp::start().await;
    let key = manager(&app).await;
    let body = json!({"people": {"memberPermissions": ["tools:read", "tools:manage"]}});
    let changed = patch(&app, &key, body).await.is(200).json();
    assert_eq!(
        changed["people"]["memberPermissions"],
        json!(["tools:manage"])
    );
    let nothing = json!({"people": {"memberPermissions": []}});
    let changed = patch(&app, &key, nothing).await.is(200).json();
    assert_eq!(changed["people"]["memberPermissions"], json!([]));
    let back = patch(&app, &key, json!({"updateMask": "people"})).await;
    assert_eq!(back.is(200).json()["people"], people());
}

#[tokio::test]
async fn they_are_obeyed_where_keys_are_issued() {
    let app = TestApp::start().await;
    let key = manager(&app).await;
    let body = json!({"keys": {"defaultLifetime": "86400s"}});
    patch(&app, &key, body).await.is(200);
    let issue = async |spec: Value| {
        let body = json!({"metadata": {"name": "ci"}, "spec": spec});
        app.post(KEYS).bearer(&key).json(body).await
    };
    let usual = issue(json!({})).await.is(200).json();
    let day = std::time::Duration::from_hours(24);
    assert_eq!(usual["spec"]["expiresAt"], json!(app.clock.now().plus(day)));
    let never = issue(json!({"neverExpires": true})).await.is(200).json();
    assert!(never["spec"].get("expiresAt").is_none());
    let both = json!({"neverExpires": true, "expiresAt": "2099-01-01T00:00:00Z"});
    issue(both).await.is(400).field("spec.neverExpires");
    let body = json!({"keys": {"maxLifetime": "86400s"}});
    patch(&app, &key, body).await.is(200);
    let never = issue(json!({"neverExpires": true})).await;
    never.is(400).field("spec.expiresAt");
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    let weak = app.key(["api_keys:manage", "workspaces:manage"]).await;
    app.get(SETTINGS).await.is(401).code("UNAUTHENTICATED");
    app.patch(SETTINGS).json(json!({})).await.is(401);
    let denied = app.get(SETTINGS).bearer(&weak).await;
    denied
        .is(403)
        .code("PERMISSION_DENIED")
        .names("account:manage");
    let denied = patch(&app, &weak, json!({})).await;
    denied
        .is(403)
        .code("PERMISSION_DENIED")
        .names("account:manage");
}
