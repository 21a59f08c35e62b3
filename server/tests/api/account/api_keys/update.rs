//! `PATCH /v1/account/api_keys/{id}`

use serde_json::{Value, json};

use super::{KEYS, refuses_the_wrong_callers};
use crate::support::{Answer, TestApp, TestKey};

async fn update(app: &TestApp, caller: &TestKey, target: &TestKey, body: Value) -> Answer {
    app.patch(&target.path()).bearer(caller).json(body).await
}

#[tokio::test]
async fn the_fields_present_are_changed_and_no_others() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key(["tools:read"]).labelled("env=prod").await;
    let answer = update(&app, &admin, &key, json!({"metadata": {"name": "renamed"}})).await;
    let body = answer.is(200).json();
    assert_eq!(body["metadata"]["name"], "renamed");
    assert_eq!(body["metadata"]["labels"], json!({"env": "prod"}));
    assert_eq!(body["spec"]["permissions"], json!(["tools:read"]));
    assert!(body["info"].is_object() && body["spec"].get("token").is_none());
    let read = app.get(&key.path()).bearer(&admin).await.json();
    assert_eq!(read, body);
}

#[tokio::test]
async fn a_mask_decides_and_clears_what_is_absent() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key(["tools:read"]).labelled("env=prod").await;
    let body =
        json!({"metadata": {"name": "ignored"}, "updateMask": "metadata.labels,spec.permissions"});
    let body = update(&app, &admin, &key, body).await.is(200).json();
    assert_eq!(body["metadata"]["name"], "ci-deploy");
    assert_eq!(body["metadata"]["labels"], json!({}));
    assert_eq!(body["spec"]["permissions"], json!([]));
}

#[tokio::test]
async fn a_resource_that_was_read_can_be_sent_back() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key(["tools:read"]).labelled("env=prod").await;
    let read = app.get(&key.path()).bearer(&admin).await.is(200).json();
    let mut sent = read.clone();
    sent["state"] = "STATE_DISABLED".into();
    sent["spec"]["token"] = "kr_nonsense".into();
    sent["spec"]["system"] = true.into();
    let body = update(&app, &admin, &key, sent).await.is(200).json();
    assert_eq!(body, read, "output-only fields are ignored");
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
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
            json!({"spec": {"permissions": ["nonsense"]}}),
            "spec.permissions[0]",
        ),
        (json!({"updateMask": "metadata.id"}), "updateMask"),
        (json!({"updateMask": "spec.token"}), "updateMask"),
        (json!({"updateMask": "nonsense"}), "updateMask"),
        (json!({"name": "top level"}), "name"),
    ] {
        update(&app, &admin, &key, body)
            .await
            .is(400)
            .code("INVALID_ARGUMENT")
            .field(field);
    }
    let unknown = json!({"spec": {"permissions": ["robots:read"]}});
    update(&app, &admin, &key, unknown)
        .await
        .is(400)
        .code("INVALID_ARGUMENT")
        .names("robots:read");
}

#[tokio::test]
async fn nobody_widens_a_key_beyond_themselves() {
    let app = TestApp::start().await;
    let [eu] = app.workspaces(["prod-eu"]).await;
    let narrow = app.key(["api_keys:manage"]).reaching([eu]).await;
    let target = app.key([]).await;
    for wider in [
        json!({"spec": {"permissions": ["tools:read"]}}),
        json!({"spec": {"allWorkspaces": true}}),
    ] {
        update(&app, &narrow, &target, wider)
            .await
            .is(403)
            .code("PERMISSION_DENIED");
    }
    let wide = app.key(["tools:read"]).await;
    let renamed = update(
        &app,
        &narrow,
        &wide,
        json!({"metadata": {"name": "mine now"}}),
    )
    .await;
    renamed
        .is(403)
        .code("PERMISSION_DENIED")
        .names("tools:read");
}

#[tokio::test]
async fn a_change_of_permissions_counts_at_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key(["api_keys:read"]).await;
    app.get(KEYS).bearer(&key).await.is(200);
    update(&app, &admin, &key, json!({"spec": {"permissions": []}}))
        .await
        .is(200);
    app.get(KEYS).bearer(&key).await.is(403);
}

#[tokio::test]
async fn an_expiry_counts_at_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let soon = app
        .clock
        .now()
        .plus(std::time::Duration::from_mins(1))
        .to_string();
    update(&app, &admin, &key, json!({"spec": {"expiresAt": soon}}))
        .await
        .is(200);
    app.get("/v1/whoami").bearer(&key).await.is(200);
    app.clock.advance(std::time::Duration::from_mins(1));
    app.get("/v1/whoami").bearer(&key).await.is(401);
}

#[tokio::test]
async fn a_duplicate_external_id_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (one, two) = (app.key([]).await, app.key([]).await);
    let body = json!({"metadata": {"externalId": "ci-1"}});
    update(&app, &admin, &one, body.clone()).await.is(200);
    update(&app, &admin, &one, body.clone()).await.is(200);
    update(&app, &admin, &two, body)
        .await
        .is(409)
        .code("ALREADY_EXISTS")
        .field("metadata.externalId");
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "api_keys:manage", |id| {
        app.patch(&format!("{KEYS}/{id}"))
            .json(json!({"metadata": {"name": "renamed"}}))
    })
    .await;
}
