//! `GET /v1/workspaces`

mod get;

use crate::support::TestApp;

#[tokio::test]
async fn a_caller_sees_the_workspaces_it_reaches() {
    let app = TestApp::start().await;
    let [eu, us, _ap] = app.workspaces(["prod-eu", "prod-us", "prod-ap"]).await;
    let narrow = app.key(["tools:read"]).reaching([eu, us]).await;
    let mut names = app
        .get("/v1/workspaces")
        .bearer(&narrow)
        .await
        .is(200)
        .item_names();
    names.sort();
    assert_eq!(names, ["prod-eu", "prod-us"]);
    let wide = app.key(["tools:read"]).reaching_all().await;
    assert_eq!(
        app.get("/v1/workspaces")
            .bearer(&wide)
            .await
            .item_names()
            .len(),
        3
    );
    let answer = app
        .get("/v1/workspaces?includeInfo=true&sortOrder=asc&limit=1")
        .bearer(&wide)
        .await;
    let body = answer.is(200).json();
    assert_eq!(body["items"][0]["metadata"]["name"], "prod-eu");
    assert_eq!(body["items"][0]["status"], "STATUS_ENABLED");
    assert!(body["items"][0]["info"].is_object());
    assert!(answer.next_cursor().is_some());
}

#[tokio::test]
async fn a_list_is_filtered_by_labels_and_parameters_are_checked() {
    let app = TestApp::start().await;
    app.labelled_workspace(app.owner(), "prod", "env=prod")
        .await;
    app.labelled_workspace(app.owner(), "dev", "env=dev").await;
    let admin = app.admin().await;
    let list = |query: &str| app.get(&format!("/v1/workspaces{query}")).bearer(&admin);
    assert_eq!(list("?labels=env%3Ddev").await.item_names(), ["dev"]);
    for (query, field) in [
        ("?cursor=x", "cursor"),
        ("?limit=x", "limit"),
        ("?sortOrder=x", "sortOrder"),
        ("?labels=x", "labels"),
    ] {
        list(query)
            .await
            .is(400)
            .code("INVALID_ARGUMENT")
            .field(field);
    }
}

#[tokio::test]
async fn a_key_without_workspaces_sees_none() {
    let app = TestApp::start().await;
    app.workspaces(["prod-eu"]).await;
    let rootless = app.key(["tools:read"]).await;
    assert!(
        app.get("/v1/workspaces")
            .bearer(&rootless)
            .await
            .is(200)
            .item_names()
            .is_empty()
    );
}

#[tokio::test]
async fn a_key_without_permissions_and_nobody_are_refused() {
    let app = TestApp::start().await;
    let [eu] = app.workspaces(["prod-eu"]).await;
    let powerless = app.key([]).reaching([eu]).await;
    app.get("/v1/workspaces")
        .bearer(&powerless)
        .await
        .is(403)
        .code("PERMISSION_DENIED");
    app.get("/v1/workspaces")
        .await
        .is(401)
        .code("UNAUTHENTICATED");
}

#[tokio::test]
async fn somebody_elses_workspaces_are_not_seen() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    app.workspace_of(&stranger, "theirs").await;
    app.workspace("ours").await;
    let admin = app.admin().await;
    assert_eq!(
        app.get("/v1/workspaces").bearer(&admin).await.item_names(),
        ["ours"]
    );
}
