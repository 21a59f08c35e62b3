//! `GET /v1/account/api_keys/{id}`

use serde_json::json;

use super::{KEYS, refuses_the_wrong_callers};
use crate::support::TestApp;

#[tokio::test]
async fn a_key_is_shown_whole_and_without_its_token() {
    let app = TestApp::start().await;
    let names = ["a", "b", "c", "d", "e", "f"];
    let workspaces = app.workspaces(names).await;
    let key = app.key(["tools:read"]).reaching(workspaces).await;
    let reader = app.key(["api_keys:read"]).reaching_all().await;
    let answer = app.get(&key.path()).bearer(&reader).await;
    let body = answer.is(200).json();
    assert_eq!(body["metadata"]["id"], key.id.to_string());
    assert_eq!(body["spec"], json!({"permissions": ["tools:read"]}));
    assert_eq!(body["info"]["workspacesTotal"], 6);
    assert_eq!(
        body["info"]["workspacesPreview"].as_array().unwrap().len(),
        5
    );
    assert!(body["info"]["owner"]["metadata"]["id"].is_string());
    assert!(!answer.text().contains(&key.token));
}

#[tokio::test]
async fn a_key_that_reaches_all_workspaces_counts_all_but_the_archived() {
    let app = TestApp::start().await;
    let [_eu, us, _ap] = app.workspaces(["prod-eu", "prod-us", "prod-ap"]).await;
    keyring::workspaces::archive(&app.keyring, &app.owner().operator, us)
        .await
        .unwrap();
    let admin = app.admin().await;
    let body = app.get(&admin.path()).bearer(&admin).await.is(200).json();
    assert_eq!(body["info"]["workspacesTotal"], 2);
    assert_eq!(body["spec"]["allWorkspaces"], true);
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "api_keys:read", |id| app.get(&format!("{KEYS}/{id}"))).await;
}

#[tokio::test]
async fn a_key_without_workspaces_may_read_keys() {
    let app = TestApp::start().await;
    let rootless = app.key(["api_keys:read"]).await;
    app.get(&rootless.path()).bearer(&rootless).await.is(200);
}
