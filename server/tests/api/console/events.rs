//! What pages wait for.

use std::time::Duration;

use serde_json::json;

use crate::account::api_keys::NOBODY;
use crate::support::{PASSPHRASE, TestApp};

#[tokio::test]
async fn the_first_call_with_a_token_is_told_once() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in("mira@northwind.example", PASSPHRASE).await;
    let (key, reader) = (app.key([]).await, app.key(["api_keys:read"]).await);
    let path = format!("/keys/{}/first-call", key.id);
    let mut waiting = browser.clone();
    let waiting = tokio::spawn(async move { waiting.open(&path).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    let body = json!({"token": key.token});
    let verdict = app
        .post("/v1/tokens:verify")
        .bearer(&reader)
        .json(body)
        .await;
    verdict.is(200);
    let told = waiting.await.unwrap();
    told.is(200).has("content-type", "text/event-stream");
    let event = format!("event: called\ndata: {}\n\n", app.clock.now());
    assert!(told.text().ends_with(&event), "{}", told.text());
    let again = browser.open(&format!("/keys/{}/first-call", key.id)).await;
    assert!(again.text().ends_with(&event), "{}", again.text());
}

#[tokio::test]
async fn nobody_waits_for_what_is_not_theirs() {
    let app = TestApp::start().await;
    let key = app.key([]).await;
    let mut browser = app.browser();
    let path = format!("/keys/{}/first-call", key.id);
    browser.open(&path).await.is(303);
    let listening = app.get(&path).header("accept", "text/event-stream");
    listening.await.is(204);
    browser.sign_in("mira@northwind.example", PASSPHRASE).await;
    browser
        .open(&format!("/keys/{NOBODY}/first-call"))
        .await
        .is(404);
    let other = app.account("hank@globex.example").await;
    let foreign = app.key_of(&other).await;
    let path = format!("/keys/{}/first-call", foreign.id);
    browser.open(&path).await.is(404);
}

#[tokio::test]
async fn waiting_ends_when_the_server_stops() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in("mira@northwind.example", PASSPHRASE).await;
    let key = app.key([]).await;
    let path = format!("/keys/{}/first-call", key.id);
    let waiting = tokio::spawn(async move { browser.open(&path).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    app.house.doors.close();
    assert!(!waiting.await.unwrap().text().contains("called"));
}
