//! `/v1/account/api_keys`

mod change;
mod create;
mod delete;
mod disable_enable;
mod get;
mod grace;
mod list;
mod reveal;
mod rotate;
mod update;
mod usage;
mod workspaces;

use contract::ApiKeyId;
use serde_json::Value;

use crate::support::{Call, TestApp, TestKey};

pub(crate) const KEYS: &str = "/v1/account/api_keys";

/// A well-formed id that nobody has.
pub(crate) const NOBODY: &str = "apikey_01JD8W3X7R5M2T9V6QZ0YHKC4E";
pub(crate) const NOWHERE: &str = "workspace_01JD8W3X7R5M2T9V6QZ0YHKC4E";

/// What every endpoint about one key refuses, the same way. `call` makes the request for an id.
async fn refuses_the_wrong_callers(app: &TestApp, needed: &str, call: impl Fn(&str) -> Call) {
    let target = app.key([]).named("target").await.id.to_string();

    let nobody = call(&target).await;
    nobody
        .is(401)
        .code("UNAUTHENTICATED")
        .has("www-authenticate", "Bearer");
    let forged = call(&target).token("kr_nonsense").await;
    forged
        .is(401)
        .code("UNAUTHENTICATED")
        .has("www-authenticate", r#"Bearer error="invalid_token""#);

    for too_little in [
        app.key([]).await,
        app.key(["workspaces:manage", "tools:manage"])
            .reaching_all()
            .await,
    ] {
        let answer = call(&target).bearer(&too_little).await;
        answer.is(403).code("PERMISSION_DENIED").names(needed);
        let challenge = format!(r#"Bearer error="insufficient_scope", scope="{needed}""#);
        answer.has("www-authenticate", &challenge);
    }

    // Somebody else's key is answered byte for byte like one that does not exist.
    let stranger = app
        .account(&format!("{}@elsewhere.example", target.to_lowercase()))
        .await;
    let foreign = app.key_of(&stranger).await;
    let admin = app.admin().await;
    let missing = call(NOBODY).bearer(&admin).await;
    missing.is(404).code("NOT_FOUND");
    for id in [foreign.id.to_string(), "nonsense".to_owned()] {
        let answer = call(&id).bearer(&admin).await;
        assert_eq!(
            answer.without_request_id(),
            missing.without_request_id(),
            "{id}"
        );
    }
    whoami_is(app, &foreign, 200).await;
}

/// Whether a token works.
async fn whoami_is(app: &TestApp, key: &TestKey, status: u16) {
    app.get("/v1/whoami").bearer(key).await.is(status);
}

pub(crate) fn token_of(body: &Value) -> TestKey {
    TestKey {
        id: body["metadata"]["id"]
            .as_str()
            .unwrap()
            .parse::<ApiKeyId>()
            .unwrap(),
        token: body["spec"]["token"]
            .as_str()
            .expect("the token")
            .to_owned(),
    }
}
