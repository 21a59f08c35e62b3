//! `GET /v1/account/api_keys/{id}/workspaces`

use crate::account::api_keys::{KEYS, refuses_the_wrong_callers};
use crate::support::TestApp;

#[tokio::test]
async fn the_workspaces_of_a_key_are_listed_filtered_and_cut() {
    let app = TestApp::start().await;
    let owner = app.owner();
    let eu = app.labelled_workspace(owner, "prod-eu", "env=prod").await;
    let us = app.labelled_workspace(owner, "prod-us", "env=prod").await;
    let dev = app.labelled_workspace(owner, "dev", "env=dev").await;
    app.workspace("not granted").await;
    let key = app.key([]).reaching([eu, us, dev]).await;
    let reader = app.key(["api_keys:read"]).reaching_all().await;
    let list = |query: &str| {
        app.get(&format!("{}/workspaces{query}", key.path()))
            .bearer(&reader)
    };

    let mut names = list("").await.is(200).item_names();
    names.sort();
    assert_eq!(names, ["dev", "prod-eu", "prod-us"]);
    assert_eq!(list("?labels=env%3Ddev").await.item_names(), ["dev"]);
    let first = list("?limit=2").await;
    let cursor = first.next_cursor().expect("there is more");
    let second = list(&format!("?limit=2&cursor={cursor}")).await;
    assert_eq!(second.next_cursor(), None);
    let mut names = [first.item_names(), second.item_names()].concat();
    names.sort();
    assert_eq!(names, ["dev", "prod-eu", "prod-us"]);
    list("?cursor=nonsense")
        .await
        .is(400)
        .code("INVALID_ARGUMENT")
        .field("cursor");
}

#[tokio::test]
async fn a_key_that_reaches_all_lists_all_and_one_that_reaches_none_none() {
    let app = TestApp::start().await;
    app.workspaces(["prod-eu", "prod-us"]).await;
    let (admin, rootless) = (app.admin().await, app.key([]).await);
    let list = |path: String| app.get(&format!("{path}/workspaces")).bearer(&admin);
    assert_eq!(list(admin.path()).await.is(200).item_names().len(), 2);
    assert!(list(rootless.path()).await.is(200).item_names().is_empty());
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "api_keys:read", |id| {
        app.get(&format!("{KEYS}/{id}/workspaces"))
    })
    .await;
}
