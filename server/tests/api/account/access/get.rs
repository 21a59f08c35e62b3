//! `GET /v1/account/access`

use std::time::Duration;

use serde_json::{Value, json};

use super::workspaces::WORKSPACES;
use super::{ACCESS, needs};
use crate::support::{TestApp, TestKey};

async fn matrix(app: &TestApp, caller: &TestKey) -> Value {
    app.get(ACCESS).bearer(caller).await.is(200).json()
}

/// The row of the key with this name.
fn row<'a>(matrix: &'a Value, name: &str) -> &'a Value {
    let rows = matrix["keys"].as_array().unwrap();
    let found: Vec<_> = rows.iter().filter(|row| row["name"] == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0]
}

#[tokio::test]
async fn every_key_stands_against_every_workspace_that_is_not_archived() {
    let app = TestApp::start().await;
    let owner = app.owner();
    let eu = app.labelled_workspace(owner, "prod-eu", "env=prod").await;
    let [old, us] = app.workspaces(["old", "prod-us"]).await;
    let soon = app.clock.now().plus(Duration::from_mins(1));
    let both = app.key([]).named("both").reaching([us, old, eu]);
    let both = both.await;
    let none = app.key([]).named("none").expiring(soon).await;
    let admin = app.admin().await;
    let archive = app.delete(&format!("{WORKSPACES}/{old}")).bearer(&admin);
    archive.await.is(204);
    let disable = app.post(&format!("{}:disable", none.path()));
    disable.bearer(&admin).await.is(200);

    let matrix = matrix(&app, &admin).await;
    let columns = json!([
        {"id": eu, "name": "prod-eu", "labels": {"env": "prod"}, "held": true},
        {"id": us, "name": "prod-us", "labels": {}, "held": true},
    ]);
    assert_eq!(matrix["workspaces"], columns);
    assert_eq!(matrix["keys"].as_array().unwrap().len(), 4);
    let expected = json!({
        "id": both.id,
        "name": "both",
        "state": "STATE_ENABLED",
        "allWorkspaces": false,
        "system": false,
        "grants": [0, 1],
    });
    assert_eq!(*row(&matrix, "both"), expected);
    let expected = json!({
        "id": none.id,
        "name": "none",
        "state": "STATE_DISABLED",
        "expiresAt": soon,
        "allWorkspaces": false,
        "system": false,
        "grants": [],
    });
    assert_eq!(*row(&matrix, "none"), expected);
    let expected = row(&matrix, "global account key");
    assert_eq!(expected["system"], true);
    assert_eq!(expected["allWorkspaces"], true);
    assert_eq!(expected["grants"], json!([]), "explicit grants only");
}

#[tokio::test]
async fn what_a_narrow_caller_cannot_change_is_marked() {
    let app = TestApp::start().await;
    let [eu, _us] = app.workspaces(["prod-eu", "prod-us"]).await;
    app.key([]).named("weak").reaching([eu]).await;
    app.key(["tools:read"]).named("strong").await;
    let narrow = app.key(["api_keys:manage"]).named("narrow").reaching([eu]);
    let narrow = narrow.await;
    let seen = matrix(&app, &narrow).await;
    assert_eq!(seen["workspaces"][0]["held"], true);
    assert_eq!(seen["workspaces"][1]["held"], false);
    for (name, locked) in [
        ("weak", false),
        ("narrow", false),
        ("strong", true),
        ("global account key", true),
    ] {
        let why = &row(&seen, name)["locked"];
        assert_eq!(why.is_string(), locked, "{name}: {why}");
    }
    let reader = app.key(["api_keys:read"]).reaching_all().await;
    let seen = matrix(&app, &reader).await;
    let why = row(&seen, "weak")["locked"].as_str().unwrap();
    assert!(why.contains("api_keys:manage"), "{why}");
}

#[tokio::test]
async fn somebody_elses_keys_and_workspaces_are_not_in_it_and_no_token_is() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    app.workspace_of(&stranger, "their workspace").await;
    app.key_of(&stranger).named("their key").await;
    let admin = app.admin().await;
    let text = app.get(ACCESS).bearer(&admin).await.is(200).text();
    assert!(text.contains("admin") && !text.contains("their"), "{text}");
    assert!(!text.contains(&admin.token[3..]));
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    needs(&app, "api_keys:read", || app.get(ACCESS)).await;
}

#[tokio::test]
async fn the_past_is_as_it_was() {
    let app = TestApp::start().await;
    let [eu] = app.workspaces(["prod-eu"]).await;
    let admin = app.admin().await;
    let key = app.key([]).reaching([eu]).await;
    let read = async |query: &str| app.get(&format!("{ACCESS}{query}")).bearer(&admin).await;
    let before = read("").await.is(200).json();
    let then = app.clock.now();
    app.clock.advance(Duration::from_mins(1));
    app.delete(&key.path()).bearer(&admin).await.is(204);
    app.workspace("prod-us").await;
    assert_ne!(read("").await.json(), before);
    let mut past = read(&format!("?asOf={then}")).await.is(200).json();
    for row in past["keys"].as_array_mut().unwrap() {
        let locked = row.as_object_mut().unwrap().remove("locked");
        assert!(locked.is_some(), "the past is not changed: {row}");
    }
    assert_eq!(past, before);
    read("?asOf=yesterday").await.is(400).field("asOf");
    read("?asOf=2999-01-01T00:00:00Z")
        .await
        .is(400)
        .field("asOf");
    read("?as_of=x").await.is(400);
}
