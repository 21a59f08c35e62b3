//! `POST /v1/account/access:revert`

use serde_json::{Value, json};

use super::workspaces::WORKSPACES;
use super::{ACCESS, apply, cell, counts, needs, reach, revert};
use crate::support::{Answer, TestApp};

/// A well-formed id that nobody has.
const NO_BATCH: &str = "batch_01JD8W3X7R5M2T9V6QZ0YHKC4E";

fn batch_of(applied: &Answer) -> Value {
    let batch = applied.is(200).json()["batchId"].clone();
    assert!(batch.is_string());
    batch
}

#[tokio::test]
async fn a_batch_is_undone_and_undone_again() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let manager = app.key(["api_keys:manage"]).reaching([eu, us]).await;
    let one = app.key([]).reaching([eu]).await;
    let two = app.key([]).reaching([us]).await;
    let cells = [
        cell(&one, eu, false),
        cell(&one, us, true),
        cell(&two, us, true),
    ];
    let applied = apply(&app, &manager, cells).await;
    assert_eq!(counts(&applied), [1, 1, 1]);

    let back = revert(&app, &manager, &batch_of(&applied)).await;
    assert_eq!(counts(&back), [1, 1, 0], "what changed, and no more");
    assert_eq!(reach(&app, &one).await, ["prod-eu"]);
    assert_eq!(reach(&app, &two).await, ["prod-us"]);

    assert_ne!(batch_of(&back), batch_of(&applied));
    let forth = revert(&app, &manager, &batch_of(&back)).await;
    assert_eq!(counts(&forth), [1, 1, 0]);
    assert_eq!(reach(&app, &one).await, ["prod-us"]);
}

#[tokio::test]
async fn what_was_changed_since_is_a_conflict_and_nothing_is_undone() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let cells = [cell(&key, eu, true), cell(&key, us, true)];
    let batch = batch_of(&apply(&app, &admin, cells).await);
    apply(&app, &admin, [cell(&key, us, false)]).await.is(200);
    let conflict = revert(&app, &admin, &batch).await;
    conflict
        .is(409)
        .code("ABORTED")
        .has("x-should-retry", "false");
    let details = conflict.json()["details"].as_array().unwrap().len();
    assert_eq!(details, 1, "only the one that was changed");
    assert_eq!(reach(&app, &key).await, ["prod-eu"]);

    apply(&app, &admin, [cell(&key, us, true)]).await.is(200);
    let undone = revert(&app, &admin, &batch).await;
    assert_eq!(counts(&undone), [0, 2, 0], "it is as the batch left it");
    let twice = revert(&app, &admin, &batch).await;
    twice.is(409).code("ABORTED");
}

#[tokio::test]
async fn a_grant_that_would_come_back_to_an_archived_workspace_does_not() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let key = app.key([]).reaching([eu]).await;
    let cells = [cell(&key, eu, false), cell(&key, us, true)];
    let batch = batch_of(&apply(&app, &admin, cells).await);
    let archive = app.delete(&format!("{WORKSPACES}/{eu}")).bearer(&admin);
    archive.await.is(204);
    let refused = revert(&app, &admin, &batch).await;
    refused.is(400).code("FAILED_PRECONDITION").names("prod-eu");
    assert_eq!(reach(&app, &key).await, ["prod-us"]);
}

#[tokio::test]
async fn an_unknown_batch_and_somebody_elses_are_told_alike() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let their_workspace = app.workspace_of(&stranger, "theirs").await;
    let theirs = app.key_of(&stranger).await;
    let cells = [cell(&theirs, their_workspace, true)];
    let foreign = batch_of(&apply(&app, &theirs, cells).await);
    let admin = app.admin().await;
    let missing = revert(&app, &admin, &NO_BATCH.into()).await;
    missing.is(404).code("NOT_FOUND");
    let refused = revert(&app, &admin, &foreign).await;
    assert_eq!(refused.without_request_id(), missing.without_request_id());
    assert_eq!(
        counts(&revert(&app, &theirs, &foreign).await),
        [0, 1, 0],
        "it was there to be undone"
    );
}

#[tokio::test]
async fn nobody_undoes_what_is_beyond_what_they_hold_and_reach() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let narrow = app.key(["api_keys:manage"]).reaching([eu]).await;
    let (weak, strong) = (app.key([]).await, app.key(["tools:read"]).await);
    for bad in [cell(&weak, us, true), cell(&strong, eu, true)] {
        let batch = batch_of(&apply(&app, &admin, [bad]).await);
        let answer = revert(&app, &narrow, &batch).await;
        answer.is(403).code("PERMISSION_DENIED");
        revert(&app, &admin, &batch).await.is(200);
    }
    let batch = batch_of(&apply(&app, &admin, [cell(&weak, eu, true)]).await);
    revert(&app, &narrow, &batch).await.is(200);
}

#[tokio::test]
async fn bad_bodies_are_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let post = |body: Value| {
        let call = app.post(&format!("{ACCESS}:revert")).bearer(&admin);
        call.json(body)
    };
    for (body, field) in [
        (json!({"batchId": "last"}), "batchId"),
        (json!({"batchId": 7}), "batchId"),
        (json!({"batchId": NO_BATCH, "force": true}), "force"),
    ] {
        let answer = post(body).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
    let nothing = post(json!({})).await;
    nothing.is(400).code("INVALID_ARGUMENT").names("batchId");
    let none = app.post(&format!("{ACCESS}:revert")).bearer(&admin);
    none.await.is(415).code("INVALID_ARGUMENT");
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let batch = batch_of(&apply(&app, &admin, [cell(&key, eu, true)]).await);
    needs(&app, "api_keys:manage", || {
        app.post(&format!("{ACCESS}:revert"))
            .json(json!({"batchId": batch}))
    })
    .await;
    assert_eq!(reach(&app, &key).await, ["prod-eu"]);
}
