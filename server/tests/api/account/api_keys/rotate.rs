//! `POST /v1/account/api_keys/{id}:rotate`

mod grace;

use serde_json::json;

use super::{KEYS, refuses_the_wrong_callers, token_of, whoami_is};
use crate::support::TestApp;

#[tokio::test]
async fn the_new_token_works_and_the_old_one_does_not() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let old = app.key(["tools:read"]).await;
    let answer = app
        .post(&format!("{}:rotate", old.path()))
        .bearer(&admin)
        .await;
    answer.is(200).has("cache-control", "no-store");
    let new = token_of(&answer.json());
    assert_eq!(new.id, old.id);
    assert_ne!(new.token, old.token);
    whoami_is(&app, &old, 401).await;
    whoami_is(&app, &new, 200).await;
}

#[tokio::test]
async fn a_key_may_rotate_itself() {
    let app = TestApp::start().await;
    let key = app.key(["api_keys:manage"]).await;
    let answer = app
        .post(&format!("{}:rotate", key.path()))
        .bearer(&key)
        .await;
    whoami_is(&app, &token_of(&answer.is(200).json()), 200).await;
    whoami_is(&app, &key, 401).await;
}

#[tokio::test]
async fn rotating_the_system_key_gives_its_first_token() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let system = app.system_key().await;
    let answer = app
        .post(&format!("{KEYS}/{}:rotate", system.metadata.id))
        .bearer(&admin)
        .await;
    let key = token_of(&answer.is(200).json());
    app.get(KEYS).bearer(&key).await.is(200);
}

#[tokio::test]
async fn no_body_an_empty_one_and_braces_are_all_the_same() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let rotate = || app.post(&format!("{}:rotate", key.path())).bearer(&admin);
    rotate().await.is(200);
    rotate()
        .header("content-type", "application/json")
        .await
        .is(200);
    rotate().header("content-type", "text/plain").await.is(200);
    rotate().json(json!({})).await.is(200);
    rotate().body("{}").await.is(200);
    app.post(&format!("{}%3Arotate", key.path()))
        .bearer(&admin)
        .await
        .is(200);

    rotate()
        .json(json!({"grace": 1}))
        .await
        .is(400)
        .code("INVALID_ARGUMENT")
        .field("grace");
    rotate()
        .json(json!([]))
        .await
        .is(400)
        .code("INVALID_ARGUMENT");
    rotate()
        .header("content-type", "text/plain")
        .body("{}")
        .await
        .is(415)
        .code("INVALID_ARGUMENT");
}

#[tokio::test]
async fn nobody_takes_the_token_of_a_key_that_holds_or_reaches_more() {
    let app = TestApp::start().await;
    let [eu] = app.workspaces(["prod-eu"]).await;
    let narrow = app.key(["api_keys:manage"]).await;
    for wide in [
        app.key(["tools:read"]).await,
        app.key([]).reaching([eu]).await,
        app.key([]).reaching_all().await,
    ] {
        let answer = app
            .post(&format!("{}:rotate", wide.path()))
            .bearer(&narrow)
            .await;
        answer.is(403).code("PERMISSION_DENIED");
        whoami_is(&app, &wide, 200).await;
    }
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "api_keys:manage", |id| {
        app.post(&format!("{KEYS}/{id}:rotate"))
    })
    .await;
}
