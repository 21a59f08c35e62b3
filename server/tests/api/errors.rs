//! One body for every error, whatever went wrong and wherever.

use serde_json::json;

use crate::account::api_keys::KEYS;
use crate::support::{TestApp, log};

#[tokio::test]
async fn a_path_that_leads_nowhere() {
    let app = TestApp::start().await;
    for path in [
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/account/api_keys/",
        "/nothing",
        "/pkg/nothing.js",
        "/_fn/nothing",
    ] {
        app.get(path).await.is(404).code("NOT_FOUND");
    }
    app.post("/v1/account/api_keys/apikey_1:nonsense")
        .await
        .is(404)
        .code("NOT_FOUND");
    app.post("/v1/account/api_keys/apikey_1/:rotate")
        .await
        .is(404)
        .code("NOT_FOUND");
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have() {
    let app = TestApp::start().await;
    let allowed = |answer: &crate::support::Answer| {
        let mut methods: Vec<_> = answer
            .header("allow")
            .unwrap_or_default()
            .split(',')
            .map(str::to_owned)
            .collect();
        methods.sort();
        methods.join(",")
    };
    let put = app.call("PUT", KEYS).await;
    put.is(405).code("UNIMPLEMENTED");
    assert_eq!(allowed(&put), "GET,HEAD,POST");
    let get = app.get("/v1/account/api_keys/apikey_1:rotate").await;
    get.is(405).code("UNIMPLEMENTED");
    assert_eq!(allowed(&get), "POST");
    let post = app.post("/v1/account/api_keys/apikey_1").await;
    post.is(405);
    assert_eq!(allowed(&post), "DELETE,GET,HEAD,PATCH");
}

#[tokio::test]
async fn malformed_json() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let post = |body: &str| {
        app.post(KEYS)
            .bearer(&admin)
            .header("content-type", "application/json")
            .body(body)
    };
    for body in [
        "{",
        "{\"metadata\":}",
        "nonsense",
        "{} {}",
        "\u{0}",
        "{\"metadata\":{\"name\":\"a\"},}",
    ] {
        post(body)
            .await
            .is(400)
            .code("INVALID_ARGUMENT")
            .names("not JSON");
    }
    for body in ["[]", "7", "null", "\"text\""] {
        post(body).await.is(400).code("INVALID_ARGUMENT");
    }
    let deep = "[".repeat(10_000);
    post(&deep).await.is(400).code("INVALID_ARGUMENT");
    let odd = app
        .post(KEYS)
        .bearer(&admin)
        .header("content-type", "application/json")
        .body([0xff, 0xfe]);
    odd.await.is(400).code("INVALID_ARGUMENT");
}

#[tokio::test]
async fn a_body_over_64_kib() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let name = "x".repeat(65 * 1024);
    let body = json!({"metadata": {"name": name}}).to_string();
    let announced = app
        .post(KEYS)
        .bearer(&admin)
        .header("content-type", "application/json")
        .body(body.clone());
    announced
        .await
        .is(413)
        .code("INVALID_ARGUMENT")
        .names("64 KiB");
    let mut browser = app.signed_in().await;
    browser
        .submit("/workspaces/new", &[("metadata.name", &name)])
        .await
        .is(413);
    let just_fits =
        json!({"metadata": {"name": "ci"}, "spec": {"description": "x".repeat(60 * 1024)}});
    app.post(KEYS)
        .bearer(&admin)
        .json(just_fits)
        .await
        .is(400)
        .field("spec.description");
}

#[tokio::test]
async fn a_body_that_is_not_json() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({"metadata": {"name": "ci"}}).to_string();
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
    ] {
        let answer = app
            .post(KEYS)
            .bearer(&admin)
            .header("content-type", media_type)
            .body(body.clone());
        answer.await.is(415).code("INVALID_ARGUMENT");
    }
    app.post(KEYS)
        .bearer(&admin)
        .body(body.clone())
        .await
        .is(415)
        .code("INVALID_ARGUMENT");
    for media_type in [
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/merge-patch+json",
    ] {
        let answer = app
            .post(KEYS)
            .bearer(&admin)
            .header("content-type", media_type)
            .body(body.clone());
        answer.await.is(200);
    }
}

#[tokio::test]
async fn problem_json_for_who_asks_for_it() {
    let app = TestApp::start().await;
    app.get("/v1/whoami")
        .await
        .has("content-type", "application/json");
    let asked = app
        .get("/v1/whoami")
        .header("accept", "application/problem+json, */*")
        .await;
    asked
        .is(401)
        .code("UNAUTHENTICATED")
        .has("content-type", "application/problem+json");
}

#[tokio::test]
async fn every_answer_has_its_own_request_id() {
    let app = TestApp::start().await;
    let id = |answer: crate::support::Answer| answer.header("x-request-id").unwrap().to_owned();
    let forged = app.get("/healthz").header("x-request-id", "forged").await;
    let first = id(forged);
    assert_ne!(first, "forged");
    assert_ne!(first, id(app.get("/healthz").await));
    assert!(log().contains(&first), "and it is in the log");
}
