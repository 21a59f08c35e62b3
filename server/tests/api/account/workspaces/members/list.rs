//! `GET /v1/account/workspaces/{workspaceId}/members`

use serde_json::Value;

use super::{WORKSPACES, invite, members, refuses_the_wrong_callers};
use crate::support::TestApp;

#[tokio::test]
async fn who_came_last_comes_first_page_by_page() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    for name in ["ada", "bo", "cy", "di", "ed"] {
        let email = format!("{name}@northwind.example");
        invite(&app, &admin, eu, &email).await;
    }
    invite(&app, &admin, us, "flo@northwind.example").await;
    let reader = app.key(["workspaces:read"]).await;
    let all = app.walk(&reader, &members(eu), 2).await;
    let names: Vec<_> = all.iter().map(|member| &member["name"]).collect();
    assert_eq!(names, ["ed", "di", "cy", "bo", "ada"]);
    let whole = app.get(&members(eu)).bearer(&reader).await;
    assert_eq!(whole.is(200).json()["items"], Value::from(all.clone()));
    assert_eq!(whole.next_cursor(), None);
    assert_eq!(all[4]["email"], "ada@northwind.example");
    assert_eq!(all[4]["addedAt"], app.clock.now().to_string());
    for (field, prefix) in [("actorId", "member_"), ("profileId", "profile_")] {
        assert!(all[4][field].as_str().unwrap().starts_with(prefix));
    }
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    for email in ["ada@northwind.example", "bo@northwind.example"] {
        invite(&app, &admin, us, email).await;
    }
    let elsewhere = app.get(&format!("{}?limit=1", members(us))).bearer(&admin);
    let elsewhere = elsewhere.await.next_cursor().unwrap();
    let elsewhere = format!("?cursor={elsewhere}");
    for (query, field) in [
        ("?cursor=nonsense", "cursor"),
        (elsewhere.as_str(), "cursor"),
        ("?limit=0", "limit"),
        ("?limit=ten", "limit"),
    ] {
        let answer = app.get(&format!("{}{query}", members(eu))).bearer(&admin);
        let answer = answer.await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
    let nobody = app.get(&members(eu)).bearer(&admin).await;
    assert!(nobody.is(200).item_names().is_empty());
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "workspaces:read", |id| {
        app.get(&format!("{WORKSPACES}/{id}/members"))
    })
    .await;
}
