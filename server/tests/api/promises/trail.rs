//! What the console can do to keys, REST can do, and both leave the same trail: the whole life of a
//! key by plain forms, by server functions and by REST, and what the audit log says of each.

use contract::WorkspaceId;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};

use crate::account::api_keys::KEYS;
use crate::support::{Answer, TestApp};

/// What an event says besides who, when and from where.
#[derive(Debug, PartialEq, Eq)]
struct Event {
    action: String,
    target_name: String,
    details: Value,
}

/// The events of one key, oldest first, and the ways in that they came by. Read from the database,
/// because a key that was revoked is shown to nobody.
async fn trail(app: &TestApp, key: &str) -> (Vec<Event>, Vec<String>) {
    let file = app.data_dir().join("data/keyrack.db");
    let database = Database::connect(format!("sqlite:{}?mode=ro", file.display()))
        .await
        .unwrap();
    let query = Statement::from_sql_and_values(
        DbBackend::Sqlite,
        "SELECT action, target_name, details, entrance, address, request_id FROM audit_event \
         WHERE target = ? ORDER BY id",
        [key.into()],
    );
    let rows = database.query_all_raw(query).await.unwrap();
    let (mut events, mut entrances) = (Vec::new(), Vec::new());
    for row in rows {
        let text = |column: &str| row.try_get::<String>("", column).unwrap();
        assert!(!text("address").is_empty() && !text("request_id").is_empty());
        entrances.push(text("entrance"));
        let mut details: Value = serde_json::from_str(&text("details")).unwrap();
        if let Some(hint) = details.get_mut("tokenHint") {
            // Chance decides what it says.
            assert!(hint.as_str().is_some_and(|hint| hint.starts_with("kr_")));
            hint.take();
        }
        events.push(Event {
            action: text("action"),
            target_name: text("target_name"),
            details,
        });
    }
    entrances.dedup();
    (events, entrances)
}

fn id_of(answer: &Answer) -> String {
    let id = answer.is(200).json()["metadata"]["id"].clone();
    id.as_str().unwrap().to_owned()
}

/// Two workspaces: the first is reached from the start, the second later.
type Reached = [WorkspaceId; 2];

async fn by_forms(app: &TestApp, [eu, us]: Reached) -> String {
    let mut browser = app.signed_in().await;
    let (eu, us) = (eu.to_string(), us.to_string());
    let issue = [
        ("metadata.name", "ci"),
        ("spec.description", "builds"),
        ("permission.tools", "manage"),
        ("initialWorkspaceIds", &eu),
        ("expires", "never"),
    ];
    browser.submit("/keys/new", &issue).await.is(200);
    let id = app.keys().await[0].metadata.id.to_string();
    let page = format!("/keys/{id}");
    let update = [
        ("metadata.name", "cd"),
        ("metadata.labels", "env=prod"),
        ("spec.description", "builds"),
        ("permission.tools", "read"),
        ("expires", "keep"),
    ];
    for (verb, fields, status) in [
        ("", &update[..], 303),
        ("/grant", &[("workspaceId", us.as_str())], 303),
        ("/ungrant", &[("workspaceId", eu.as_str())], 303),
        ("/rotate", &[], 200),
        ("/disable", &[], 303),
        ("/enable", &[], 303),
        ("/revoke", &[], 303),
    ] {
        let answer = browser.submit(&format!("{page}{verb}"), fields).await;
        answer.is(status);
    }
    id
}

async fn by_functions(app: &TestApp, [eu, us]: Reached) -> String {
    let mut browser = app.signed_in().await;
    let issue = json!({"fields": [
        ["metadata.name", "ci"],
        ["spec.description", "builds"],
        ["permission.tools", "manage"],
        ["initialWorkspaceIds", eu],
        ["expires", "never"],
    ]});
    let id = id_of(&browser.function("keys.issue", issue).await);
    let update = json!({"id": id, "fields": [
        ["metadata.name", "cd"],
        ["metadata.labels", "env=prod"],
        ["spec.description", "builds"],
        ["permission.tools", "read"],
        ["expires", "keep"],
    ]});
    for (name, arguments) in [
        ("keys.update", update),
        ("grants.grant", json!({"key": id, "workspace": us})),
        ("grants.revoke", json!({"key": id, "workspace": eu})),
        ("keys.rotate", json!({"id": id})),
        ("keys.disable", json!({"id": id})),
        ("keys.enable", json!({"id": id})),
        ("keys.revoke", json!({"id": id})),
    ] {
        browser.function(name, arguments).await.is(200);
    }
    id
}

async fn by_rest(app: &TestApp, [eu, us]: Reached) -> String {
    let admin = app.admin().await;
    let issue = json!({
        "metadata": {"name": "ci"},
        "spec": {"description": "builds", "permissions": ["tools:manage"]},
        "initialWorkspaceIds": [eu],
    });
    let id = id_of(&app.post(KEYS).bearer(&admin).json(issue).await);
    let update = json!({
        "metadata": {"name": "cd", "labels": {"env": "prod"}},
        "spec": {"permissions": ["tools:read"]},
    });
    let key = format!("{KEYS}/{id}");
    let granted = format!("{key}/workspaces");
    for (call, status) in [
        (app.patch(&key).json(update), 200),
        (app.post(&granted).json(json!({"workspaceId": us})), 200),
        (app.delete(&format!("{granted}/{eu}")), 204),
        (app.post(&format!("{key}:rotate")), 200),
        (app.post(&format!("{key}:disable")), 200),
        (app.post(&format!("{key}:enable")), 200),
        (app.delete(&key), 204),
    ] {
        call.bearer(&admin).await.is(status);
    }
    id
}

#[tokio::test]
async fn a_key_leaves_the_same_trail_whatever_way_its_changes_come_in() {
    let app = TestApp::start().await;
    let reached = app.workspaces(["prod-eu", "prod-us"]).await;
    let (forms, by) = trail(&app, &by_forms(&app, reached).await).await;
    assert_eq!(by, ["session"]);
    let (functions, by) = trail(&app, &by_functions(&app, reached).await).await;
    assert_eq!(by, ["session"]);
    let (rest, by) = trail(&app, &by_rest(&app, reached).await).await;
    assert_eq!(by, ["key"]);
    assert_eq!(forms, rest);
    assert_eq!(functions, rest);
    let actions: Vec<&str> = rest.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "api_key.issued",
            "api_key.updated",
            "grant.added",
            "grant.removed",
            "api_key.rotated",
            "api_key.disabled",
            "api_key.enabled",
            "api_key.revoked",
        ]
    );
    assert_eq!(rest[0].details["permissions"], json!(["tools:manage"]));
    assert_eq!(rest[1].details["after"]["name"], "cd");
}
