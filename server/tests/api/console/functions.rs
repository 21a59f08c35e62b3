//! `/_fn`: server functions are public endpoints, whoever calls them.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn a_function_answers_who_is_signed_in_and_nobody_else() {
    let app = TestApp::start().await;
    let fields = json!({"fields": [["metadata.name", "prod-eu"]]});
    let refused = app
        .browser()
        .function("workspaces.create", fields.clone())
        .await;
    refused.is(401).has("cache-control", "no-store");
    assert_eq!(refused.json()["kind"], "unauthenticated");
    let mut browser = app.signed_in().await;
    let made = browser.function("workspaces.create", fields).await;
    assert_eq!(made.is(200).json()["metadata"]["name"], "prod-eu");
}

#[tokio::test]
async fn a_refused_call_has_the_status_and_the_fields() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let answer = browser
        .function("keys.issue", json!({"fields": [["metadata.name", ""]]}))
        .await;
    answer.is(400);
    assert_eq!(answer.json()["details"][0]["field"], "metadata.name");
    let id = "apikey_01JD8W3X7R5M2T9V6QZ0YHKC4E";
    browser
        .function("keys.get", json!({"id": id}))
        .await
        .is(404);
}

#[tokio::test]
async fn the_answers_of_issue_and_rotate_are_kept_by_nobody() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let issued = browser
        .function("keys.issue", json!({"fields": [["metadata.name", "ci"]]}))
        .await;
    issued.is(200).has("cache-control", "no-store");
    let token = issued.json()["spec"]["token"].as_str().unwrap().to_owned();
    app.get("/v1/whoami").token(&token).await.is(200);
    let id = issued.json()["metadata"]["id"].clone();
    let rotated = browser.function("keys.rotate", json!({"id": id})).await;
    rotated.is(200).has("cache-control", "no-store");
    app.get("/v1/whoami").token(&token).await.is(401);
}

#[tokio::test]
async fn signing_in_by_function_sets_the_cookie() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let pairs = json!({"fields": [["email", app.owner().email], ["passphrase", crate::support::PASSPHRASE]]});
    let answer = browser.function("session.sign_in", pairs).await;
    let cookie = answer.is(200).header("set-cookie").unwrap().to_owned();
    assert!(
        cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"),
        "{cookie}"
    );
    browser.open("/keys").await.is(200);
}

#[tokio::test]
async fn a_throttled_sign_in_by_function_says_when_to_try_again() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let email = app.owner().email.as_str();
    let guess = json!({"fields": [["email", email], ["passphrase", "not the passphrase"]]});
    let mut answer = browser.function("session.sign_in", guess.clone()).await;
    for _ in 0..5 {
        if answer.status() != 401 {
            break;
        }
        answer = browser.function("session.sign_in", guess.clone()).await;
    }
    let seconds = answer.is(429).header("retry-after").unwrap().to_owned();
    answer.names(&format!("Wait {seconds} s"));
}
