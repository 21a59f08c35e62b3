//! `/v1/account/workspaces/{workspaceId}/members`

mod add;
mod list;
mod remove;

use contract::WorkspaceId;
use serde_json::{Value, json};

use super::{WORKSPACES, refuses_the_wrong_callers};
use crate::support::{Answer, TestApp, TestKey};

fn members(workspace: WorkspaceId) -> String {
    format!("{WORKSPACES}/{workspace}/members")
}

async fn add(app: &TestApp, caller: &TestKey, workspace: WorkspaceId, who: Value) -> Answer {
    let path = members(workspace);
    app.post(&path).bearer(caller).json(who).await
}

/// Adds somebody by address and gives the member.
async fn invite(app: &TestApp, caller: &TestKey, workspace: WorkspaceId, email: &str) -> Value {
    let answer = add(app, caller, workspace, json!({"email": email})).await;
    answer.is(200).json()
}

/// The addresses of a workspace's members, in the order of the list.
async fn addresses(app: &TestApp, workspace: WorkspaceId) -> Vec<String> {
    let admin = app.admin().await;
    let all = app.walk(&admin, &members(workspace), 25).await;
    let email = |member: &Value| member["email"].as_str().unwrap().to_owned();
    all.iter().map(email).collect()
}
