//! `POST /v1/account/api_keys/{id}:disable` and `:enable`

use serde_json::json;

use super::{KEYS, refuses_the_wrong_callers, whoami_is};
use crate::support::TestApp;

#[tokio::test]
async fn a_disabled_key_stops_and_starts_again() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    for (verb, state, status) in [
        ("disable", "STATE_DISABLED", 401),
        ("disable", "STATE_DISABLED", 401),
        ("enable", "STATE_ENABLED", 200),
        ("enable", "STATE_ENABLED", 200),
    ] {
        let answer = app
            .post(&format!("{}:{verb}", key.path()))
            .bearer(&admin)
            .await;
        assert_eq!(answer.is(200).json()["state"], state);
        whoami_is(&app, &key, status).await;
    }
}

#[tokio::test]
async fn why_it_is_disabled_is_kept_while_it_is() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let call = app.post(&format!("{}:disable", key.path())).bearer(&admin);
    let answer = call.json(json!({"reason": " Seen in a log "})).await;
    let disabled = answer.is(200).json()["info"]["disabled"].clone();
    assert_eq!(disabled["reason"], "Seen in a log");
    assert_eq!(disabled["at"], json!(app.clock.now()));
    let read = app.get(&key.path()).bearer(&admin).await;
    assert_eq!(read.is(200).json()["info"]["disabled"], disabled);
    let call = app.post(&format!("{}:enable", key.path())).bearer(&admin);
    assert!(call.await.is(200).json()["info"].get("disabled").is_none());
    let call = app.post(&format!("{}:disable", key.path())).bearer(&admin);
    let answer = call.json(json!({"reason": "x".repeat(501)})).await;
    answer.is(400).code("INVALID_ARGUMENT").field("reason");
    whoami_is(&app, &key, 200).await;
}

#[tokio::test]
async fn the_four_ways_a_token_can_be_bad_look_alike() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let expired = app
        .key([])
        .expiring(app.clock.now().plus(std::time::Duration::from_secs(1)))
        .await;
    app.clock.advance(std::time::Duration::from_secs(1));
    let (disabled, revoked) = (app.key([]).await, app.key([]).await);
    app.post(&format!("{}:disable", disabled.path()))
        .bearer(&admin)
        .await
        .is(200);
    app.delete(&revoked.path()).bearer(&admin).await.is(204);
    let unknown = app
        .get("/v1/whoami")
        .token(&format!("kr_{}", "a".repeat(49)))
        .await;
    unknown.is(401).code("UNAUTHENTICATED");
    for key in [expired, disabled, revoked] {
        let answer = app.get("/v1/whoami").bearer(&key).await;
        assert_eq!(answer.without_request_id(), unknown.without_request_id());
    }
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    for verb in ["disable", "enable"] {
        refuses_the_wrong_callers(&app, "api_keys:manage", |id| {
            app.post(&format!("{KEYS}/{id}:{verb}"))
        })
        .await;
    }
}
