//! How long an answer is replayed with its token, and to whom.

use std::time::Duration;

use serde_json::json;

use super::{REPLAYED, is_replay, issue, issued, with};
use crate::support::{TestApp, files, holds, log};

const MILLISECOND: Duration = Duration::from_millis(1);

#[tokio::test]
async fn a_key_is_issued_once_and_its_token_replayed_for_ten_minutes() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = issue(&app, &admin, "ci").await;
    first.is(200).has("cache-control", "no-store");
    assert_eq!(first.header(REPLAYED), None);
    let token = first.json()["spec"]["token"].as_str().unwrap().to_owned();
    app.get("/v1/whoami").token(&token).await.is(200);

    let again = issue(&app, &admin, "ci").await;
    is_replay(&again, &first);
    again.has("cache-control", "no-store");
    app.clock
        .advance(Duration::from_mins(10).saturating_sub(MILLISECOND));
    is_replay(&issue(&app, &admin, "ci").await, &first);
    assert_eq!(issued(&app, "ci").await, 1);
}

#[tokio::test]
async fn after_ten_minutes_the_answer_comes_without_its_token() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut first = issue(&app, &admin, "ci").await.is(200).json();
    let token = first["spec"].as_object_mut().unwrap().remove("token");
    app.clock.advance(Duration::from_mins(10));
    for _ in 0..2 {
        let again = issue(&app, &admin, "ci").await;
        again.is(200).has(REPLAYED, "true");
        assert_eq!(again.json(), first);
    }
    let rest = Duration::from_hours(24).saturating_sub(Duration::from_mins(10));
    app.clock.advance(rest.saturating_sub(MILLISECOND));
    let late = issue(&app, &admin, "ci").await;
    assert_eq!(late.is(200).json(), first);
    assert_eq!(issued(&app, "ci").await, 1);
    let token = token.unwrap();
    let whoami = app.get("/v1/whoami").token(token.as_str().unwrap());
    whoami.await.is(200);
}

#[tokio::test]
async fn a_rotation_is_replayed_with_its_token_to_the_same_bearer_only() {
    let app = TestApp::start().await;
    let old = app.key(["api_keys:manage"]).await;
    let rotate = |token: &str| {
        let call = app.post(&format!("{}:rotate", old.path())).token(token);
        with(call.json(json!({"gracePeriod": "3600s"})), "one")
    };
    let first = rotate(&old.token).await;
    first.is(200).has("cache-control", "no-store");
    let again = rotate(&old.token).await;
    is_replay(&again, &first);
    again.has("cache-control", "no-store");

    // The same caller, but what the token is sealed under is the other bearer.
    let mut body = first.json();
    let spec = body["spec"].as_object_mut().unwrap();
    let new = spec.remove("token").unwrap();
    let by_the_new = rotate(new.as_str().unwrap()).await;
    by_the_new.is(200).has(REPLAYED, "true");
    assert_eq!(by_the_new.json(), body);
    for token in [&old.token, new.as_str().unwrap()] {
        app.get("/v1/whoami").token(token).await.is(200);
    }
}

#[tokio::test]
async fn a_token_that_can_be_replayed_is_found_nowhere() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = issue(&app, &admin, "canary").await;
    let token = first.is(200).json()["spec"]["token"].clone();
    is_replay(&issue(&app, &admin, "canary").await, &first);
    let secret = token.as_str().unwrap().trim_start_matches("kr_");
    let mut places = files(app.data_dir());
    places.push(("the log".to_owned(), log().into_bytes()));
    for (place, content) in &places {
        assert!(!holds(content, secret.as_bytes()), "{place}");
        // Neither a part that would make the rest guessable.
        assert!(!holds(content, &secret.as_bytes()[4..36]), "{place}");
    }

    // The control: the search does find the rest of the answer.
    let id = first.json()["metadata"]["id"].clone();
    let kept = |(_, content): &(String, Vec<u8>)| {
        holds(content, id.as_str().unwrap().as_bytes())
            && holds(content, b"workspacesPreview")
            && holds(content, b"canary")
    };
    assert!(places.iter().any(kept));
}
