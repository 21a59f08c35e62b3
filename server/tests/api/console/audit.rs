//! The page of the audit log, and what stands beside it.

use serde_json::json;

use crate::support::{PASSPHRASE, TestApp};

#[tokio::test]
async fn the_page_tells_what_happened_and_what_is_asked_for() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    app.key([]).named("ci-deploy").await;
    app.workspace("prod-eu").await;
    let page = browser.open("/audit").await.is(200).text();
    for said in [
        "Issued ci-deploy",
        "Created prod-eu",
        "Signed in",
        "Not verified yet",
    ] {
        assert!(page.contains(said), "{said}");
    }
    keyring::audit::verify_due(&app.keyring).await.unwrap();
    let page = browser
        .open("/audit?action=api_key.issued")
        .await
        .is(200)
        .text();
    assert!(page.contains("Issued ci-deploy") && page.contains("All verified"));
    assert!(!page.contains("Created prod-eu"));
    let wrong = browser.open("/audit?who=nonsense").await.text();
    assert!(wrong.contains("use an id of the form"), "{wrong}");
}

#[tokio::test]
async fn a_changeset_is_one_entry_that_is_taken_back() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let admin = app.admin().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let key = app.key([]).named("ci-deploy").await;
    let cell = |workspace| json!({"apiKeyId": key.id, "workspaceId": workspace, "want": true});
    let apply = app.post("/v1/account/access:apply").bearer(&admin);
    let applied = apply.json(json!({"cells": [cell(eu), cell(us)]})).await;
    let batch = applied.is(200).json()["batchId"]
        .as_str()
        .unwrap()
        .to_owned();
    let page = browser.open("/audit").await.is(200).text();
    assert!(page.contains("Applied 2 changes to the access matrix"));
    assert!(page.contains("1 key, 2 workspaces") && !page.contains("Granted prod-eu"));
    // What is asked of one key is its events.
    let page = browser
        .open(&format!("/audit?target={}", key.id))
        .await
        .text();
    assert!(page.contains("Granted prod-eu to ci-deploy"));

    let back = browser
        .submit("/audit/revert", &[("batchId", &batch)])
        .await;
    back.is(303).has("location", "/audit");
    let again = browser
        .submit("/audit/revert", &[("batchId", &batch)])
        .await;
    assert!(
        again
            .is(409)
            .text()
            .contains("somebody else changed meanwhile")
    );
    browser
        .submit("/audit/revert", &[("batchId", "nonsense")])
        .await
        .is(400);
}

#[tokio::test]
async fn the_export_of_the_page_is_what_it_lists() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    app.key([]).named("ci-deploy").await;
    let file = browser
        .submit("/audit/export", &[("action", "api_key.issued")])
        .await;
    file.is(200).has("content-type", "application/jsonl");
    file.has(
        "content-disposition",
        r#"attachment; filename="audit.jsonl""#,
    );
    assert_eq!(file.text().lines().count(), 1);
    let page = browser.open("/audit").await.text();
    assert!(page.contains("Exported the audit log"));
    let wrong = browser
        .submit("/audit/export", &[("who", "nonsense")])
        .await;
    wrong.is(400);
}

#[tokio::test]
async fn nobody_else_is_let_in() {
    let app = TestApp::start().await;
    let mut nobody = app.browser();
    nobody.open("/audit").await.is(303);
    let answer = nobody.submit("/audit/export", &[]).await;
    answer.is(303);
    let mut mistyped = app.browser();
    mistyped
        .submit(
            "/sign-in",
            &[("email", "mira@northwind.example"), ("passphrase", "wrong")],
        )
        .await
        .is(401);
    let mut browser = app.browser();
    browser.sign_in("mira@northwind.example", PASSPHRASE).await;
    keyring::audit::flush(&app.keyring).await.unwrap();
    let page = browser.open("/audit?refused=1").await.is(200).text();
    assert!(page.contains("Refused to sign in: wrong passphrase"));
}
