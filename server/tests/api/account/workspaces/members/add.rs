//! `POST /v1/account/workspaces/{workspaceId}/members`

use std::time::Duration;

use serde_json::{Value, json};

use super::{WORKSPACES, add, addresses, invite, members, refuses_the_wrong_callers};
use crate::account::profiles::PROFILES;
use crate::account::{person, profile_of};
use crate::support::TestApp;

/// A well-formed id that nobody has.
const NO_PROFILE: &str = "profile_01JD8W3X7R5M2T9V6QZ0YHKC4E";
const MIRA: &str = "mira@northwind.example";

#[tokio::test]
async fn somebody_is_added_by_profile_or_by_address() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let manager = app.key(["workspaces:manage"]).reaching([eu, us]).await;
    let mira = person(&app, MIRA).await;
    let by_profile = add(&app, &manager, eu, json!({"profileId": mira})).await;
    let by_profile = by_profile.is(200).json();
    let by_address = invite(&app, &manager, us, " Mira@Northwind.EXAMPLE").await;
    for member in [&by_profile, &by_address] {
        assert_eq!(member["profileId"], mira);
        assert_eq!(member["email"], MIRA);
        assert_eq!(member["name"], "Mira Novak");
        assert_eq!(member["addedAt"], app.clock.now().to_string());
    }
    assert_ne!(by_profile["actorId"], by_address["actorId"]);
    assert_eq!(addresses(&app, eu).await, [MIRA]);
    assert_eq!(addresses(&app, us).await, [MIRA]);
}

#[tokio::test]
async fn adding_who_is_there_changes_nothing() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let first = invite(&app, &admin, eu, MIRA).await;
    app.clock.advance(Duration::from_secs(1));
    let mira = json!({"profileId": first["profileId"]});
    let again = add(&app, &admin, eu, mira).await;
    assert_eq!(again.is(200).json(), first);
    assert_eq!(invite(&app, &admin, eu, MIRA).await, first);
    assert_eq!(addresses(&app, eu).await, [MIRA]);
    let told = app.get("/v1/account/audit_events?action=member.added");
    let told = told.bearer(&admin).await.is(200).json();
    assert_eq!(told["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_was_removed_is_added_again() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let first = invite(&app, &admin, eu, MIRA).await;
    let id = first["profileId"].as_str().unwrap();
    let remove = app.delete(&format!("{}/{id}", members(eu)));
    remove.bearer(&admin).await.is(204);
    assert!(addresses(&app, eu).await.is_empty());
    let back = invite(&app, &admin, eu, MIRA).await;
    assert_eq!(back["profileId"], id);
    assert_eq!(addresses(&app, eu).await, [MIRA]);
}

#[tokio::test]
async fn an_address_that_nobody_has_is_invited_once() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let one = invite(&app, &admin, eu, "New@Northwind.example").await;
    let other = invite(&app, &admin, us, "new@northwind.example").await;
    assert_eq!(one["profileId"], other["profileId"]);
    let found = app.get(&format!("{PROFILES}?query=new%40")).bearer(&admin);
    let found = found.await.is(200).json();
    let items = found["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["metadata"]["id"], one["profileId"]);
    assert_eq!(
        items[0]["metadata"]["profileId"],
        profile_of(&app, &admin).await
    );
    assert_eq!(items[0]["spec"]["type"], "PROFILE_TYPE_USER");
    assert_eq!(items[0]["spec"]["email"], "new@northwind.example");
}

#[tokio::test]
async fn one_of_the_two_is_needed_and_bad_ones_are_named() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let mira = person(&app, MIRA).await;
    for (body, field) in [
        (json!({}), "profileId"),
        (json!({"profileId": mira, "email": MIRA}), "email"),
        (json!({"profileId": "mira"}), "profileId"),
        (json!({"profileId": 7}), "profileId"),
        (json!({"profileId": eu}), "profileId"),
        (json!({"email": "mira"}), "email"),
        (json!({"email": ""}), "email"),
        (json!({"email": MIRA, "role": "admin"}), "role"),
    ] {
        let answer = add(&app, &admin, eu, body).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
    let nothing = app.post(&members(eu)).bearer(&admin).await;
    nothing.is(415).code("INVALID_ARGUMENT");
    assert!(addresses(&app, eu).await.is_empty());
}

#[tokio::test]
async fn only_people_belong_to_a_workspace() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let key = profile_of(&app, &admin).await;
    let system = system_profile(&app).await;
    for id in [key, system] {
        let answer = add(&app, &admin, eu, json!({"profileId": id})).await;
        answer.is(400).code("INVALID_ARGUMENT").field("profileId");
    }
    assert!(addresses(&app, eu).await.is_empty());
}

/// The profile of the system itself.
async fn system_profile(app: &TestApp) -> String {
    let admin = app.admin().await;
    let all = app.walk(&admin, PROFILES, 100).await;
    let is_system = |item: &&Value| item["spec"]["type"] == "PROFILE_TYPE_SYSTEM";
    let system = all.iter().find(is_system).expect("the system");
    system["metadata"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_unknown_profile_and_somebody_elses_are_told_alike() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = profile_of(&app, &app.key_of(&stranger).await).await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let missing = add(&app, &admin, eu, json!({"profileId": NO_PROFILE})).await;
    missing.is(404).code("NOT_FOUND");
    let foreign = add(&app, &admin, eu, json!({"profileId": theirs})).await;
    assert_eq!(foreign.without_request_id(), missing.without_request_id());
}

/// An answer that told them apart would tell whom other accounts have.
#[tokio::test]
async fn an_address_of_another_account_is_invited_like_an_unknown_one() {
    let app = TestApp::start().await;
    app.account("jo@elsewhere.example").await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let theirs = invite(&app, &admin, eu, "JO@elsewhere.example").await;
    let unknown = invite(&app, &admin, eu, "no@elsewhere.example").await;
    let shape = |member: &Value| {
        let fields = member.as_object().unwrap().keys().cloned();
        fields.collect::<Vec<_>>()
    };
    assert_eq!(shape(&theirs), shape(&unknown));
    assert_eq!(
        addresses(&app, eu).await,
        ["no@elsewhere.example", "jo@elsewhere.example"]
    );
}

#[tokio::test]
async fn nobody_is_added_to_an_archived_workspace() {
    let app = TestApp::start().await;
    let [eu, _us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let archive = app.delete(&format!("{WORKSPACES}/{eu}")).bearer(&admin);
    archive.await.is(204);
    for email in [MIRA, "new@northwind.example"] {
        let answer = add(&app, &admin, eu, json!({"email": email})).await;
        answer.is(400).code("FAILED_PRECONDITION").names("prod-eu");
    }
    let nobody = app.get(&format!("{PROFILES}?query=new%40")).bearer(&admin);
    assert!(nobody.await.is(200).item_names().is_empty());
}

#[tokio::test]
async fn nobody_adds_people_where_they_do_not_reach_themselves() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let narrow = app.key(["workspaces:manage"]).reaching([eu]).await;
    let rootless = app.key(["workspaces:manage"]).await;
    for (caller, workspace) in [(&narrow, us), (&rootless, eu)] {
        for who in [
            json!({"email": "new@northwind.example"}),
            json!({"email": MIRA}),
        ] {
            let answer = add(&app, caller, workspace, who).await;
            answer.is(403).code("PERMISSION_DENIED").names("prod-");
        }
        assert!(addresses(&app, workspace).await.is_empty());
    }
    invite(&app, &narrow, eu, MIRA).await;
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "workspaces:manage", |id| {
        app.post(&format!("{WORKSPACES}/{id}/members"))
            .json(json!({"email": MIRA}))
    })
    .await;
}
