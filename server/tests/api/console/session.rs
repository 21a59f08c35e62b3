//! How long a session lasts, by the clock of the test.

use std::time::Duration;

use keyring::sessions::{ABSOLUTE_LIMIT, IDLE_LIMIT};

use crate::support::TestApp;

#[tokio::test]
async fn a_session_that_is_not_used_ends() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    app.clock
        .advance(IDLE_LIMIT.saturating_sub(Duration::from_secs(1)));
    browser.open("/keys").await.is(200);
    app.clock
        .advance(IDLE_LIMIT.saturating_sub(Duration::from_secs(1)));
    browser.open("/keys").await.is(200);
    app.clock.advance(IDLE_LIMIT);
    browser
        .open("/keys")
        .await
        .leads_to("/sign-in?next=%2Fkeys");
}

#[tokio::test]
async fn a_session_that_is_used_ends_too() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let step = IDLE_LIMIT / 2;
    let mut passed = Duration::ZERO;
    while passed + step < ABSOLUTE_LIMIT {
        app.clock.advance(step);
        passed += step;
        browser.open("/keys").await.is(200);
    }
    app.clock.advance(step);
    browser
        .open("/keys")
        .await
        .leads_to("/sign-in?next=%2Fkeys");
}

#[tokio::test]
async fn a_form_posted_after_the_end_loses_nothing() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    browser.open("/keys/new").await.is(200);
    app.clock.advance(IDLE_LIMIT);
    let answer = browser
        .submit(
            "/keys/new",
            &[
                ("metadata.name", "half typed"),
                ("permission.tools", "read"),
            ],
        )
        .await;
    let next = "/keys/new?metadata.name=half+typed&permission.tools=read";
    let query = serde_urlencoded::to_string([("next", next)]).unwrap();
    answer.leads_to(&format!("/sign-in?{query}"));
    assert!(app.keys().await.is_empty(), "nothing was issued");
    let mut browser = app.signed_in().await;
    let page = browser.open(next).await;
    assert!(page.is(200).text().contains("half typed"));
}

#[tokio::test]
async fn the_sessions_of_two_people_are_their_own() {
    let app = TestApp::start().await;
    let jo = app.account("jo@elsewhere.example").await;
    let key = app.key([]).named("northwind-only").await;
    let mut mira = app.signed_in().await;
    let mut other = app.browser();
    other
        .sign_in(&jo.email, crate::support::PASSPHRASE)
        .await
        .is(303);
    assert!(mira.open("/keys").await.text().contains("northwind-only"));
    assert!(!other.open("/keys").await.text().contains("northwind-only"));
    other.open(&format!("/keys/{}", key.id)).await.is(404);
    other.submit("/sign-out", &[]).await.is(303);
    mira.open("/keys").await.is(200);
}
