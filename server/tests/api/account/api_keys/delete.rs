//! `DELETE /v1/account/api_keys/{id}`

use serde_json::json;

use super::{KEYS, refuses_the_wrong_callers, whoami_is};
use crate::support::TestApp;

#[tokio::test]
async fn a_revoked_key_is_gone_and_its_token_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    whoami_is(&app, &key, 200).await;
    let answer = app.delete(&key.path()).bearer(&admin).await;
    answer.is(204);
    assert!(answer.text().is_empty());
    whoami_is(&app, &key, 401).await;
    app.get(&key.path())
        .bearer(&admin)
        .await
        .is(404)
        .code("NOT_FOUND");
    app.delete(&key.path())
        .bearer(&admin)
        .await
        .is(404)
        .code("NOT_FOUND");
    assert!(
        app.keys()
            .await
            .iter()
            .all(|listed| listed.metadata.id != key.id)
    );
}

#[tokio::test]
async fn a_revoked_key_is_listed_where_it_is_asked_for() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (key, kept) = (app.key([]).await, app.key([]).await);
    let reason = "reason=The+laptop+was+stolen";
    let revoke = app.delete(&format!("{}?{reason}", key.path()));
    revoke.bearer(&admin).await.is(204);
    let list = |query: &str| app.get(&format!("{KEYS}?{query}")).bearer(&admin);
    let revoked = list("state=STATE_REVOKED&includeInfo=true").await;
    let revoked = revoked.is(200).json()["items"].clone();
    let [tombstone] = revoked.as_array().unwrap().as_slice() else {
        panic!("{revoked}")
    };
    assert_eq!(tombstone["metadata"]["id"], key.id.to_string());
    assert_eq!(tombstone["state"], "STATE_REVOKED");
    let told = &tombstone["info"]["revoked"];
    assert_eq!(told["reason"], "The laptop was stolen");
    assert_eq!(told["at"], json!(app.clock.now()));
    assert!(told["by"]["metadata"]["id"].is_string());
    let enabled = list("state=STATE_ENABLED").await.is(200).text();
    assert!(enabled.contains(&kept.id.to_string()));
    assert!(!enabled.contains(&key.id.to_string()));

    let revoke = app.delete(&format!("{}?reason={}", kept.path(), "x".repeat(501)));
    revoke.bearer(&admin).await.is(400).field("reason");
    whoami_is(&app, &kept, 200).await;
}

#[tokio::test]
async fn the_system_key_cannot_be_revoked() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let system = app.system_key().await.metadata.id;
    let answer = app.delete(&format!("{KEYS}/{system}")).bearer(&admin).await;
    answer.is(400).code("FAILED_PRECONDITION");
    app.get(&format!("{KEYS}/{system}"))
        .bearer(&admin)
        .await
        .is(200);
}

#[tokio::test]
async fn nobody_revokes_a_key_that_holds_more() {
    let app = TestApp::start().await;
    let narrow = app.key(["api_keys:manage"]).await;
    let wide = app.key(["tools:read"]).await;
    let answer = app.delete(&wide.path()).bearer(&narrow).await;
    answer.is(403).code("PERMISSION_DENIED").names("tools:read");
    whoami_is(&app, &wide, 200).await;
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "api_keys:manage", |id| {
        app.delete(&format!("{KEYS}/{id}"))
    })
    .await;
}
