//! `GET /v1/account/workspaces/{workspaceId}`

use super::{WORKSPACES, refuses_the_wrong_callers};
use crate::support::TestApp;

#[tokio::test]
async fn a_workspace_is_shown_whole_to_who_does_not_reach_it_too() {
    let app = TestApp::start().await;
    let eu = app
        .labelled_workspace(app.owner(), "prod-eu", "env=prod")
        .await;
    app.key([]).reaching([eu]).await;
    let reader = app.key(["workspaces:read"]).await;
    let body = app.get(&format!("{WORKSPACES}/{eu}")).bearer(&reader);
    let body = body.await.is(200).json();
    assert_eq!(body["metadata"]["id"], eu.to_string());
    assert_eq!(body["metadata"]["name"], "prod-eu");
    assert_eq!(body["metadata"]["labels"]["env"], "prod");
    assert_eq!(body["status"], "STATUS_ENABLED");
    let total = &body["info"]["apiKeysTotal"];
    assert_eq!(*total, 2, "the granted one and the global key");
    let creator = &body["info"]["createdBy"]["spec"]["type"];
    assert_eq!(*creator, "PROFILE_TYPE_SYSTEM");
}

#[tokio::test]
async fn an_archived_workspace_can_be_read() {
    let app = TestApp::start().await;
    let [eu, _us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let path = format!("{WORKSPACES}/{eu}");
    app.delete(&path).bearer(&admin).await.is(204);
    let body = app.get(&path).bearer(&admin).await.is(200).json();
    assert_eq!(body["status"], "STATUS_ARCHIVED");
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "workspaces:read", |id| {
        app.get(&format!("{WORKSPACES}/{id}"))
    })
    .await;
}
