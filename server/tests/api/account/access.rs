//! `/v1/account/access`, `:apply`, `:revert` and `:explain`

mod apply;
mod explain;
mod get;
mod revert;

use contract::{ApiKeyId, WorkspaceId};
use serde_json::{Value, json};

use super::{api_keys, needs, profile_of, workspaces};
use crate::support::{Answer, TestApp, TestKey};

const ACCESS: &str = "/v1/account/access";

fn cell(key: &TestKey, workspace: WorkspaceId, want: bool) -> Value {
    cell_of(key.id, workspace, want)
}

fn cell_of(key: ApiKeyId, workspace: WorkspaceId, want: bool) -> Value {
    json!({"apiKeyId": key, "workspaceId": workspace, "want": want})
}

/// A cell with what it was when it was decided upon.
fn expecting(mut cell: Value, expected: bool) -> Value {
    cell["expected"] = expected.into();
    cell
}

async fn apply(app: &TestApp, caller: &TestKey, cells: impl Into<Value>) -> Answer {
    let body = json!({"cells": cells.into()});
    let call = app.post(&format!("{ACCESS}:apply")).bearer(caller);
    call.json(body).await
}

async fn revert(app: &TestApp, caller: &TestKey, batch: &Value) -> Answer {
    let call = app.post(&format!("{ACCESS}:revert")).bearer(caller);
    call.json(json!({"batchId": batch})).await
}

/// The numbers of cells that were granted, revoked and unchanged.
fn counts(applied: &Answer) -> [u64; 3] {
    let body = applied.is(200).json();
    ["granted", "revoked", "unchanged"].map(|name| body[name].as_u64().unwrap())
}

/// The names of the workspaces that a key reaches, sorted.
async fn reach(app: &TestApp, key: &TestKey) -> Vec<String> {
    let admin = app.admin().await;
    let list = app.get(&format!("{}/workspaces", key.path()));
    let mut names = list.bearer(&admin).await.is(200).item_names();
    names.sort();
    names
}
