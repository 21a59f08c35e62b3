//! `POST /v1/account/api_keys/{id}:changeGrace` and `:endGrace`

use std::time::Duration;

use serde_json::{Value, json};

use super::{KEYS, refuses_the_wrong_callers, token_of, whoami_is};
use crate::support::{Answer, TestApp, TestKey};

const HOUR: Duration = Duration::from_hours(1);
const MILLISECOND: Duration = Duration::from_millis(1);

async fn post(app: &TestApp, key: &TestKey, verb: &str, body: Value) -> Answer {
    let admin = app.admin().await;
    let call = app.post(&format!("{}:{verb}", key.path()));
    call.bearer(&admin).json(body).await
}

/// A key that was rotated with an hour of grace: the token before, and the new one.
async fn rotated(app: &TestApp) -> (TestKey, TestKey) {
    let old = app.key([]).await;
    let answer = post(app, &old, "rotate", json!({"gracePeriod": "3600s"})).await;
    let new = token_of(&answer.is(200).json());
    (old, new)
}

#[tokio::test]
async fn a_grace_is_moved_and_ended() {
    let app = TestApp::start().await;
    let (old, new) = rotated(&app).await;
    let answer = post(&app, &old, "changeGrace", json!({"gracePeriod": "7200s"})).await;
    let retiring = answer.is(200).json()["info"]["retiringToken"].clone();
    assert_eq!(retiring["expiresAt"], json!(app.clock.now().plus(2 * HOUR)));
    app.clock.advance((2 * HOUR).saturating_sub(MILLISECOND));
    whoami_is(&app, &old, 200).await;
    let answer = post(&app, &old, "endGrace", json!({})).await;
    assert!(answer.is(200).json()["info"].get("retiringToken").is_none());
    whoami_is(&app, &old, 401).await;
    whoami_is(&app, &new, 200).await;
    post(&app, &old, "endGrace", json!({})).await.is(200);
    let answer = post(&app, &old, "changeGrace", json!({"gracePeriod": "7200s"})).await;
    answer.is(400).code("FAILED_PRECONDITION");
}

#[tokio::test]
async fn a_rule_about_quiet_is_told_and_taken_back() {
    let app = TestApp::start().await;
    let old = app.key([]).await;
    let how = json!({"gracePeriod": "86400s", "endWhenQuietFor": "21600s"});
    let answer = post(&app, &old, "rotate", how).await;
    let retiring = answer.is(200).json()["info"]["retiringToken"].clone();
    assert_eq!(retiring["endWhenQuietFor"], "21600s");
    let none = json!({"endWhenQuietFor": "0s"});
    let answer = post(&app, &old, "changeGrace", none).await;
    let told = answer.is(200).json()["info"]["retiringToken"].clone();
    assert!(told.get("endWhenQuietFor").is_none());
    assert_eq!(told["expiresAt"], retiring["expiresAt"]);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_changes_nothing() {
    let app = TestApp::start().await;
    let (old, _) = rotated(&app).await;
    for (body, field) in [
        (json!({}), "gracePeriod"),
        (json!({"gracePeriod": "0s"}), "gracePeriod"),
        (json!({"gracePeriod": "2592001s"}), "gracePeriod"),
        (json!({"gracePeriod": "soon"}), "gracePeriod"),
        (json!({"endWhenQuietFor": "59s"}), "endWhenQuietFor"),
        (json!({"endWhenQuietFor": 3600}), "endWhenQuietFor"),
        (json!({"until": "tomorrow"}), "until"),
    ] {
        let answer = post(&app, &old, "changeGrace", body).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
    let alone = json!({"endWhenQuietFor": "3600s"});
    let answer = post(&app, &old, "rotate", alone).await;
    answer.is(400).field("endWhenQuietFor");
    app.clock.advance(HOUR.saturating_sub(MILLISECOND));
    whoami_is(&app, &old, 200).await;
    app.clock.advance(MILLISECOND);
    whoami_is(&app, &old, 401).await;
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "api_keys:manage", |id| {
        let call = app.post(&format!("{KEYS}/{id}:changeGrace"));
        call.json(json!({"gracePeriod": "3600s"}))
    })
    .await;
    refuses_the_wrong_callers(&app, "api_keys:manage", |id| {
        app.post(&format!("{KEYS}/{id}:endGrace"))
    })
    .await;
}

#[tokio::test]
async fn nobody_changes_the_grace_of_a_key_that_holds_more() {
    let app = TestApp::start().await;
    let wide = app.key(["tools:read"]).await;
    post(&app, &wide, "rotate", json!({"gracePeriod": "3600s"}))
        .await
        .is(200);
    let narrow = app.key(["api_keys:manage"]).await;
    for verb in ["changeGrace", "endGrace"] {
        let call = app.post(&format!("{}:{verb}", wide.path())).bearer(&narrow);
        let answer = match verb {
            "changeGrace" => call.json(json!({"gracePeriod": "60s"})).await,
            _ => call.await,
        };
        answer.is(403).names("tools:read");
    }
    whoami_is(&app, &wide, 200).await;
}
