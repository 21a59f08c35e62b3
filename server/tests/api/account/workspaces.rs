//! `/v1/account/workspaces`

mod archive;
mod create;
mod get;
mod list;
mod members;
mod restore;
mod update;

use serde_json::{Value, json};

use super::api_keys::NOWHERE;
use super::needs;
use crate::support::{Call, TestApp, TestKey};

pub(crate) const WORKSPACES: &str = "/v1/account/workspaces";

/// What every endpoint about one workspace refuses, the same way. `call` makes the request for an
/// id.
async fn refuses_the_wrong_callers(app: &TestApp, needed: &str, call: impl Fn(&str) -> Call) {
    let ours = app.workspace("ours").await.to_string();
    needs(app, needed, || call(&ours)).await;

    // Somebody else's workspace is answered byte for byte like one that does not exist.
    let stranger = format!("{}@elsewhere.example", ours.to_lowercase());
    let stranger = app.account(&stranger).await;
    let theirs = app.workspace_of(&stranger, "theirs").await.to_string();
    let admin = app.admin().await;
    let missing = call(NOWHERE).bearer(&admin).await;
    missing.is(404).code("NOT_FOUND");
    for id in [theirs.as_str(), "nonsense"] {
        let answer = call(id).bearer(&admin).await;
        assert_eq!(
            answer.without_request_id(),
            missing.without_request_id(),
            "{id}"
        );
    }
}

/// Makes a workspace and gives its path, its id and what was answered.
async fn create(app: &TestApp, caller: &TestKey, body: Value) -> (String, String, Value) {
    let made = app.post(WORKSPACES).bearer(caller).json(body).await;
    let made = made.is(200).json();
    let id = made["metadata"]["id"].as_str().unwrap().to_owned();
    (format!("{WORKSPACES}/{id}"), id, made)
}

fn named(name: &str) -> Value {
    json!({"metadata": {"name": name}})
}
