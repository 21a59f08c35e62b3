//! `POST /v1/account/api_keys`

use serde_json::{Value, json};

use super::{KEYS, NOWHERE, token_of, whoami_is};
use crate::support::{Answer, TestApp};

async fn create(app: &TestApp, body: Value) -> Answer {
    let admin = app.admin().await;
    app.post(KEYS).bearer(&admin).json(body).await
}

#[tokio::test]
async fn a_key_is_issued_with_its_token_in_the_answer() {
    let app = TestApp::start().await;
    let [eu] = app.workspaces(["prod-eu"]).await;
    let answer = create(
        &app,
        json!({
            "metadata": {"name": " ci-deploy ", "externalId": "ci-1", "labels": {"env": "prod"}},
            "spec": {
                "description": "Deploys",
                "permissions": ["tools:read", "tools:manage", "memory:read"],
                "expiresAt": "2027-02-21T12:00:00Z",
            },
            "initialWorkspaceIds": [eu],
        }),
    )
    .await;
    answer.is(200).has("cache-control", "no-store");
    let body = answer.json();
    assert_eq!(body["metadata"]["name"], "ci-deploy");
    assert_eq!(body["metadata"]["externalId"], "ci-1");
    assert_eq!(body["metadata"]["labels"], json!({"env": "prod"}));
    assert_eq!(body["metadata"]["accountId"], app.owner().id.to_string());
    assert_eq!(
        body["spec"]["permissions"],
        json!(["memory:read", "tools:manage"]),
        "normalised"
    );
    assert_eq!(body["spec"]["expiresAt"], "2027-02-21T12:00:00.000Z");
    assert_eq!(body["state"], "STATE_ENABLED");
    assert_eq!(body["info"]["workspacesTotal"], 1);
    assert_eq!(
        body["info"]["workspacesPreview"],
        json!([{"id": eu, "name": "prod-eu"}])
    );
    assert_eq!(
        body["info"]["createdBy"]["spec"]["type"],
        "PROFILE_TYPE_API_KEY"
    );
    let key = token_of(&body);
    assert!(
        key.token.starts_with("kr_") && key.token.len() == 52,
        "prefix, 43 and 6 characters"
    );
    let hint = body["info"]["tokenHint"].as_str().unwrap();
    let (beginning, end) = hint.split_once('…').expect("its beginning and its end");
    assert!(key.token.starts_with(beginning) && key.token.ends_with(end));
    assert!(hint.chars().count() <= 12, "too little to guess it from");
    whoami_is(&app, &key, 200).await;
}

#[tokio::test]
async fn a_name_is_all_it_takes_and_reaches_nothing() {
    let app = TestApp::start().await;
    let answer = create(&app, json!({"metadata": {"name": "bare"}, "spec": {}})).await;
    let body = answer.is(200).json();
    assert_eq!(body["spec"]["permissions"], json!([]));
    assert_eq!(body["info"]["workspacesTotal"], 0);
    for absent in ["description", "expiresAt", "system", "allWorkspaces"] {
        assert!(
            body["spec"].get(absent).is_none(),
            "{absent} is absent, not null"
        );
    }
    whoami_is(&app, &token_of(&body), 200).await;
}

#[tokio::test]
async fn a_resource_that_was_read_can_be_sent_back() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let read = app.get(&admin.path()).bearer(&admin).await.is(200).json();
    let copy = create(&app, read.clone()).await.is(200).json();
    assert_ne!(
        copy["metadata"]["id"], read["metadata"]["id"],
        "output-only fields are ignored"
    );
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let app = TestApp::start().await;
    let metadata = |name: &str| json!({"metadata": {"name": name}});
    let spec = |spec: Value| json!({"metadata": {"name": "ci"}, "spec": spec});
    for (body, field) in [
        (json!({}), "metadata.name"),
        (json!({"metadata": {}}), "metadata.name"),
        (metadata(""), "metadata.name"),
        (metadata("   "), "metadata.name"),
        (metadata(&"x".repeat(201)), "metadata.name"),
        (
            json!({"metadata": {"name": "ci", "labels": {"env": "-"}}}),
            "metadata.labels.env",
        ),
        (
            json!({"metadata": {"name": "ci", "labels": {"-": "prod"}}}),
            "metadata.labels.-",
        ),
        (
            json!({"metadata": {"name": "ci", "labels": {"env": 1}}}),
            "metadata.labels.env",
        ),
        (json!({"metadata": {"name": 1}}), "metadata.name"),
        (
            json!({"metadata": {"name": "ci", "nmae": "ci"}}),
            "metadata.nmae",
        ),
        (json!({"metadata": {"name": "ci"}, "sepc": {}}), "sepc"),
        (
            spec(json!({"permissions": ["nonsense"]})),
            "spec.permissions[0]",
        ),
        (
            spec(json!({"permissions": ["tools:read", "tools:write"]})),
            "spec.permissions[1]",
        ),
        (
            spec(json!({"permissions": "tools:read"})),
            "spec.permissions",
        ),
        (spec(json!({"expiresAt": "soon"})), "spec.expiresAt"),
        (spec(json!({"allWorkspaces": "yes"})), "spec.allWorkspaces"),
        (
            json!({"metadata": {"name": "ci"}, "initialWorkspaceIds": ["prod"]}),
            "initialWorkspaceIds[0]",
        ),
    ] {
        let answer = create(&app, body).await;
        answer
            .is(400)
            .code("INVALID_ARGUMENT")
            .field(field)
            .names(field);
    }
    assert!(
        app.keys()
            .await
            .iter()
            .all(|key| key.metadata.name == "admin"),
        "nothing was issued"
    );
}

#[tokio::test]
async fn a_permission_that_nobody_named_is_refused() {
    let app = TestApp::start().await;
    for unknown in ["robots:read", "secrets:read", "account:read"] {
        let body = json!({"metadata": {"name": "ci"}, "spec": {"permissions": [unknown]}});
        create(&app, body)
            .await
            .is(400)
            .code("INVALID_ARGUMENT")
            .names(unknown);
    }
}

#[tokio::test]
async fn a_name_of_200_characters_is_not_too_long_and_never_interpreted() {
    let app = TestApp::start().await;
    for name in [
        "é".repeat(200),
        "<script>alert(1)</script>".to_owned(),
        "\u{202e}🗝️".to_owned(),
    ] {
        let answer = create(&app, json!({"metadata": {"name": name}})).await;
        assert_eq!(answer.is(200).json()["metadata"]["name"], name);
    }
}

#[tokio::test]
async fn an_unknown_workspace_and_somebody_elses_are_told_alike() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.workspace_of(&stranger, "theirs").await;
    let admin = app.admin().await;
    let with = |id: String| {
        let body = json!({"metadata": {"name": "ci"}, "initialWorkspaceIds": [id]});
        app.post(KEYS).bearer(&admin).json(body)
    };
    let missing = with(NOWHERE.to_owned()).await;
    assert!((400..500).contains(&missing.status()));
    let foreign = with(theirs.to_string()).await;
    let same = |answer: &Answer, id: &str| {
        let (status, headers, body) = answer.without_request_id();
        (status, headers, body.replace(id, "ID"))
    };
    assert_eq!(same(&missing, NOWHERE), same(&foreign, &theirs.to_string()));
}

#[tokio::test]
async fn an_external_id_is_used_once() {
    let app = TestApp::start().await;
    let body = json!({"metadata": {"name": "ci", "externalId": "ci-1"}});
    create(&app, body.clone()).await.is(200);
    let again = create(&app, body).await;
    again
        .is(409)
        .code("ALREADY_EXISTS")
        .field("metadata.externalId")
        .has("x-should-retry", "false");
}

#[tokio::test]
async fn nobody_hands_out_a_permission_they_lack() {
    let app = TestApp::start().await;
    let narrow = app
        .key(["api_keys:manage", "tools:read"])
        .reaching_all()
        .await;
    for wider in ["tools:manage", "memory:read", "*"] {
        let body = json!({"metadata": {"name": "wider"}, "spec": {"permissions": [wider]}});
        let answer = app.post(KEYS).bearer(&narrow).json(body).await;
        answer.is(403).code("PERMISSION_DENIED").names(wider);
    }
    let body = json!({"metadata": {"name": "as wide"}, "spec": {"permissions": ["tools:read", "api_keys:read"]}});
    app.post(KEYS).bearer(&narrow).json(body).await.is(200);
}

#[tokio::test]
async fn a_key_cannot_issue_a_key_that_reaches_further_than_itself() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let narrow = app.key(["api_keys:manage"]).reaching([eu]).await;
    let answer = app.post(KEYS).bearer(&narrow).json(json!({
        "metadata": {"name": "wider"}, "spec": {"permissions": []}, "initialWorkspaceIds": [eu, us],
    }))
    .await;
    answer.is(403).code("PERMISSION_DENIED");
    let all = json!({"metadata": {"name": "wider"}, "spec": {"allWorkspaces": true}});
    app.post(KEYS)
        .bearer(&narrow)
        .json(all)
        .await
        .is(403)
        .code("PERMISSION_DENIED");
    assert_eq!(app.keys().await.len(), 1, "nothing was issued");
}

#[tokio::test]
async fn an_archived_workspace_cannot_be_granted() {
    let app = TestApp::start().await;
    let [eu, _us] = app.workspaces(["prod-eu", "prod-us"]).await;
    keyring::workspaces::archive(&app.keyring, &app.owner().operator, eu)
        .await
        .unwrap();
    let body = json!({"metadata": {"name": "ci"}, "initialWorkspaceIds": [eu]});
    create(&app, body).await.is(400).code("FAILED_PRECONDITION");
}

#[tokio::test]
async fn without_credentials_or_with_too_little_nothing_is_issued() {
    let app = TestApp::start().await;
    let body = json!({"metadata": {"name": "ci"}});
    let nobody = app.post(KEYS).json(body.clone()).await;
    nobody
        .is(401)
        .code("UNAUTHENTICATED")
        .has("www-authenticate", "Bearer");
    let reader = app.key(["api_keys:read"]).reaching_all().await;
    let answer = app.post(KEYS).bearer(&reader).json(body).await;
    answer
        .is(403)
        .code("PERMISSION_DENIED")
        .names("api_keys:manage");
    assert_eq!(app.keys().await.len(), 1, "only the reader");
}

#[tokio::test]
async fn a_key_without_workspaces_issues_keys_without_workspaces() {
    let app = TestApp::start().await;
    let [eu] = app.workspaces(["prod-eu"]).await;
    let rootless = app.key(["api_keys:manage"]).await;
    let body = json!({"metadata": {"name": "child"}});
    app.post(KEYS).bearer(&rootless).json(body).await.is(200);
    let body = json!({"metadata": {"name": "child"}, "initialWorkspaceIds": [eu]});
    app.post(KEYS)
        .bearer(&rootless)
        .json(body)
        .await
        .is(403)
        .code("PERMISSION_DENIED");
}
