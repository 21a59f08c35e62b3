//! What the page of the matrix loads, hears and sends.

use std::time::Duration;

use contract::access::{Change, Snapshot};
use serde_json::{Value, json};

use crate::support::{Browser, Stream, TestApp};

async fn snapshot(browser: &mut Browser) -> Snapshot {
    let answer = browser.open("/access/snapshot").await;
    answer.is(200).has("cache-control", "no-store");
    serde_json::from_value(answer.json()).unwrap()
}

/// The changes that were heard whole, with their ids.
fn changes(stream: &Stream) -> Vec<(Option<String>, Change)> {
    let events = stream.events("change");
    let change = |(id, data): (Option<String>, String)| (id, serde_json::from_str(&data).unwrap());
    events.into_iter().map(change).collect()
}

#[tokio::test]
async fn the_matrix_is_loaded_with_a_session_only() {
    let app = TestApp::start().await;
    app.browser().open("/access/snapshot").await.is(401);
    app.browser()
        .open("/access/live?page=page-one")
        .await
        .is(401);
    let workspace = app.workspace("prod-eu").await;
    let key = app.key([]).await;
    let mut browser = app.signed_in().await;
    let seen = snapshot(&mut browser).await;
    assert_eq!(seen.workspaces[0].id, workspace);
    assert!(seen.keys.iter().any(|row| row.id == key.id));
    // A token is for programs.
    let call = app.get("/access/snapshot").bearer(&app.admin().await);
    call.await.is(401);
    // Of another account, nothing.
    let other = app.account("hank@globex.example").await;
    let foreign = app.key_of(&other).await;
    let seen = snapshot(&mut browser).await;
    assert!(seen.keys.iter().all(|row| row.id != foreign.id));
}

#[tokio::test]
async fn the_past_is_loaded_by_its_time() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let then = app.clock.now();
    let before = snapshot(&mut browser).await.keys.len();
    app.clock.advance(Duration::from_mins(1));
    app.key([]).await;
    assert_eq!(snapshot(&mut browser).await.keys.len(), before + 1);
    let past = browser.open(&format!("/access/snapshot?asOf={then}")).await;
    let past: Snapshot = serde_json::from_value(past.is(200).json()).unwrap();
    assert_eq!((past.keys.len(), past.at), (before, then));
    for wrong in ["yesterday", "2999-01-01T00:00:00Z"] {
        let path = format!("/access/snapshot?asOf={wrong}");
        browser.open(&path).await.is(400);
    }
}

#[tokio::test]
async fn what_was_used_is_asked_for_by_days() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    assert_eq!(snapshot(&mut browser).await.used_days, 30);
    for days in [1, 365] {
        let path = format!("/access/snapshot?usedDays={days}");
        let seen = browser.open(&path).await.is(200).json();
        assert_eq!(seen["usedDays"], days);
    }
    for wrong in ["0", "366", "many"] {
        let path = format!("/access/snapshot?usedDays={wrong}");
        browser.open(&path).await.is(400);
    }
}

#[tokio::test]
async fn a_stream_that_breaks_again_and_again_misses_nothing() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let admin = app.admin().await;
    let (key, workspace) = (app.key([]).await, app.workspace("prod-eu").await);
    let after = snapshot(&mut browser).await.last.to_string();
    let path = format!("/access/live?page=page-one&after={after}");
    let mut last: Option<String> = None;
    let mut heard = Vec::new();
    for round in 0..6 {
        // Changed while nobody listens, and again while somebody does.
        for want in [true, false] {
            let cell = json!({"apiKeyId": key.id, "workspaceId": workspace, "want": want});
            let apply = app.post("/v1/account/access:apply").bearer(&admin);
            apply.json(json!({"cells": [cell]})).await.is(200);
        }
        let mut stream = Stream::open(&app, &browser, &path, last.as_deref()).await;
        stream.until("\"granted\":false").await;
        app.workspace(&format!("w{round}")).await;
        stream.until(&format!("\"name\":\"w{round}\"")).await;
        stream.until("event: present").await;
        for (id, change) in changes(&stream) {
            last = id.or(last);
            heard.push(change);
        }
    }
    let granted: Vec<bool> = heard
        .iter()
        .filter_map(|change| match change {
            Change::Cell(cell) => Some(cell.granted),
            _ => None,
        })
        .collect();
    assert_eq!(granted, [true, false].repeat(6));
    let made = heard
        .iter()
        .filter(|change| matches!(change, Change::Workspace { .. }));
    assert_eq!(made.count(), 6);
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_the_server() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    for wrong in [
        "page=short",
        "page=has%20spaces",
        "page=page-one&after=event_x",
        "after=",
    ] {
        browser.open(&format!("/access/live?{wrong}")).await.is(400);
    }
    let path = "/access/live?page=page-one";
    let mut stream = Stream::open(&app, &browser, path, None).await;
    stream.until("event: present").await;
    assert!(stream.text.contains("text/event-stream"));
    assert!(stream.text.contains("cache-control: no-store"));
    let signed_out = browser.clone().submit("/sign-out", &[]).await;
    signed_out.leads_to("/sign-in");
    stream.ended().await;
    browser.open(path).await.is(401);

    let browser = app.signed_in().await;
    let mut stream = Stream::open(&app, &browser, path, None).await;
    stream.until("event: present").await;
    app.house.doors.close();
    stream.ended().await;
}

#[tokio::test]
async fn where_somebody_is_is_told_to_the_others() {
    let app = TestApp::start().await;
    let (mut one, mut other) = (app.signed_in().await, app.signed_in().await);
    let (key, workspace) = (app.key([]).await, app.workspace("prod-eu").await);
    let body = json!({"page": "page-one", "cell": [key.id, workspace]});
    one.post("/access/here", body.clone()).await.is(204);
    let mut first = Stream::open(&app, &one, "/access/live?page=page-one", None).await;
    first.until("event: present").await;
    let mut second = Stream::open(&app, &other, "/access/live?page=page-two", None).await;
    second.until("page-one").await;
    one.post("/access/here", body.clone()).await.is(204);
    second
        .until(&format!("\"cell\":[\"{}\",\"{workspace}\"]", key.id))
        .await;
    one.post("/access/here", json!({"page": 7})).await.is(400);
    // Gone with the connection. Who comes and goes at once would not be told of at all.
    first.until("page-two").await;
    drop(second);
    let nobody = "data: []";
    let before = first.text.matches(nobody).count();
    while first.text.matches(nobody).count() == before {
        assert!(first.hear().await);
    }
    let gone = json!({"page": "page-two", "cell": [key.id, workspace]});
    other.post("/access/here", gone).await.is(204);
    // From another site, nothing.
    let call = app.post("/access/here").json(body);
    other
        .send(call.header("origin", "https://evil.example"))
        .await
        .is(403);
}

fn cells(key: &contract::ApiKeyId, workspace: contract::WorkspaceId, expected: bool) -> Value {
    let cell = json!({
        "apiKeyId": key, "workspaceId": workspace, "want": !expected, "expected": expected,
    });
    json!({"changes": {"cells": [cell], "reason": "quarterly review"}})
}

#[tokio::test]
async fn a_changeset_is_applied_taken_back_and_its_conflicts_are_told() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let (key, workspace) = (app.key([]).await, app.workspace("prod-eu").await);
    let done = browser
        .function("access.apply", cells(&key.id, workspace, false))
        .await;
    let batch = done.is(200).json()["applied"]["batchId"].clone();
    let again = browser
        .function("access.apply", cells(&key.id, workspace, false))
        .await;
    let conflict = json!([{
        "type": "cell", "key": key.id, "workspace": workspace, "granted": true,
    }]);
    assert_eq!(again.is(200).json()["conflicts"], conflict);
    let back = browser
        .function("access.revert", json!({"batch": batch}))
        .await;
    assert_eq!(back.is(200).json()["applied"]["revoked"], 1);
    let again = browser
        .function("access.revert", json!({"batch": batch}))
        .await;
    assert_eq!(again.is(200).json()["conflicts"][0]["granted"], false);
    let mut wrong = cells(&key.id, workspace, false);
    wrong["changes"]["reason"] = "x".repeat(501).into();
    browser.function("access.apply", wrong).await.is(400);
    browser
        .function("access.revert", json!({"batch": "x"}))
        .await
        .is(400);
}

#[tokio::test]
async fn a_changeset_may_be_large() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let key = app.key([]).await;
    let mut cells = Vec::new();
    for index in 0..600 {
        let workspace = format!("workspace_01JD8W3X7R5M2T9V6QZ0YH{index:04}");
        cells.push(json!({"apiKeyId": key.id, "workspaceId": workspace, "want": true}));
    }
    let body = json!({"changes": {"cells": cells}});
    assert!(body.to_string().len() > 64 * 1024);
    // None of these workspaces exist; but it was read.
    browser.function("access.apply", body).await.is(404);
}
