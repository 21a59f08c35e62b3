//! `POST /v1/account/workspaces/{workspaceId}:restore`

use serde_json::json;

use super::{WORKSPACES, refuses_the_wrong_callers};
use crate::support::TestApp;

#[tokio::test]
async fn a_workspace_is_restored_as_often_as_one_likes() {
    let app = TestApp::start().await;
    let [eu, _us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let manager = app.key(["workspaces:manage"]).reaching([eu]).await;
    let path = format!("{WORKSPACES}/{eu}");
    let before = app.get(&path).bearer(&manager).await.is(200).json();
    app.delete(&path).bearer(&manager).await.is(204);
    for _ in 0..2 {
        let restore = app.post(&format!("{path}:restore")).bearer(&manager);
        assert_eq!(restore.await.is(200).json(), before);
    }
    let reached = app.get(&format!("/v1/workspaces/{eu}")).bearer(&manager);
    assert_eq!(reached.await.is(200).json()["status"], "STATUS_ENABLED");
}

#[tokio::test]
async fn no_body_an_empty_one_and_braces_are_all_the_same() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let restore = || {
        app.post(&format!("{WORKSPACES}/{eu}:restore"))
            .bearer(&admin)
    };
    restore().await.is(200);
    let typed = restore().header("content-type", "application/json");
    typed.await.is(200);
    restore().json(json!({})).await.is(200);
    restore().body("{}").await.is(200);
    let encoded = app.post(&format!("{WORKSPACES}/{eu}%3Arestore"));
    encoded.bearer(&admin).await.is(200);

    let unknown = restore().json(json!({"force": true})).await;
    unknown.is(400).code("INVALID_ARGUMENT").field("force");
    let plain = restore().header("content-type", "text/plain").body("{}");
    plain.await.is(415).code("INVALID_ARGUMENT");
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "workspaces:manage", |id| {
        app.post(&format!("{WORKSPACES}/{id}:restore"))
    })
    .await;
}
