//! `Idempotency-Key`: a POST that is sent again is not carried out again.

mod token;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::account::api_keys::KEYS;
use crate::support::{Answer, Call, TestApp, TestKey};

const REPLAYED: &str = "idempotency-replayed";

fn with(call: Call, key: &str) -> Call {
    call.header("idempotency-key", key)
}

fn named(name: &str) -> Value {
    json!({"metadata": {"name": name}})
}

/// Issues a key with this name under the idempotency key "one".
async fn issue(app: &TestApp, caller: &TestKey, name: &str) -> Answer {
    let call = app.post(KEYS).bearer(caller).json(named(name));
    with(call, "one").await
}

/// The second answer is the first one again.
#[track_caller]
fn is_replay(again: &Answer, first: &Answer) {
    again.is(200).has(REPLAYED, "true");
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("content-type"), first.header("content-type"));
}

/// How many keys have this name.
async fn issued(app: &TestApp, name: &str) -> usize {
    let keys = app.keys().await;
    let named = keys.iter().filter(|key| key.metadata.name == name);
    named.count()
}

#[tokio::test]
async fn after_24_hours_the_key_is_new() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = issue(&app, &admin, "ci").await.is(200).json();
    app.clock.advance(Duration::from_hours(24));
    let next = issue(&app, &admin, "ci").await;
    assert_eq!(next.is(200).header(REPLAYED), None);
    let next = next.json();
    assert_ne!(next["metadata"]["id"], first["metadata"]["id"]);
    assert!(next["spec"]["token"].is_string());
    app.clock.advance(Duration::from_hours(24));
    issue(&app, &admin, "another body").await.is(200);
}

#[tokio::test]
async fn without_a_key_or_with_another_every_request_is_its_own() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let post = || app.post(KEYS).bearer(&admin).json(named("ci"));
    for call in [post(), post(), with(post(), "one"), with(post(), "two")] {
        assert_eq!(call.await.is(200).header(REPLAYED), None);
    }
    assert_eq!(issued(&app, "ci").await, 4);
}

#[tokio::test]
async fn a_key_that_comes_with_another_request_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let first = issue(&app, &admin, "ci").await;
    let other = issue(&app, &admin, "another body").await;
    other.is(422).code("INVALID_ARGUMENT").names("another");
    for call in [
        app.post("/v1/account/workspaces").json(named("ci")),
        app.post(&format!("{}:disable", key.path())),
    ] {
        let answer = with(call.bearer(&admin), "one").await;
        answer.is(422).code("INVALID_ARGUMENT");
    }
    assert_eq!(issued(&app, "another body").await, 0);
    app.get("/v1/whoami").bearer(&key).await.is(200);
    is_replay(&issue(&app, &admin, "ci").await, &first);
}

#[tokio::test]
async fn callers_with_the_same_key_do_not_meet() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let callers = [
        app.admin().await,
        app.admin().await,
        app.key_of(&stranger).await,
    ];
    let mut ids = Vec::new();
    for caller in &callers {
        let answer = issue(&app, caller, "ci").await;
        assert_eq!(answer.is(200).header(REPLAYED), None);
        ids.push(answer.json()["metadata"]["id"].to_string());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn a_refused_request_gives_its_key_back() {
    let app = TestApp::start().await;
    let narrow = app.key(["api_keys:manage"]).await;
    let admin = app.admin().await;
    issue(&app, &narrow, "").await.is(400);
    let wider = json!({"metadata": {"name": "ci"}, "spec": {"permissions": ["*"]}});
    let wider = app.post(KEYS).bearer(&narrow).json(wider);
    with(wider, "one").await.is(403);
    let text = app.post(KEYS).bearer(&narrow).body("ci");
    with(text, "one").await.is(415);
    let nobody = app.post(KEYS).json(named("ci"));
    with(nobody, "one").await.is(401);
    let first = issue(&app, &narrow, "ci").await;
    assert_eq!(first.is(200).header(REPLAYED), None);
    is_replay(&issue(&app, &narrow, "ci").await, &first);

    // What was refused for now is carried out once it can be.
    let disable = || with(app.post(&format!("{}:disable", narrow.path())), "two");
    let denied = disable().bearer(&app.key(["tools:read"]).await).await;
    denied.is(403);
    let taken = json!({"metadata": {"name": "taken", "externalId": "ci-1"}});
    let taken = || app.post(KEYS).bearer(&admin).json(taken.clone());
    let holder = taken().await.is(200).json();
    with(taken(), "three").await.is(409).code("ALREADY_EXISTS");
    let holder = holder["metadata"]["id"].as_str().unwrap();
    let revoke = app.delete(&format!("{KEYS}/{holder}")).bearer(&admin);
    revoke.await.is(204);
    with(taken(), "three").await.is(200);
}

#[tokio::test]
async fn a_bad_key_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let post = |key: &str| with(app.post(KEYS).bearer(&admin).json(named("ci")), key);
    for bad in ["", "ä", "🗝️", "a\tb", &"x".repeat(256)] {
        let answer = post(bad).await;
        answer
            .is(400)
            .code("INVALID_ARGUMENT")
            .field("Idempotency-Key");
    }
    assert_eq!(issued(&app, "ci").await, 0);
    for good in ["~", "a b", &"x".repeat(255)] {
        post(good).await.is(200);
        post(good).await.is(200).has(REPLAYED, "true");
    }
    assert_eq!(issued(&app, "ci").await, 3);
}

#[tokio::test]
async fn only_a_post_has_one() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    for name in ["a", "b"] {
        let patch = app.patch(&key.path()).bearer(&admin).json(named(name));
        let answer = with(patch, "one").await;
        assert_eq!(answer.is(200).json()["metadata"]["name"], name);
        let get = with(app.get(&key.path()).bearer(&admin), "one").await;
        assert_eq!(get.is(200).json()["metadata"]["name"], name);
    }
    let delete = || with(app.delete(&key.path()).bearer(&admin), "one");
    delete().await.is(204);
    delete().await.is(404);
}

#[tokio::test]
async fn what_was_undone_meanwhile_is_not_done_again() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let disable = || {
        let call = app.post(&format!("{}:disable", key.path()));
        with(call.bearer(&admin), "one")
    };
    let first = disable().await;
    assert_eq!(first.is(200).json()["state"], "STATE_DISABLED");
    let enable = app.post(&format!("{}:enable", key.path()));
    enable.bearer(&admin).await.is(200);
    is_replay(&disable().await, &first);
    app.get("/v1/whoami").bearer(&key).await.is(200);
}

#[tokio::test]
async fn nothing_is_replayed_to_who_may_not_ask_any_more() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let caller = app.key(["api_keys:manage"]).await;
    issue(&app, &caller, "ci").await.is(200);
    app.delete(&caller.path()).bearer(&admin).await.is(204);
    let refused = issue(&app, &caller, "ci").await;
    refused.is(401).code("UNAUTHENTICATED");
    assert_eq!(refused.header(REPLAYED), None);
}

#[tokio::test]
async fn a_changeset_larger_than_other_bodies_is_replayed() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let granted = json!({"apiKeyId": key.id, "workspaceId": eu, "want": true});
    let body = json!({"cells": [granted]}).to_string() + &" ".repeat(100_000);
    let apply = || {
        let call = app.post("/v1/account/access:apply").bearer(&admin);
        let call = call.header("content-type", "application/json");
        with(call.body(body.as_str()), "one")
    };
    let first = apply().await;
    assert_eq!(first.is(200).json()["granted"], 1);
    is_replay(&apply().await, &first);
    let too_large = app.post(KEYS).bearer(&admin);
    let too_large = too_large.header("content-type", "application/json");
    let too_large = too_large.body(body.as_str());
    with(too_large, "two").await.is(413);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_at_once_one_is_carried_out() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let call = app.post(KEYS).bearer(&admin).json(named("ci"));
        calls.spawn(with(call, "one").into_future());
    }
    let answers = calls.join_all().await;
    let (good, busy): (Vec<_>, Vec<_>) = answers.iter().partition(|it| it.status() == 200);
    for answer in busy {
        answer.is(409).code("ABORTED");
        // Trying again in a moment gives the answer.
        assert_eq!(answer.header("x-should-retry"), None, "{}", answer.text());
        assert!(answer.header("retry-after").is_some(), "{}", answer.text());
    }
    let first: Vec<_> = good
        .iter()
        .filter(|answer| answer.header(REPLAYED).is_none())
        .collect();
    assert_eq!(first.len(), 1, "the others are replays");
    for answer in &good {
        assert_eq!(answer.json(), first[0].json());
    }
    assert_eq!(issued(&app, "ci").await, 1);
    is_replay(&issue(&app, &admin, "ci").await, first[0]);
}
