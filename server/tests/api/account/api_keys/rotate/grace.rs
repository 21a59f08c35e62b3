//! Rotating with a `gracePeriod`.

use std::time::Duration;

use contract::Timestamp;
use serde_json::{Value, json};

use crate::account::api_keys::{KEYS, token_of, whoami_is};
use crate::support::{Answer, TestApp, TestKey};

const DAY: Duration = Duration::from_hours(24);
const MILLISECOND: Duration = Duration::from_millis(1);

async fn rotate(app: &TestApp, key: &TestKey, body: Value) -> Answer {
    let admin = app.admin().await;
    let call = app.post(&format!("{}:rotate", key.path()));
    call.bearer(&admin).json(body).await
}

/// Rotates with this grace, and gives the new token.
async fn next(app: &TestApp, key: &TestKey, grace: &str) -> TestKey {
    let answer = rotate(app, key, json!({"gracePeriod": grace})).await;
    answer.is(200).has("cache-control", "no-store");
    token_of(&answer.json())
}

async fn info(app: &TestApp, key: &TestKey) -> Value {
    let admin = app.admin().await;
    let read = app.get(&key.path()).bearer(&admin).await;
    read.is(200).json()["info"].clone()
}

#[tokio::test]
async fn both_tokens_work_until_the_old_one_ends_at_its_instant() {
    let app = TestApp::start().await;
    let old = app.key(["tools:read"]).await;
    let new = next(&app, &old, "86400s").await;
    assert_ne!(new.token, old.token);
    whoami_is(&app, &old, 200).await;
    whoami_is(&app, &new, 200).await;
    app.clock.advance(DAY.saturating_sub(MILLISECOND));
    whoami_is(&app, &old, 200).await;
    app.clock.advance(MILLISECOND);
    whoami_is(&app, &old, 401).await;
    whoami_is(&app, &new, 200).await;
}

#[tokio::test]
async fn the_retiring_token_is_told_of_while_it_works() {
    let app = TestApp::start().await;
    let old = app.key([]).await;
    let hint = info(&app, &old).await["tokenHint"].clone();
    let answer = rotate(&app, &old, json!({"gracePeriod": "86400s"})).await;
    let ends = app.clock.now().plus(DAY);
    let rotated = answer.is(200).json()["info"].clone();
    let retiring = &rotated["retiringToken"];
    assert_eq!(retiring["hint"], hint);
    assert_eq!(retiring["expiresAt"], json!(ends));
    assert_eq!(retiring["rotatedAt"], json!(app.clock.now()));
    assert!(retiring["rotatedBy"]["metadata"]["name"].is_string());
    assert!(retiring.get("lastUsedAt").is_none() && retiring.get("endWhenQuietFor").is_none());
    assert_ne!(rotated["tokenHint"], hint);
    assert_eq!(info(&app, &old).await, rotated);
    let reader = app.key(["api_keys:read"]).await;
    let list = format!("{KEYS}?includeInfo=true&prefix={}", old.id);
    let list = app.get(&list).bearer(&reader).await.is(200).json();
    assert_eq!(list["items"][0]["info"], rotated);

    app.clock.advance(DAY);
    let after = info(&app, &old).await;
    assert!(after.get("retiringToken").is_none(), "absent, not null");
    assert_eq!(after["tokenHint"], rotated["tokenHint"]);
}

#[tokio::test]
async fn a_second_rotation_ends_the_older_token_at_once() {
    let app = TestApp::start().await;
    let first = app.key([]).await;
    let second = next(&app, &first, "86400s").await;
    let hint = info(&app, &first).await["tokenHint"].clone();
    let third = next(&app, &first, "3600s").await;
    whoami_is(&app, &first, 401).await;
    whoami_is(&app, &second, 200).await;
    whoami_is(&app, &third, 200).await;
    let retiring = &info(&app, &first).await["retiringToken"];
    assert_eq!(retiring["hint"], hint);
    app.clock.advance(Duration::from_hours(1));
    whoami_is(&app, &second, 401).await;
    whoami_is(&app, &third, 200).await;
}

#[tokio::test]
async fn a_rotation_without_grace_ends_all_at_once() {
    let app = TestApp::start().await;
    for body in [
        None,
        Some(json!({})),
        Some(json!({"gracePeriod": "0s"})),
        Some(json!({"gracePeriod": "0.000s"})),
    ] {
        let first = app.key([]).await;
        let second = next(&app, &first, "86400s").await;
        let admin = app.admin().await;
        let call = app.post(&format!("{}:rotate", first.path()));
        let call = call.bearer(&admin);
        let answer = match body {
            None => call.await,
            Some(body) => call.json(body).await,
        };
        let body = answer.is(200).json();
        assert!(body["info"].get("retiringToken").is_none());
        whoami_is(&app, &first, 401).await;
        whoami_is(&app, &second, 401).await;
        whoami_is(&app, &token_of(&body), 200).await;
    }
}

#[tokio::test]
async fn what_ends_a_key_ends_its_grace() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (old, other) = (app.key([]).await, app.key([]).await);
    let new = next(&app, &old, "86400s").await;
    let disable = app.post(&format!("{}:disable", old.path()));
    disable.bearer(&admin).await.is(200);
    whoami_is(&app, &old, 401).await;
    whoami_is(&app, &new, 401).await;
    let enable = app.post(&format!("{}:enable", old.path()));
    enable.bearer(&admin).await.is(200);
    whoami_is(&app, &old, 401).await;
    whoami_is(&app, &new, 200).await;

    let newer = next(&app, &other, "86400s").await;
    app.delete(&other.path()).bearer(&admin).await.is(204);
    whoami_is(&app, &other, 401).await;
    whoami_is(&app, &newer, 401).await;
}

#[tokio::test]
async fn a_grace_does_not_outlive_the_key() {
    let app = TestApp::start().await;
    let soon: Timestamp = app.clock.now().plus(Duration::from_hours(1));
    let old = app.key([]).expiring(soon).await;
    let new = next(&app, &old, "86400s").await;
    app.clock.advance(Duration::from_hours(1));
    whoami_is(&app, &old, 401).await;
    whoami_is(&app, &new, 401).await;
}

#[tokio::test]
async fn a_grace_has_30_days_at_the_most_and_a_fraction_of_a_second_at_the_least() {
    let app = TestApp::start().await;
    let old = app.key([]).await;
    let new = next(&app, &old, "2592000s").await;
    app.clock.advance((30 * DAY).saturating_sub(MILLISECOND));
    whoami_is(&app, &old, 200).await;
    let newest = next(&app, &old, "1.5s").await;
    app.clock.advance(Duration::from_millis(1499));
    whoami_is(&app, &new, 200).await;
    app.clock.advance(MILLISECOND);
    whoami_is(&app, &new, 401).await;
    whoami_is(&app, &newest, 200).await;
}

#[tokio::test]
async fn a_bad_grace_is_named_and_nothing_is_rotated() {
    let app = TestApp::start().await;
    let key = app.key([]).await;
    for bad in [
        json!("2592001s"),
        json!("2592000.001s"),
        json!("999999999999s"),
        json!("9999999999999999999999s"),
        json!("86400"),
        json!("1d"),
        json!("-1s"),
        json!("1e3s"),
        json!(" 1s"),
        json!("s"),
        json!(""),
        json!(86400),
        json!(true),
    ] {
        let answer = rotate(&app, &key, json!({"gracePeriod": bad})).await;
        answer.is(400).code("INVALID_ARGUMENT").field("gracePeriod");
    }
    whoami_is(&app, &key, 200).await;
    let info = info(&app, &key).await;
    assert!(info.get("retiringToken").is_none());
}

#[tokio::test]
async fn a_key_in_its_grace_may_do_what_it_could_and_rotate_again() {
    let app = TestApp::start().await;
    let first = app.key(["api_keys:manage"]).await;
    let second = next(&app, &first, "86400s").await;
    let again = app.post(&format!("{}:rotate", first.path()));
    let answer = again.bearer(&first).json(json!({"gracePeriod": "60s"}));
    let third = token_of(&answer.await.is(200).json());
    whoami_is(&app, &first, 401).await;
    whoami_is(&app, &second, 200).await;
    whoami_is(&app, &third, 200).await;
}
