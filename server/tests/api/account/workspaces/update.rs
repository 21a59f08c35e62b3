//! `PATCH /v1/account/workspaces/{workspaceId}`

use serde_json::{Value, json};

use super::{WORKSPACES, create, refuses_the_wrong_callers};
use crate::support::{Answer, TestApp, TestKey};

async fn update(app: &TestApp, caller: &TestKey, path: &str, body: Value) -> Answer {
    app.patch(path).bearer(caller).json(body).await
}

/// A workspace that has everything, by its path.
async fn full(app: &TestApp, caller: &TestKey) -> String {
    let body = json!({
        "metadata": {"name": "prod-eu", "externalId": "eu-1", "labels": {"env": "prod"}},
        "spec": {"description": "Serves Europe"},
    });
    create(app, caller, body).await.0
}

#[tokio::test]
async fn the_fields_present_are_changed_and_no_others() {
    let app = TestApp::start().await;
    let manager = app.key(["workspaces:manage"]).await;
    let path = full(&app, &manager).await;
    let renamed = json!({"metadata": {"name": "prod-us"}});
    let body = update(&app, &manager, &path, renamed).await.is(200).json();
    assert_eq!(body["metadata"]["name"], "prod-us");
    assert_eq!(body["metadata"]["externalId"], "eu-1");
    assert_eq!(body["metadata"]["labels"], json!({"env": "prod"}));
    assert_eq!(body["spec"]["description"], "Serves Europe");
    assert!(body["info"].is_object());
    let read = app.get(&path).bearer(&manager).await.is(200).json();
    assert_eq!(read, body);

    let labels = json!({"metadata": {"labels": {"team": "billing"}}});
    let body = update(&app, &manager, &path, labels).await.is(200).json();
    let replaced = json!({"team": "billing"});
    assert_eq!(body["metadata"]["labels"], replaced, "as a whole");
}

#[tokio::test]
async fn a_mask_decides_and_clears_what_is_absent() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = full(&app, &admin).await;
    let body = json!({
        "metadata": {"name": "ignored"},
        "updateMask": "metadata.labels, metadata.externalId,spec.description",
    });
    let body = update(&app, &admin, &path, body).await.is(200).json();
    assert_eq!(body["metadata"]["name"], "prod-eu");
    assert_eq!(body["metadata"]["labels"], json!({}));
    assert!(body["metadata"].get("externalId").is_none());
    assert_eq!(body["spec"], json!({}));
}

#[tokio::test]
async fn a_parent_in_a_mask_stands_for_all_below_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = full(&app, &admin).await;
    let body = json!({
        "metadata": {"name": "prod-us"},
        "spec": {"description": "ignored"},
        "updateMask": "metadata",
    });
    let body = update(&app, &admin, &path, body).await.is(200).json();
    assert_eq!(body["metadata"]["name"], "prod-us");
    assert_eq!(body["metadata"]["labels"], json!({}));
    assert!(body["metadata"].get("externalId").is_none());
    assert_eq!(body["spec"]["description"], "Serves Europe");
    let cleared = json!({"updateMask": "spec"});
    let body = update(&app, &admin, &path, cleared).await.is(200).json();
    assert_eq!(body["spec"], json!({}));
}

#[tokio::test]
async fn a_name_is_not_cleared() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = full(&app, &admin).await;
    for mask in ["metadata.name", "metadata"] {
        let body = json!({"updateMask": mask});
        let answer = update(&app, &admin, &path, body).await;
        answer
            .is(400)
            .code("INVALID_ARGUMENT")
            .field("metadata.name");
    }
    let read = app.get(&path).bearer(&admin).await.json();
    assert_eq!(read["metadata"]["externalId"], "eu-1", "nor anything else");
}

#[tokio::test]
async fn what_is_not_to_be_updated_is_refused_in_a_mask() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = full(&app, &admin).await;
    for mask in [
        "nonsense",
        "metadata.id",
        "metadata.accountId",
        "metadata.profileId",
        "metadata.createdAt",
        "metadata.name.first",
        "meta",
        "spec.permissions",
        "status",
        "info",
        "*",
        "metadata.name,nonsense",
    ] {
        let body = json!({"metadata": {"name": "prod-us"}, "updateMask": mask});
        let answer = update(&app, &admin, &path, body).await;
        answer.is(400).code("INVALID_ARGUMENT").field("updateMask");
    }
    let read = app.get(&path).bearer(&admin).await.json();
    assert_eq!(read["metadata"]["name"], "prod-eu");
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = full(&app, &admin).await;
    for (body, field) in [
        (json!({"metadata": {"name": ""}}), "metadata.name"),
        (
            json!({"metadata": {"name": "x".repeat(201)}}),
            "metadata.name",
        ),
        (
            json!({"metadata": {"labels": {"env": "-"}}}),
            "metadata.labels.env",
        ),
        (
            json!({"metadata": {"externalId": "x".repeat(201)}}),
            "metadata.externalId",
        ),
        (
            json!({"spec": {"description": "x".repeat(2001)}}),
            "spec.description",
        ),
        (json!({"spec": {"token": "x"}}), "spec.token"),
        (json!({"updateMask": ["spec"]}), "updateMask"),
        (json!({"name": "top level"}), "name"),
    ] {
        let answer = update(&app, &admin, &path, body).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
}

#[tokio::test]
async fn a_resource_that_was_read_can_be_sent_back() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = full(&app, &admin).await;
    let read = app.get(&path).bearer(&admin).await.is(200).json();
    let mut sent = read.clone();
    sent["status"] = "STATUS_ARCHIVED".into();
    sent["metadata"]["createdAt"] = "1970-01-01T00:00:00Z".into();
    let body = update(&app, &admin, &path, sent).await.is(200).json();
    assert_eq!(body, read, "output-only fields are ignored");
}

#[tokio::test]
async fn an_external_id_is_free_again_once_it_is_cleared() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let one = full(&app, &admin).await;
    let two = json!({"metadata": {"name": "prod-us"}});
    let (two, ..) = create(&app, &admin, two).await;
    let taken = json!({"metadata": {"externalId": "eu-1"}});
    update(&app, &admin, &one, taken.clone()).await.is(200);
    let refused = update(&app, &admin, &two, taken.clone()).await;
    refused
        .is(409)
        .code("ALREADY_EXISTS")
        .field("metadata.externalId")
        .has("x-should-retry", "false");
    let cleared = json!({"updateMask": "metadata.externalId"});
    update(&app, &admin, &one, cleared).await.is(200);
    update(&app, &admin, &two, taken).await.is(200);
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "workspaces:manage", |id| {
        app.patch(&format!("{WORKSPACES}/{id}"))
            .json(json!({"metadata": {"name": "renamed"}}))
    })
    .await;
}
