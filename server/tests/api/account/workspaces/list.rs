//! `GET /v1/account/workspaces`

use serde_json::Value;

use super::WORKSPACES;
use crate::account::needs;
use crate::support::{Answer, TestApp, TestKey};

async fn list(app: &TestApp, caller: &TestKey, query: &str) -> Answer {
    app.get(&format!("{WORKSPACES}{query}"))
        .bearer(caller)
        .await
}

async fn names(app: &TestApp, caller: &TestKey, query: &str) -> Vec<String> {
    list(app, caller, query).await.is(200).item_names()
}

#[tokio::test]
async fn all_workspaces_come_newest_first_or_the_other_way() {
    let app = TestApp::start().await;
    let [one, _two, _three] = app.workspaces(["one", "two", "three"]).await;
    for reader in [
        app.key(["workspaces:read"]).await,
        app.key(["workspaces:read"]).reaching([one]).await,
        app.key(["workspaces:manage"]).reaching_all().await,
    ] {
        let newest_first = names(&app, &reader, "").await;
        assert_eq!(newest_first, ["three", "two", "one"]);
        let oldest_first = names(&app, &reader, "?sortOrder=asc").await;
        assert_eq!(oldest_first, ["one", "two", "three"]);
    }
}

#[tokio::test]
async fn archived_ones_are_listed_on_demand() {
    let app = TestApp::start().await;
    let [one, _two] = app.workspaces(["one", "two"]).await;
    let admin = app.admin().await;
    let archive = app.delete(&format!("{WORKSPACES}/{one}")).bearer(&admin);
    archive.await.is(204);
    for without in ["", "?includeArchived=false", "?includeArchived="] {
        assert_eq!(names(&app, &admin, without).await, ["two"], "{without}");
    }
    let with = list(&app, &admin, "?includeArchived=true").await;
    assert_eq!(with.item_names(), ["two", "one"]);
    assert_eq!(with.json()["items"][1]["status"], "STATUS_ARCHIVED");
}

#[tokio::test]
async fn a_list_is_filtered_by_labels() {
    let app = TestApp::start().await;
    let owner = app.owner();
    app.labelled_workspace(owner, "prod", "env=prod").await;
    app.labelled_workspace(owner, "dev", "env=dev,team=billing")
        .await;
    let admin = app.admin().await;
    let dev = names(&app, &admin, "?labels=env%3Ddev").await;
    assert_eq!(dev, ["dev"]);
    let both = names(&app, &admin, "?labels=env%3Dprod,team%3Dbilling").await;
    assert!(both.is_empty());
}

#[tokio::test]
async fn info_comes_only_when_asked_for() {
    let app = TestApp::start().await;
    app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let without = list(&app, &admin, "").await.json();
    assert!(without["items"][0].get("info").is_none());
    let with = list(&app, &admin, "?includeInfo=true").await.json();
    let info = &with["items"][0]["info"];
    assert_eq!(info["apiKeysTotal"], 2, "admin and the global key");
    assert!(info["createdBy"]["metadata"]["id"].is_string());
}

#[tokio::test]
async fn a_list_is_cut_by_limit_and_cursor() {
    let app = TestApp::start().await;
    app.workspaces(["a", "b", "c", "d", "e"]).await;
    let admin = app.admin().await;
    for (query, expected) in [("", "edcba"), ("?sortOrder=asc", "abcde")] {
        let all = app.walk(&admin, &format!("{WORKSPACES}{query}"), 2).await;
        let name = |item: &Value| item["metadata"]["name"].as_str().unwrap().to_owned();
        let found: String = all.iter().map(name).collect();
        assert_eq!(found, expected);
    }
    let cursor = list(&app, &admin, "?limit=2").await.next_cursor().unwrap();
    for other in [
        format!("?sortOrder=asc&cursor={cursor}"),
        format!("?includeArchived=true&cursor={cursor}"),
        format!("?labels=env%3Dprod&cursor={cursor}"),
    ] {
        let answer = list(&app, &admin, &other).await;
        answer.is(400).code("INVALID_ARGUMENT").field("cursor");
    }
}

#[tokio::test]
async fn bad_parameters_are_named_and_unknown_ones_ignored() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    for (query, field) in [
        ("?cursor=nonsense", "cursor"),
        ("?limit=0", "limit"),
        ("?sortOrder=up", "sortOrder"),
        ("?includeInfo=maybe", "includeInfo"),
        ("?includeArchived=maybe", "includeArchived"),
        ("?labels=env", "labels"),
    ] {
        let answer = list(&app, &admin, query).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
    let query = format!("?colour=green&workspaceId={eu}");
    assert_eq!(names(&app, &admin, &query).await, ["prod-eu"]);
}

#[tokio::test]
async fn somebody_elses_workspaces_are_not_listed() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    app.workspace_of(&stranger, "theirs").await;
    app.workspace("ours").await;
    let admin = app.admin().await;
    let all = names(&app, &admin, "?includeArchived=true").await;
    assert_eq!(all, ["ours"]);
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    needs(&app, "workspaces:read", || app.get(WORKSPACES)).await;
}
