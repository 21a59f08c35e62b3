//! One body for every error, whatever went wrong and wherever.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use contract::{Error, Kind};
use http_body_util::BodyExt;
use serde_json::json;
use server::answer::{Asked, Refusal};
use tower::ServiceExt;

use crate::account::api_keys::KEYS;
use crate::support::{Answer, TestApp, log};

#[tokio::test]
async fn a_path_that_leads_nowhere() {
    let app = TestApp::start().await;
    for path in [
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/openapi",
        "/v1/workspaces/",
        "/v1/account/",
        "/v1/account/nothing",
        "/v1/account/access/",
        "/v1/account/access:nothing",
        "/v1/account/api_keys/",
        "/v1/account/profiles/nothing",
        "/v1/account/workspaces/",
        "/v1/account/workspaces/workspace_1/nothing",
        "/v1/account/workspaces/workspace_1/members/",
        "/v1/authorize/",
        "/v1/tokens",
        "/v1/tokens:nothing",
        "/nothing",
        "/pkg/nothing.js",
        "/_fn/nothing",
    ] {
        app.get(path).await.is(404).code("NOT_FOUND");
    }
    for path in [
        "/v1/account/api_keys/apikey_1:nonsense",
        "/v1/account/api_keys/apikey_1/:rotate",
        "/v1/account/access/:apply",
        "/v1/account/access:nonsense",
        "/v1/account/access/:explain",
        "/v1/account:apply",
        "/v1/account/workspaces/workspace_1/:restore",
        "/v1/account/workspaces/workspace_1:archive",
        "/v1/tokens",
        "/v1/tokens/:verify",
        "/v1/tokens:nonsense",
    ] {
        app.post(path).await.is(404).code("NOT_FOUND");
    }
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
    for (method, path, methods) in [
        ("PUT", KEYS, "GET,HEAD,POST"),
        ("GET", "/v1/account/api_keys/apikey_1:rotate", "POST"),
        (
            "POST",
            "/v1/account/api_keys/apikey_1",
            "DELETE,GET,HEAD,PATCH",
        ),
        ("PATCH", "/v1/account", "GET,HEAD"),
        ("POST", "/v1/account/access", "GET,HEAD"),
        ("GET", "/v1/account/access:apply", "POST"),
        ("DELETE", "/v1/account/access:revert", "POST"),
        ("POST", "/v1/account/access:explain", "GET,HEAD"),
        ("POST", "/v1/account/audit_events", "GET,HEAD"),
        ("DELETE", "/v1/account/profiles", "GET,HEAD"),
        ("DELETE", "/v1/account/workspaces", "GET,HEAD,POST"),
        (
            "PUT",
            "/v1/account/workspaces/workspace_1",
            "DELETE,GET,HEAD,PATCH",
        ),
        ("GET", "/v1/account/workspaces/workspace_1:restore", "POST"),
        (
            "PATCH",
            "/v1/account/workspaces/workspace_1/members",
            "GET,HEAD,POST",
        ),
        (
            "GET",
            "/v1/account/workspaces/workspace_1/members/profile_1",
            "DELETE",
        ),
        ("DELETE", "/v1/workspaces/workspace_1", "GET,HEAD"),
        ("GET", "/v1/tokens:verify", "POST"),
        ("GET", "/v1/tokens:verifyBatch", "POST"),
        ("POST", "/v1/authorize", "GET,HEAD"),
        ("POST", "/v1/openapi.json", "GET,HEAD"),
    ] {
        let answer = app.call(method, path).await;
        answer.is(405).code("UNIMPLEMENTED");
        assert_eq!(allowed(&answer), methods, "{method} {path}");
    }
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

/// A page in the look of the product that says what to do, to somebody without scripting too.
#[track_caller]
fn is_page(answer: &Answer, status: u16, sentence: &str) {
    answer
        .is(status)
        .has("content-type", "text/html; charset=utf-8");
    let html = answer.text();
    assert!(html.contains(sentence), "{html}");
    assert!(html.contains("<h1>") && html.contains("class=\"brand\""));
    assert!(html.contains(" · Keyrack</title>"), "{html}");
    assert!(!html.contains("type=\"module\""), "nothing is hydrated");
    let id = answer.header("x-request-id").unwrap();
    assert!(html.contains(id), "it names the request as the log does");
}

#[tokio::test]
async fn people_are_refused_with_a_page_and_programs_with_json() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let post = |accept: &str| {
        app.post("/workspaces/new")
            .form(&[("metadata.name", "made")])
            .header("sec-fetch-site", "cross-site")
            .header("accept", accept)
    };
    let page = browser.send(post("text/html,*/*;q=0.8")).await;
    is_page(&page, 403, "Open that address and try again.");
    let home = format!("href=\"{}/\"", app.public_url);
    assert!(page.text().contains(&home), "and leads there");
    let json = browser.send(post("*/*")).await;
    json.is(403).code("PERMISSION_DENIED");

    let name = "x".repeat(65 * 1024);
    let large = [("metadata.name", name.as_str())];
    let page = browser.submit("/workspaces/new", &large).await;
    is_page(&page, 413, "larger than 64 KiB. Send less.");

    let page = browser.open("/sign-out").await;
    is_page(&page, 405, "does not have that method");
    assert_eq!(page.header("allow"), Some("POST"));
    let page = browser.submit("/nothing", &[]).await;
    assert!(page.is(404).text().contains("There is no page here"));
}

#[tokio::test]
async fn somebody_who_comes_while_keyrack_is_busy_is_told_when_to_come_again() {
    let app = TestApp::start().await;
    let busy = || async {
        let mut error = Error::new(Kind::Unavailable, "This Keyrack is busy.");
        error.retry_after = Some(7);
        Refusal::from(error)
    };
    let house = app.house.clone();
    let present = move |mut request: Request<Body>, next: Next| {
        let house = house.clone();
        async move {
            let asked = Asked::of(&mut request);
            let mut response = next.run(request).await;
            asked.answered(&house, &mut response).await;
            response
        }
    };
    let router = Router::new().route("/", get(busy)).layer(from_fn(present));
    for (accept, media_type) in [
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "application/json"),
    ] {
        let request = Request::get("/").header("accept", accept);
        let response = router.clone().oneshot(request.body(Body::empty()).unwrap());
        let response = response.await.unwrap();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "7");
        assert_eq!(response.headers()["content-type"], media_type);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("This Keyrack is busy."), "{text}");
    }
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
