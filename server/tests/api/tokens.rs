//! `/v1/tokens:verify` and `:verifyBatch`

mod verify;
mod verify_batch;

use serde_json::{Value, json};

use crate::account::api_keys::KEYS;
use crate::support::{Answer, TestApp, TestKey};

pub(crate) const VERIFY: &str = "/v1/tokens:verify";
const VERIFY_BATCH: &str = "/v1/tokens:verifyBatch";

/// What is asked of a token: whether it is good for this workspace and `tools:manage`.
fn of(key: &TestKey, workspace: impl serde::Serialize) -> Value {
    json!({"token": key.token, "workspaceId": workspace, "permission": "tools:manage"})
}

async fn verify(app: &TestApp, caller: &TestKey, asked: Value) -> Answer {
    app.post(VERIFY).bearer(caller).json(asked).await
}

fn invalid(code: &str) -> Value {
    json!({"valid": false, "code": code})
}

/// A token that this Keyrack never issued, and that looks like one of its own.
async fn strange_token() -> String {
    let elsewhere = TestApp::start().await;
    elsewhere.key([]).await.token
}

/// The key was changed and the change was answered.
async fn change(app: &TestApp, key: &TestKey, method: &str, how: &str, body: Value) -> Answer {
    let admin = app.admin().await;
    let path = format!("{KEYS}/{}{how}", key.id);
    let call = app.call(method, &path).bearer(&admin);
    let answer = if body.is_null() {
        call.await
    } else {
        call.json(body).await
    };
    assert!(
        matches!(answer.status(), 200 | 204),
        "{how}: {}",
        answer.text()
    );
    answer
}
