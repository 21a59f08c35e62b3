//! `GET /v1/workspaces/{workspaceId}`

use crate::account::api_keys::NOWHERE;
use crate::support::{Answer, TestApp, TestKey};

async fn get(app: &TestApp, caller: &TestKey, id: impl std::fmt::Display) -> Answer {
    app.get(&format!("/v1/workspaces/{id}"))
        .bearer(caller)
        .await
}

#[tokio::test]
async fn a_caller_reads_a_workspace_it_reaches() {
    let app = TestApp::start().await;
    let eu = app
        .labelled_workspace(app.owner(), "prod-eu", "env=prod")
        .await;
    for caller in [
        app.key(["tools:read"]).reaching([eu]).await,
        app.key(["agents:read"]).reaching_all().await,
    ] {
        let body = get(&app, &caller, eu).await.is(200).json();
        assert_eq!(body["metadata"]["id"], eu.to_string());
        assert_eq!(body["metadata"]["name"], "prod-eu");
        assert_eq!(body["metadata"]["labels"]["env"], "prod");
        assert_eq!(body["status"], "STATUS_ENABLED");
    }
}

#[tokio::test]
async fn a_workspace_beyond_reach_is_denied_and_named_to_who_may_read_it() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    for (caller, name) in [
        (app.key(["tools:read"]).await, "this workspace"),
        (app.key(["*"]).reaching([us]).await, "prod-eu"),
    ] {
        let answer = get(&app, &caller, eu).await;
        answer.is(403).code("PERMISSION_DENIED").names(name);
        let challenge = format!(r#"Bearer error="insufficient_scope", scope="{eu}""#);
        answer.has("www-authenticate", &challenge);
    }
}

#[tokio::test]
async fn reach_that_is_granted_or_taken_counts_at_once() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let narrow = app.key(["tools:read"]).await;
    let body = serde_json::json!({"workspaceId": eu});
    for (verb, status) in [("addWorkspace", 200), ("removeWorkspace", 403)] {
        let change = app.post(&format!("{}:{verb}", narrow.path()));
        change.bearer(&admin).json(body.clone()).await.is(200);
        get(&app, &narrow, eu).await.is(status);
    }
}

#[tokio::test]
async fn an_archived_workspace_is_a_failed_precondition_within_reach_only() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    keyring::workspaces::archive(&app.keyring, &app.owner().operator, eu)
        .await
        .unwrap();
    for caller in [
        app.admin().await,
        app.key(["tools:read"]).reaching_all().await,
    ] {
        let answer = get(&app, &caller, eu).await;
        answer.is(400).code("FAILED_PRECONDITION").names("prod-eu");
    }
    let elsewhere = app.key(["tools:read"]).reaching([us]).await;
    get(&app, &elsewhere, eu).await.is(403);
}

#[tokio::test]
async fn a_missing_workspace_and_somebody_elses_are_told_alike() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.workspace_of(&stranger, "theirs").await.to_string();
    for caller in [app.admin().await, app.key(["tools:read"]).await] {
        let missing = get(&app, &caller, NOWHERE).await;
        missing.is(404).code("NOT_FOUND");
        for id in [theirs.as_str(), "nonsense"] {
            let answer = get(&app, &caller, id).await;
            assert_eq!(answer.without_request_id(), missing.without_request_id());
        }
    }
}

#[tokio::test]
async fn a_key_without_permissions_and_nobody_are_refused() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let powerless = app.key([]).reaching([eu]).await;
    let denied = get(&app, &powerless, eu).await;
    denied.is(403).code("PERMISSION_DENIED");
    let nobody = app.get(&format!("/v1/workspaces/{eu}")).await;
    nobody.is(401).code("UNAUTHENTICATED");
}
