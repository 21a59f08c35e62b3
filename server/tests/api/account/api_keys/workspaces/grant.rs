//! `POST /v1/account/api_keys/{id}/workspaces` and `POST …/{id}:addWorkspace`

use serde_json::json;

use crate::account::api_keys::{KEYS, NOWHERE, refuses_the_wrong_callers};
use crate::support::TestApp;

const SPELLINGS: [&str; 2] = ["/workspaces", ":addWorkspace"];

#[tokio::test]
async fn a_workspace_is_granted_as_often_as_one_likes() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    for spelling in SPELLINGS {
        let key = app.key([]).await;
        let path = format!("{}{spelling}", key.path());
        for (workspace, total) in [(eu, 1), (eu, 1), (us, 2)] {
            let answer = app
                .post(&path)
                .bearer(&admin)
                .json(json!({"workspaceId": workspace}))
                .await;
            let body = answer.is(200).json();
            assert_eq!(body["info"]["workspacesTotal"], total);
            assert_eq!(
                body["info"]["workspacesPreview"].as_array().unwrap().len(),
                total
            );
        }
    }
}

#[tokio::test]
async fn bad_bodies_are_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for spelling in SPELLINGS {
        let path = format!("{}{spelling}", app.key([]).await.path());
        let post = |body| app.post(&path).bearer(&admin).json(body);
        post(json!({"workspaceId": "prod"}))
            .await
            .is(400)
            .code("INVALID_ARGUMENT")
            .field("workspaceId");
        post(json!({"workspaceId": 7}))
            .await
            .is(400)
            .code("INVALID_ARGUMENT")
            .field("workspaceId");
        post(json!({"id": NOWHERE}))
            .await
            .is(400)
            .code("INVALID_ARGUMENT")
            .field("id");
        post(json!({}))
            .await
            .is(400)
            .code("INVALID_ARGUMENT")
            .names("workspaceId");
        app.post(&path)
            .bearer(&admin)
            .await
            .is(415)
            .code("INVALID_ARGUMENT");
    }
}

#[tokio::test]
async fn an_unknown_workspace_and_somebody_elses_are_told_alike() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.workspace_of(&stranger, "theirs").await.to_string();
    let admin = app.admin().await;
    let path = format!("{}/workspaces", app.key([]).await.path());
    let missing = app
        .post(&path)
        .bearer(&admin)
        .json(json!({"workspaceId": NOWHERE}))
        .await;
    let foreign = app
        .post(&path)
        .bearer(&admin)
        .json(json!({"workspaceId": theirs}))
        .await;
    missing.is(404).code("NOT_FOUND");
    assert_eq!(foreign.without_request_id(), missing.without_request_id());
}

#[tokio::test]
async fn nobody_grants_a_workspace_they_do_not_reach() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let narrow = app.key(["api_keys:manage"]).reaching([eu]).await;
    let key = app.key([]).await;
    for spelling in SPELLINGS {
        let path = format!("{}{spelling}", key.path());
        let answer = app
            .post(&path)
            .bearer(&narrow)
            .json(json!({"workspaceId": us}))
            .await;
        answer.is(403).code("PERMISSION_DENIED");
        app.post(&path)
            .bearer(&narrow)
            .json(json!({"workspaceId": eu}))
            .await
            .is(200);
    }
}

#[tokio::test]
async fn a_key_without_workspaces_grants_nothing() {
    let app = TestApp::start().await;
    let [eu] = app.workspaces(["prod-eu"]).await;
    let rootless = app.key(["api_keys:manage"]).await;
    let path = format!("{}/workspaces", rootless.path());
    let answer = app
        .post(&path)
        .bearer(&rootless)
        .json(json!({"workspaceId": eu}))
        .await;
    answer.is(403).code("PERMISSION_DENIED");
}

#[tokio::test]
async fn an_archived_workspace_is_not_granted() {
    let app = TestApp::start().await;
    let [eu, _us] = app.workspaces(["prod-eu", "prod-us"]).await;
    keyring::workspaces::archive(&app.keyring, &app.owner().operator, eu)
        .await
        .unwrap();
    let admin = app.admin().await;
    let path = format!("{}/workspaces", app.key([]).await.path());
    let answer = app
        .post(&path)
        .bearer(&admin)
        .json(json!({"workspaceId": eu}))
        .await;
    answer.is(400).code("FAILED_PRECONDITION");
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    let [eu] = app.workspaces(["prod-eu"]).await;
    for spelling in SPELLINGS {
        refuses_the_wrong_callers(&app, "api_keys:manage", |id| {
            app.post(&format!("{KEYS}/{id}{spelling}"))
                .json(json!({"workspaceId": eu}))
        })
        .await;
    }
}
