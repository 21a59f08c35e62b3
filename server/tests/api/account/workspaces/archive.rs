//! `DELETE /v1/account/workspaces/{workspaceId}`

use super::{WORKSPACES, refuses_the_wrong_callers};
use crate::account::api_keys::KEYS;
use crate::support::TestApp;

#[tokio::test]
async fn a_workspace_is_archived_as_often_as_one_likes() {
    let app = TestApp::start().await;
    let [eu, _us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let manager = app.key(["workspaces:manage"]).await;
    let path = format!("{WORKSPACES}/{eu}");
    for _ in 0..2 {
        let answer = app.delete(&path).bearer(&manager).await;
        answer.is(204);
        assert!(answer.text().is_empty());
        let read = app.get(&path).bearer(&manager).await.is(200).json();
        assert_eq!(read["status"], "STATUS_ARCHIVED");
    }
}

#[tokio::test]
async fn what_is_scoped_to_an_archived_workspace_is_refused() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let narrow = app.key(["tools:read"]).reaching([eu]).await;
    let reached = format!("/v1/workspaces/{eu}");
    app.get(&reached).bearer(&narrow).await.is(200);
    let archive = app.delete(&format!("{WORKSPACES}/{eu}")).bearer(&admin);
    archive.await.is(204);
    for caller in [&narrow, &admin] {
        let answer = app.get(&reached).bearer(caller).await;
        answer.is(400).code("FAILED_PRECONDITION").names("prod-eu");
    }
    let listed = async |caller| {
        let list = app.get("/v1/workspaces").bearer(caller).await;
        list.is(200).item_names()
    };
    assert!(listed(&narrow).await.is_empty());
    assert_eq!(listed(&admin).await, ["prod-us"]);
    app.get("/v1/whoami").bearer(&narrow).await.is(200);
    let other = app.get(&format!("/v1/workspaces/{us}")).bearer(&admin);
    other.await.is(200);
}

#[tokio::test]
async fn the_last_enabled_workspace_stays() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    app.workspace_of(&stranger, "theirs does not count").await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let archive = |id| app.delete(&format!("{WORKSPACES}/{id}")).bearer(&admin);
    archive(eu).await.is(204);
    for _ in 0..2 {
        archive(us).await.is(400).code("FAILED_PRECONDITION");
    }
    archive(eu).await.is(204);
    let left = app.get(WORKSPACES).bearer(&admin).await.json();
    assert_eq!(left["items"][0]["metadata"]["name"], "prod-us");
    assert_eq!(left["items"][0]["status"], "STATUS_ENABLED");
    app.workspace("prod-ap").await;
    archive(us).await.is(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_last_two_archived_at_once_one_stays() {
    let app = TestApp::start().await;
    let both = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let [one, other] = both.map(|id| {
        let call = app.delete(&format!("{WORKSPACES}/{id}")).bearer(&admin);
        tokio::spawn(call.into_future())
    });
    let mut statuses = [one.await.unwrap().status(), other.await.unwrap().status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 400]);
    let left = app.get(WORKSPACES).bearer(&admin).await;
    assert_eq!(left.item_names().len(), 1);
}

#[tokio::test]
async fn grants_are_kept_and_count_again_once_it_is_restored() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let key = app.key(["tools:read"]).reaching([eu, us]).await;
    let granted = async || {
        let list = app.get(&format!("{}/workspaces", key.path()));
        let mut names = list.bearer(&admin).await.is(200).item_names();
        names.sort();
        let read = app.get(&key.path()).bearer(&admin).await.is(200).json();
        let preview = read["info"]["workspacesPreview"].as_array().unwrap().len();
        assert_eq!(read["info"]["workspacesTotal"], names.len());
        assert_eq!(preview, names.len());
        names
    };
    let path = format!("{WORKSPACES}/{eu}");
    app.delete(&path).bearer(&admin).await.is(204);
    assert_eq!(granted().await, ["prod-us"]);
    let restore = app.post(&format!("{path}:restore")).bearer(&admin);
    restore.await.is(200);
    assert_eq!(granted().await, ["prod-eu", "prod-us"]);
    let reached = app.get(&format!("/v1/workspaces/{eu}")).bearer(&key);
    reached.await.is(200);
}

#[tokio::test]
async fn keys_that_reach_all_do_not_count_an_archived_one() {
    let app = TestApp::start().await;
    let [eu, _us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let archive = app.delete(&format!("{WORKSPACES}/{eu}")).bearer(&admin);
    archive.await.is(204);
    let system = app.system_key().await.metadata.id;
    for key in [system, admin.id] {
        let read = app.get(&format!("{KEYS}/{key}")).bearer(&admin).await;
        assert_eq!(read.is(200).json()["info"]["workspacesTotal"], 1);
        let list = app.get(&format!("{KEYS}/{key}/workspaces")).bearer(&admin);
        assert_eq!(list.await.is(200).item_names(), ["prod-us"]);
    }
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    app.workspace("not the last one").await;
    refuses_the_wrong_callers(&app, "workspaces:manage", |id| {
        app.delete(&format!("{WORKSPACES}/{id}"))
    })
    .await;
}
