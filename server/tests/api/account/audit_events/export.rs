//! `GET /v1/account/audit_events:export`

use serde_json::Value;

use super::{EVENTS, needs};
use crate::support::{TestApp, TestKey};

const EXPORT: &str = "/v1/account/audit_events:export";

async fn exported(app: &TestApp, caller: &TestKey, query: &str) -> Vec<Value> {
    let answer = app.get(&format!("{EXPORT}{query}")).bearer(caller).await;
    answer.is(200).has("content-type", "application/jsonl");
    let text = answer.text();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn it_is_the_whole_list_oldest_first_and_its_last_event() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    // More than are read at a time.
    for number in 0..210 {
        app.workspace(&format!("full{number}")).await;
    }
    let lines = exported(&app, &admin, "?limit=2").await;
    let mut listed = app.walk(&admin, EVENTS, 100).await;
    listed.reverse();
    assert_eq!(lines, listed);
    let last = lines.last().unwrap();
    assert_eq!(
        (last["action"].as_str(), lines.len()),
        (Some("audit.exported"), 213)
    );
    assert_eq!(last["actor"]["name"], "admin");

    // No id holds these letters (Crockford's base 32 has neither U nor L), so no target is found by chance.
    let some = exported(&app, &admin, "?action=workspace.created&query=full20").await;
    assert_eq!(some.len(), 11);
    let recorded = app.get(&format!("{EVENTS}?action=audit.exported&limit=1"));
    let recorded = recorded.bearer(&admin).await.is(200).json();
    let filter = &recorded["items"][0]["details"]["filter"];
    assert_eq!(
        (&filter["action"], &filter["query"]),
        (&"workspace.created".into(), &"full20".into())
    );
}

#[tokio::test]
async fn what_is_refused_is_not_begun() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let wrong = app
        .get(&format!("{EXPORT}?action=nonsense"))
        .bearer(&admin)
        .await;
    wrong.is(400).field("action");
    let lines = exported(&app, &admin, "").await;
    let exports = lines
        .iter()
        .filter(|event| event["action"] == "audit.exported");
    assert_eq!(exports.count(), 1);
    needs(&app, "account:manage", || app.get(EXPORT)).await;
}
