//! `DELETE /v1/account/api_keys/{id}/workspaces/{workspaceId}` and `POST …/{id}:removeWorkspace`

use serde_json::json;

use crate::account::api_keys::{KEYS, NOWHERE, refuses_the_wrong_callers, whoami_is};
use crate::support::TestApp;

#[tokio::test]
async fn a_workspace_is_taken_away_as_often_as_one_likes() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let key = app.key([]).reaching([eu, us]).await;
    for _ in 0..2 {
        let answer = app
            .delete(&format!("{}/workspaces/{eu}", key.path()))
            .bearer(&admin)
            .await;
        answer.is(204);
        assert!(answer.text().is_empty());
    }
    for _ in 0..2 {
        let path = format!("{}:removeWorkspace", key.path());
        let answer = app
            .post(&path)
            .bearer(&admin)
            .json(json!({"workspaceId": us}))
            .await;
        assert_eq!(answer.is(200).json()["info"]["workspacesTotal"], 0);
    }
    whoami_is(&app, &key, 200).await;
}

#[tokio::test]
async fn an_unknown_workspace_and_somebody_elses_are_told_alike() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.workspace_of(&stranger, "theirs").await.to_string();
    let admin = app.admin().await;
    let key = app.key([]).await;
    let remove = |id: &str| {
        app.delete(&format!("{}/workspaces/{id}", key.path()))
            .bearer(&admin)
    };
    let missing = remove(NOWHERE).await;
    let foreign = remove(&theirs).await;
    assert_eq!(foreign.without_request_id(), missing.without_request_id());
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    let [eu] = app.workspaces(["prod-eu"]).await;
    refuses_the_wrong_callers(&app, "api_keys:manage", |id| {
        app.delete(&format!("{KEYS}/{id}/workspaces/{eu}"))
    })
    .await;
    refuses_the_wrong_callers(&app, "api_keys:manage", |id| {
        app.post(&format!("{KEYS}/{id}:removeWorkspace"))
            .json(json!({"workspaceId": eu}))
    })
    .await;
}
