//! The whole job with scripting off: every form is a plain post, every success a redirect, every
//! refusal the page again.

use contract::ApiKeyId;

use crate::support::{Browser, TestApp};

async fn create_workspace(browser: &mut Browser, app: &TestApp, name: &str) -> String {
    let answer = browser
        .submit("/workspaces/new", &[("metadata.name", name)])
        .await;
    answer.is(303);
    let list = contract::request::ListWorkspaces::default();
    let page = keyring::workspaces::list(&app.keyring, &app.owner().operator, list)
        .await
        .unwrap();
    let found = page
        .items
        .into_iter()
        .find(|workspace| workspace.metadata.name == name);
    found.expect("it was made").metadata.id.to_string()
}

async fn key_of(app: &TestApp, name: &str) -> ApiKeyId {
    let keys = app.keys().await;
    keys.into_iter()
        .find(|key| key.metadata.name == name)
        .expect("it was issued")
        .metadata
        .id
}

#[tokio::test]
async fn a_key_lives_from_issue_to_revocation() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let eu = create_workspace(&mut browser, &app, "prod-eu").await;
    let us = create_workspace(&mut browser, &app, "prod-us").await;

    let issued = browser
        .submit(
            "/keys/new",
            &[
                ("metadata.name", "ci-deploy"),
                ("permission.tools", "manage"),
                ("permission.memory", "none"),
                ("initialWorkspaceIds", &eu),
                ("expires", "90"),
            ],
        )
        .await;
    issued.is(200).has("cache-control", "no-store");
    assert!(
        !issued.text().contains("<script type=\"module\""),
        "the reveal is not hydrated"
    );
    let token = issued.shown_token();
    app.get("/v1/whoami").token(&token).await.is(200);
    let id = key_of(&app, "ci-deploy").await;
    let page = format!("/keys/{id}");
    assert!(
        !browser.open("/keys/new").await.text().contains(&token),
        "a reload shows no token"
    );
    assert!(!browser.open(&page).await.text().contains(&token));

    let workspaces = format!("/v1/account/api_keys/{id}/workspaces");
    let reader = app.admin().await;
    let reached = || async {
        app.get(&workspaces)
            .bearer(&reader)
            .await
            .is(200)
            .item_names()
    };
    browser
        .submit(&format!("{page}/grant"), &[("workspaceId", &us)])
        .await
        .leads_to(&page);
    assert_eq!(reached().await.len(), 2);
    let ungrant = [("workspaceId", eu.as_str()), ("next", "/access")];
    browser
        .submit(&format!("{page}/ungrant"), &ungrant)
        .await
        .leads_to("/access");
    assert_eq!(reached().await, ["prod-us"]);

    let details = [
        ("metadata.name", "ci-renamed"),
        ("metadata.labels", "env=prod"),
        ("expires", "keep"),
    ];
    browser.submit(&page, &details).await.leads_to(&page);
    assert!(
        browser
            .open(&page)
            .await
            .is(200)
            .text()
            .contains("ci-renamed")
    );

    browser.open(&format!("{page}/rotate")).await.is(200);
    let rotated = browser.submit(&format!("{page}/rotate"), &[]).await;
    rotated.is(200).has("cache-control", "no-store");
    let new = rotated.shown_token();
    app.get("/v1/whoami").token(&token).await.is(401);
    app.get("/v1/whoami").token(&new).await.is(200);

    browser
        .submit(&format!("{page}/disable"), &[])
        .await
        .leads_to(&page);
    app.get("/v1/whoami").token(&new).await.is(401);
    browser
        .submit(&format!("{page}/enable"), &[])
        .await
        .leads_to(&page);
    app.get("/v1/whoami").token(&new).await.is(200);

    browser.open(&format!("{page}/revoke")).await.is(200);
    // It was used a moment ago.
    let named = [("name", "ci-renamed")];
    browser
        .submit(&format!("{page}/revoke"), &named)
        .await
        .leads_to("/keys");
    app.get("/v1/whoami").token(&new).await.is(401);
    let left = browser.open(&page).await.is(200).text();
    assert!(left.contains("Revoked by") && !left.contains(&format!("{page}/rotate")));
    browser.open(&format!("{page}/rotate")).await.is(200);
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let typed = [
        ("metadata.name", ""),
        ("spec.description", "typed with care"),
        ("permission.tools", "manage"),
    ];
    let answer = browser.submit("/keys/new", &typed).await;
    answer.is(400).has("cache-control", "no-store");
    assert!(answer.text().contains("typed with care") && answer.text().contains("aria-invalid"));
    let answer = browser
        .submit(
            "/workspaces/new",
            &[
                ("metadata.name", &"x".repeat(201)),
                ("spec.description", "kept"),
            ],
        )
        .await;
    assert!(answer.is(400).text().contains("kept"));
    let key = app.key([]).await;
    let answer = browser
        .submit(
            &format!("/keys/{}", key.id),
            &[("metadata.name", ""), ("spec.description", "kept")],
        )
        .await;
    assert!(answer.is(400).text().contains("kept"));
}

#[tokio::test]
async fn workspaces_are_renamed_archived_and_restored() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let id = create_workspace(&mut browser, &app, "prod-eu").await;
    let page = format!("/workspaces/{id}");
    browser
        .submit(&page, &[("metadata.name", "prod-europe")])
        .await
        .leads_to(&page);
    assert!(
        browser
            .open(&page)
            .await
            .is(200)
            .text()
            .contains("prod-europe")
    );
    let last = browser.submit(&format!("{page}/archive"), &[]).await;
    assert_eq!(
        last.status(),
        400,
        "the last enabled one cannot be archived"
    );
    create_workspace(&mut browser, &app, "prod-us").await;
    browser
        .submit(&format!("{page}/archive"), &[])
        .await
        .leads_to(&page);
    browser
        .submit(&format!("{page}/restore"), &[])
        .await
        .leads_to(&page);
}

#[tokio::test]
async fn what_does_not_exist_or_belongs_to_others_is_not_found() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let foreign = app.key_of(&stranger).await;
    let mut browser = app.signed_in().await;
    for id in [
        foreign.id.to_string(),
        "apikey_01JD8W3X7R5M2T9V6QZ0YHKC4E".to_owned(),
        "nonsense".to_owned(),
    ] {
        browser.open(&format!("/keys/{id}")).await.is(404);
        browser
            .submit(&format!("/keys/{id}/revoke"), &[])
            .await
            .is(404);
        browser
            .submit(&format!("/keys/{id}/rotate"), &[])
            .await
            .is(404);
    }
    app.get("/v1/whoami").bearer(&foreign).await.is(200);
    browser.open("/nothing/here").await.is(404);
}

#[tokio::test]
async fn names_are_never_interpreted() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let hostile = "</textarea><script>alert(1)</script>";
    let fields = [("metadata.name", hostile), ("spec.description", hostile)];
    browser.submit("/keys/new", &fields).await.is(200);
    let id = key_of(&app, hostile).await;
    for path in [
        "/keys".to_owned(),
        format!("/keys/{id}"),
        "/access".to_owned(),
    ] {
        assert!(
            !browser
                .open(&path)
                .await
                .text()
                .contains("<script>alert(1)"),
            "{path}"
        );
    }
    let refused = browser
        .submit(
            "/keys/new",
            &[("metadata.name", ""), ("spec.description", hostile)],
        )
        .await;
    assert!(!refused.text().contains("<script>alert(1)"));
}

#[tokio::test]
async fn the_theme_is_remembered_by_the_browser() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    browser
        .submit("/theme", &[("theme", "dark"), ("next", "/access")])
        .await
        .leads_to("/access");
    assert_eq!(browser.cookie("theme"), Some("dark"));
    assert!(
        browser
            .open("/keys")
            .await
            .text()
            .contains("data-theme=\"dark\"")
    );
    browser
        .submit("/theme", &[("theme", "system")])
        .await
        .is(303);
    assert_eq!(browser.cookie("theme"), None);
}
