//! `/v1/account`

mod access;
pub(crate) mod api_keys;
mod audit_events;
mod get;
mod profiles;
mod settings;
pub(crate) mod workspaces;

use crate::support::{Call, TestApp, TestKey};

/// What every endpoint refuses that needs a permission, the same way. `call` makes the request.
pub(crate) async fn needs(app: &TestApp, needed: &str, call: impl Fn() -> Call) {
    let nobody = call().await;
    nobody
        .is(401)
        .code("UNAUTHENTICATED")
        .has("www-authenticate", "Bearer");
    let forged = call().token("kr_nonsense").await;
    forged
        .is(401)
        .code("UNAUTHENTICATED")
        .has("www-authenticate", r#"Bearer error="invalid_token""#);
    for too_little in [
        app.key([]).reaching_all().await,
        app.key_lacking(needed).reaching_all().await,
    ] {
        let answer = call().bearer(&too_little).await;
        answer.is(403).code("PERMISSION_DENIED").names(needed);
        let challenge = format!(r#"Bearer error="insufficient_scope", scope="{needed}""#);
        answer.has("www-authenticate", &challenge);
    }
}

/// The id of a key's own profile.
pub(crate) async fn profile_of(app: &TestApp, key: &TestKey) -> String {
    let body = app.get("/v1/whoami").bearer(key).await.is(200).json();
    body["metadata"]["id"].as_str().unwrap().to_owned()
}

/// The id of the profile with this address.
async fn person(app: &TestApp, email: &str) -> String {
    let admin = app.admin().await;
    let query = serde_urlencoded::to_string([("query", email)]).unwrap();
    let found = app.get(&format!("{}?{query}", profiles::PROFILES));
    let found = found.bearer(&admin).await.is(200).json();
    assert_eq!(found["items"][0]["spec"]["email"], email);
    let id = found["items"][0]["metadata"]["id"].as_str();
    id.unwrap().to_owned()
}
