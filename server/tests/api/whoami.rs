//! `GET /v1/whoami`

use crate::support::TestApp;

#[tokio::test]
async fn a_key_is_its_own_profile() {
    let app = TestApp::start().await;
    let key = app.key([]).named("ci-deploy").await;
    let body = app.get("/v1/whoami").bearer(&key).await.is(200).json();
    assert_eq!(body["spec"]["type"], "PROFILE_TYPE_API_KEY");
    assert_eq!(body["metadata"]["accountId"], app.owner().id.to_string());
    assert_eq!(body["metadata"]["name"], "ci-deploy");
    assert!(
        body["metadata"]["id"]
            .as_str()
            .unwrap()
            .starts_with("profile_")
    );
}

#[tokio::test]
async fn nobody_is_challenged() {
    let app = TestApp::start().await;
    let answer = app.get("/v1/whoami").await;
    answer
        .is(401)
        .code("UNAUTHENTICATED")
        .has("www-authenticate", "Bearer");
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let app = TestApp::start().await;
    let key = app.key([]).await;
    let mut mistyped = key.token.clone();
    mistyped.replace_range(10..11, if &key.token[10..11] == "a" { "b" } else { "a" });
    for token in [
        "",
        "kr_",
        "nonsense",
        &mistyped,
        &format!("{}x", key.token),
        &key.token[1..],
    ] {
        let answer = app.get("/v1/whoami").token(token).await;
        answer.is(401).code("UNAUTHENTICATED");
        answer.has("www-authenticate", r#"Bearer error="invalid_token""#);
    }
    let basic = app
        .get("/v1/whoami")
        .header("authorization", "Basic bWlyYTpwYXNz")
        .await;
    basic.is(401).code("UNAUTHENTICATED");
    let odd_case = format!("bEARER {}", key.token);
    app.get("/v1/whoami")
        .header("authorization", odd_case)
        .await
        .is(200);
}

#[tokio::test]
async fn a_session_opens_no_rest() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    browser.open("/v1/whoami").await.is(401);
}
