//! `POST /v1/account/api_keys:change`

use serde_json::{Value, json};

use super::{KEYS, NOBODY, whoami_is};
use crate::support::{Answer, TestApp, TestKey};

async fn change(app: &TestApp, caller: &TestKey, body: Value) -> Answer {
    let call = app.post(&format!("{KEYS}:change"));
    call.bearer(caller).json(body).await
}

fn outcomes(answer: &Value) -> Vec<(&str, &str)> {
    let keys = answer["keys"].as_array().unwrap().iter();
    keys.map(|key| {
        (
            key["name"].as_str().unwrap(),
            key["outcome"].as_str().unwrap(),
        )
    })
    .collect()
}

#[tokio::test]
async fn keys_are_stopped_together_after_it_was_told() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let one = app.key([]).named("one").await;
    let two = app.key([]).named("two").await;
    let stop = json!({"apiKeyIds": [one.id, two.id], "change": "disable", "reason": "stolen"});
    let mut dry = stop.clone();
    dry["dryRun"] = json!(true);
    let told = change(&app, &admin, dry).await.is(200).json();
    assert_eq!(outcomes(&told), [("two", "changed"), ("one", "changed")]);
    assert_eq!((&told["dryRun"], told.get("batchId")), (&json!(true), None));
    whoami_is(&app, &one, 200).await;

    let done = change(&app, &admin, stop.clone()).await.is(200).json();
    assert_eq!(outcomes(&done), outcomes(&told));
    whoami_is(&app, &one, 401).await;
    whoami_is(&app, &two, 401).await;
    let path = format!(
        "/v1/account/audit_events?batchId={}",
        done["batchId"].as_str().unwrap()
    );
    let events = app.get(&path).bearer(&admin).await.is(200).json();
    let events = events["items"].as_array().unwrap().clone();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["action"], "api_key.disabled");
    assert_eq!(events[0]["details"]["reason"], "stolen");

    let again = change(&app, &admin, stop).await.is(200).json();
    assert_eq!(outcomes(&again)[0], ("two", "unchanged"));
    let all = json!({"filter": {"state": "STATE_DISABLED"}, "change": "enable"});
    change(&app, &admin, all).await.is(200);
    whoami_is(&app, &two, 200).await;
}

#[tokio::test]
async fn labels_and_grants_are_given_to_all_that_a_filter_finds() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let eu = app.workspace("prod-eu").await;
    let key = app.key([]).named("etl").labelled("env=dev").await;
    let filter = json!({"query": "et", "labels": {"env": "dev"}});
    let label = json!({"filter": filter, "change": "label", "labels": {"env": "prod"}});
    change(&app, &admin, label).await.is(200);
    let filter = json!({"labels": {"env": "prod"}});
    let grant = json!({"filter": filter, "change": "grant", "workspaceId": eu});
    let done = change(&app, &admin, grant.clone()).await.is(200).json();
    assert_eq!(outcomes(&done), [("etl", "changed")]);
    let reached = app.get(&format!("{}/workspaces", key.path()));
    assert_eq!(reached.bearer(&admin).await.item_names(), ["prod-eu"]);
    let revert = json!({"batchId": done["batchId"]});
    let revert = app.post("/v1/account/access:revert").json(revert);
    revert.bearer(&admin).await.is(200);
    let again = change(&app, &admin, grant).await.is(200).json();
    assert_eq!(outcomes(&again), [("etl", "changed")]);
}

#[tokio::test]
async fn what_is_missing_or_too_much_is_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let many = vec![key.id; 501];
    for (body, field) in [
        (json!({"change": "disable"}), "apiKeyIds"),
        (json!({"apiKeyIds": [], "change": "disable"}), "apiKeyIds"),
        (json!({"apiKeyIds": many, "change": "disable"}), "apiKeyIds"),
        (
            json!({"apiKeyIds": ["x"], "change": "disable"}),
            "apiKeyIds[0]",
        ),
        (
            json!({"apiKeyIds": [key.id], "filter": {}, "change": "disable"}),
            "apiKeyIds",
        ),
        (json!({"apiKeyIds": [key.id]}), "change"),
        (json!({"apiKeyIds": [key.id], "change": "label"}), "labels"),
        (
            json!({"apiKeyIds": [key.id], "change": "grant"}),
            "workspaceId",
        ),
        (
            json!({"filter": {"labels": {"-": "x"}}, "change": "revoke"}),
            "filter.labels.-",
        ),
        (
            json!({"filter": {"workspaceId": "x"}, "change": "revoke"}),
            "filter.workspaceId",
        ),
        (
            json!({"filter": {"query": "\u{0}"}, "change": "revoke"}),
            "filter.query",
        ),
    ] {
        let answer = change(&app, &admin, body).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
    let unknown = json!({"apiKeyIds": [key.id], "change": "rotate"});
    change(&app, &admin, unknown).await.is(400);
    whoami_is(&app, &key, 200).await;
}

#[tokio::test]
async fn nothing_is_done_when_one_key_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let secret = app.key(["secrets:manage"]).await;
    let weak = app.key(["api_keys:manage"]).await;
    let stop = json!({"apiKeyIds": [key.id, secret.id], "change": "disable"});
    let refused = change(&app, &weak, stop.clone()).await;
    refused.is(403).code("PERMISSION_DENIED");
    refused.field(&secret.id.to_string());
    assert!(
        refused.text().contains("secrets:manage"),
        "why it is refused"
    );
    whoami_is(&app, &key, 200).await;
    let missing = json!({"apiKeyIds": [key.id, NOBODY], "change": "disable"});
    change(&app, &admin, missing).await.is(404);
    let reader = app.key(["api_keys:read"]).await;
    change(&app, &reader, stop.clone()).await.is(403);
    app.post(&format!("{KEYS}:change")).json(stop).await.is(401);
    whoami_is(&app, &key, 200).await;
}
