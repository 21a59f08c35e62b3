//! `POST /v1/account/workspaces`

use serde_json::{Value, json};

use super::{WORKSPACES, create, named};
use crate::account::api_keys::KEYS;
use crate::account::{needs, profile_of};
use crate::support::TestApp;

#[tokio::test]
async fn a_workspace_is_made_with_what_was_sent() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({
        "metadata": {"name": " prod-eu ", "externalId": "eu-1", "labels": {"env": "prod"}},
        "spec": {"description": "Serves Europe\nand its islands"},
    });
    let (path, id, made) = create(&app, &admin, body).await;
    assert!(id.starts_with("workspace_"));
    assert_eq!(made["metadata"]["name"], "prod-eu");
    assert_eq!(made["metadata"]["externalId"], "eu-1");
    assert_eq!(made["metadata"]["labels"], json!({"env": "prod"}));
    assert_eq!(made["metadata"]["accountId"], app.owner().id.to_string());
    assert_eq!(made["metadata"]["createdAt"], app.clock.now().to_string());
    let by = profile_of(&app, &admin).await;
    assert_eq!(made["metadata"]["profileId"], by);
    assert_eq!(made["info"]["createdBy"]["metadata"]["id"], by);
    let description = "Serves Europe\nand its islands";
    assert_eq!(made["spec"], json!({"description": description}));
    assert_eq!(made["status"], "STATUS_ENABLED");
    let read = app.get(&path).bearer(&admin).await.is(200).json();
    assert_eq!(read, made);
}

#[tokio::test]
async fn a_name_is_all_it_takes() {
    let app = TestApp::start().await;
    let maker = app.key(["workspaces:manage"]).await;
    let (_, _, made) = create(&app, &maker, named("bare")).await;
    assert_eq!(made["spec"], json!({}), "what is not set is absent");
    assert!(made["metadata"].get("externalId").is_none());
    assert_eq!(made["metadata"]["labels"], json!({}));
}

#[tokio::test]
async fn a_resource_that_was_read_can_be_sent_back() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let read = json!({
        "metadata": {"name": "prod-eu", "labels": {"env": "prod"}},
        "spec": {"description": "Serves Europe"},
    });
    let (path, id, _) = create(&app, &admin, read).await;
    let mut read = app.get(&path).bearer(&admin).await.is(200).json();
    read["status"] = "STATUS_ARCHIVED".into();
    let (_, copy, made) = create(&app, &admin, read.clone()).await;
    assert_ne!(copy, id, "output-only fields are ignored");
    assert_eq!(made["status"], "STATUS_ENABLED");
    assert_eq!(made["spec"], read["spec"]);
    assert_eq!(made["metadata"]["labels"], read["metadata"]["labels"]);
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let with = |field: &str, value: Value| {
        let mut body = named("prod-eu");
        body["metadata"][field] = value;
        body
    };
    let spec = |spec: Value| json!({"metadata": {"name": "prod-eu"}, "spec": spec});
    let many: serde_json::Map<_, _> = (0..65).map(|n| (format!("k{n}"), "v".into())).collect();
    for (body, field) in [
        (json!({}), "metadata.name"),
        (json!({"metadata": {}}), "metadata.name"),
        (named(""), "metadata.name"),
        (named("   "), "metadata.name"),
        (named("prod\neu"), "metadata.name"),
        (named(&"x".repeat(201)), "metadata.name"),
        (json!({"metadata": {"name": 1}}), "metadata.name"),
        (with("labels", json!({"env": "-"})), "metadata.labels.env"),
        (with("labels", json!({"-": "prod"})), "metadata.labels.-"),
        (with("labels", json!({"env": 1})), "metadata.labels.env"),
        (with("labels", many.into()), "metadata.labels"),
        (
            with("externalId", "x".repeat(201).into()),
            "metadata.externalId",
        ),
        (with("nmae", "prod".into()), "metadata.nmae"),
        (json!({"metadata": {"name": "ci"}, "sepc": {}}), "sepc"),
        (
            json!({"metadata": {"name": "ci"}, "updateMask": "spec"}),
            "updateMask",
        ),
        (
            spec(json!({"description": "x".repeat(2001)})),
            "spec.description",
        ),
        (spec(json!({"permissions": []})), "spec.permissions"),
        (json!({"metadata": {"name": "ci"}, "spec": 7}), "spec"),
    ] {
        let answer = app.post(WORKSPACES).bearer(&admin).json(body).await;
        answer
            .is(400)
            .code("INVALID_ARGUMENT")
            .field(field)
            .names(field);
    }
    let two = json!({"metadata": {"labels": {"env": "-"}}});
    let answer = app.post(WORKSPACES).bearer(&admin).json(two).await;
    answer
        .is(400)
        .field("metadata.name")
        .field("metadata.labels.env");
    let made = app.get(WORKSPACES).bearer(&admin).await;
    assert!(made.item_names().is_empty(), "nothing was made");
}

#[tokio::test]
async fn a_name_of_200_characters_is_not_too_long_and_need_not_be_its_own() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for name in [
        "é".repeat(200),
        "<script>alert(1)</script>".to_owned(),
        "prod-eu".to_owned(),
        "prod-eu".to_owned(),
    ] {
        let (_, _, made) = create(&app, &admin, named(&name)).await;
        assert_eq!(made["metadata"]["name"], name);
    }
}

#[tokio::test]
async fn an_external_id_is_used_once_per_account_and_kind() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({"metadata": {"name": "prod", "externalId": "one"}});
    create(&app, &admin, body.clone()).await;
    let again = app.post(WORKSPACES).bearer(&admin).json(body.clone());
    again
        .await
        .is(409)
        .code("ALREADY_EXISTS")
        .field("metadata.externalId")
        .has("x-should-retry", "false");
    let made = app.get(WORKSPACES).bearer(&admin).await;
    assert_eq!(made.item_names(), ["prod"]);

    let key = app.post(KEYS).bearer(&admin).json(body.clone());
    key.await.is(200);
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.key_of(&stranger).await;
    create(&app, &theirs, body).await;
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    needs(&app, "workspaces:manage", || {
        app.post(WORKSPACES).json(named("prod-eu"))
    })
    .await;
    let admin = app.admin().await;
    let made = app.get(WORKSPACES).bearer(&admin).await;
    assert!(made.item_names().is_empty(), "nothing was made");
}
