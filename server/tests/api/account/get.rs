//! `GET /v1/account`

use serde_json::json;

use super::api_keys::KEYS;
use super::needs;
use crate::support::TestApp;

const ACCOUNT: &str = "/v1/account";

#[tokio::test]
async fn the_account_is_shown_with_its_global_key() {
    let app = TestApp::start().await;
    let reader = app.key(["account:manage"]).await;
    let body = app.get(ACCOUNT).bearer(&reader).await.is(200).json();
    let id = app.owner().id.to_string();
    assert_eq!(body["metadata"]["id"], id);
    assert_eq!(body["metadata"]["accountId"], id);
    assert_eq!(body["metadata"]["name"], "Northwind");
    assert_eq!(body["spec"], json!({}), "what is not set is absent");
    let global = &body["info"]["globalApiKey"];
    let system = app.system_key().await.metadata.id.to_string();
    assert_eq!(global["metadata"]["id"], system);
    assert_eq!(global["spec"]["system"], true);
    assert_eq!(global["spec"]["allWorkspaces"], true);
    assert_eq!(global["spec"]["permissions"], json!(["*"]));
    assert!(global["spec"].get("token").is_none());
}

#[tokio::test]
async fn the_token_that_rotating_the_global_key_gave_is_not_shown_again() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let hint = async || {
        let answer = app.get(ACCOUNT).bearer(&admin).await;
        let hint = answer.is(200).json()["info"]["globalApiKey"]["info"]["tokenHint"].clone();
        (hint, answer.text())
    };
    let (before, _) = hint().await;
    let system = app.system_key().await.metadata.id;
    let rotate = app.post(&format!("{KEYS}/{system}:rotate")).bearer(&admin);
    let rotated = rotate.await.is(200).json();
    let (after, text) = hint().await;
    assert_ne!(before, after);
    assert_eq!(after, rotated["info"]["tokenHint"]);
    assert!(!text.contains(rotated["spec"]["token"].as_str().unwrap()));
    assert!(!text.contains("\"token\""));
}

#[tokio::test]
async fn everybody_sees_their_own_account() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.key_of(&stranger).await;
    let body = app.get(ACCOUNT).bearer(&theirs).await.is(200).json();
    assert_eq!(body["metadata"]["id"], stranger.id.to_string());
    let global = &body["info"]["globalApiKey"];
    assert_eq!(global["metadata"]["accountId"], stranger.id.to_string());
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    needs(&app, "account:manage", || app.get(ACCOUNT)).await;
}
