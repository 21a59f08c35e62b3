//! `DELETE /v1/account/workspaces/{workspaceId}/members/{profileId}`

use super::{WORKSPACES, addresses, invite, members, refuses_the_wrong_callers};
use crate::account::{person, profile_of};
use crate::support::TestApp;

const NO_PROFILE: &str = "profile_01JD8W3X7R5M2T9V6QZ0YHKC4E";
const MIRA: &str = "mira@northwind.example";

#[tokio::test]
async fn somebody_is_removed_as_often_as_one_likes() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    for workspace in [eu, us] {
        invite(&app, &admin, workspace, MIRA).await;
        invite(&app, &admin, workspace, "bo@northwind.example").await;
    }
    let manager = app.key(["workspaces:manage"]).reaching([eu]).await;
    let mira = person(&app, MIRA).await;
    for _ in 0..2 {
        let path = format!("{}/{mira}", members(eu));
        let answer = app.delete(&path).bearer(&manager).await;
        answer.is(204);
        assert!(answer.text().is_empty());
        assert_eq!(addresses(&app, eu).await, ["bo@northwind.example"]);
    }
    assert_eq!(addresses(&app, us).await.len(), 2);
    assert_eq!(person(&app, MIRA).await, mira, "they stay in the account");
}

#[tokio::test]
async fn an_unknown_profile_and_somebody_elses_are_told_alike() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = profile_of(&app, &app.key_of(&stranger).await).await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let remove = |id: &str| app.delete(&format!("{}/{id}", members(eu))).bearer(&admin);
    let missing = remove(NO_PROFILE).await;
    missing.is(404).code("NOT_FOUND");
    for id in [theirs.as_str(), "nonsense"] {
        let answer = remove(id).await;
        assert_eq!(answer.without_request_id(), missing.without_request_id());
    }
}

#[tokio::test]
async fn nobody_removes_people_where_they_do_not_reach_themselves() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let narrow = app.key(["workspaces:manage"]).reaching([us]).await;
    let member = invite(&app, &admin, eu, MIRA).await;
    let mira = member["profileId"].as_str().unwrap();
    let path = format!("{}/{mira}", members(eu));
    let answer = app.delete(&path).bearer(&narrow).await;
    answer.is(403).code("PERMISSION_DENIED").names("prod-eu");
    assert_eq!(addresses(&app, eu).await, [MIRA]);
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    let mira = person(&app, MIRA).await;
    refuses_the_wrong_callers(&app, "workspaces:manage", |id| {
        app.delete(&format!("{WORKSPACES}/{id}/members/{mira}"))
    })
    .await;
}
