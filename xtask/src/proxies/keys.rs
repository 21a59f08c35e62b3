//! The keys that the checks present.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::http::{self, Message};
use crate::trial::{Key, Trial};

/// What `X-Keyrack-*` headers there are, in the order of `server/src/rest/authorize.rs`.
pub(super) const HEADERS: [&str; 6] = [
    "X-Keyrack-Key-Id",
    "X-Keyrack-Key-Name",
    "X-Keyrack-Profile",
    "X-Keyrack-Account",
    "X-Keyrack-Workspace",
    "X-Keyrack-Permissions",
];

/// A name that no header could hold as it is.
const NAME: &str = "Bücher, \"A\" & B";
const ENCODED: &str = "B%C3%BCcher%2C%20%22A%22%20%26%20B";
const PERMISSIONS: &str = "memory:read tools:read";

pub(super) struct Keys {
    keyrack: SocketAddr,
    issuer: Key,
    pub(super) workspace: String,
    /// Has what is asked for.
    pub(super) granted: String,
    /// Its identity, as [`HEADERS`] should say it.
    pub(super) identity: [String; 6],
    /// Has the permission, but another workspace.
    pub(super) elsewhere: String,
    /// Has the workspace, and no permission at all.
    pub(super) powerless: String,
}

impl Keys {
    pub(super) fn make(trial: &Trial, issuer: Key) -> Result<Self> {
        let listed = trial.get("/v1/account/workspaces", Some(&issuer.token))?;
        let listed = listed.json()?;
        let workspace = text(&listed, "/items/0/metadata/id")?;
        let other = text(&listed, "/items/1/metadata/id")?;
        let issue = |name, permissions: &[&str], workspace: &str| -> Result<Value> {
            let key = json!({
                "metadata": { "name": name },
                "spec": { "permissions": permissions },
                "initialWorkspaceIds": [workspace],
            });
            let answer = call(trial.address, &issuer, "POST", "/v1/account/api_keys", &key)?;
            Ok(serde_json::from_slice(&answer.content()?)?)
        };
        let permissions: Vec<_> = PERMISSIONS.split(' ').collect();
        let granted = issue(NAME, &permissions, &workspace)?;
        let elsewhere = issue("elsewhere", &permissions, &other)?;
        let powerless = issue("powerless", &[], &workspace)?;
        let token = text(&granted, "/spec/token")?;
        let profile = trial.get("/v1/whoami", Some(&token))?.json()?;
        let identity = [
            text(&granted, "/metadata/id")?,
            ENCODED.to_owned(),
            text(&profile, "/metadata/id")?,
            text(&granted, "/metadata/accountId")?,
            workspace.clone(),
            PERMISSIONS.to_owned(),
        ];
        Ok(Self {
            granted: token,
            identity,
            elsewhere: text(&elsewhere, "/spec/token")?,
            powerless: text(&powerless, "/spec/token")?,
            workspace,
            keyrack: trial.address,
            issuer,
        })
    }

    /// A token of a new key that has what is asked for, and what ends it: a method, and what follows the
    /// key's path.
    pub(super) fn mortal<'a>(
        &'a self,
        method: &'a str,
        verb: &'a str,
    ) -> Result<(String, impl Fn() -> Result<()> + 'a)> {
        let key = json!({
            "metadata": { "name": "mortal" },
            "spec": { "permissions": ["tools:read"] },
            "initialWorkspaceIds": [self.workspace],
        });
        let answer = call(
            self.keyrack,
            &self.issuer,
            "POST",
            "/v1/account/api_keys",
            &key,
        )?;
        let key: Value = serde_json::from_slice(&answer.content()?)?;
        let path = format!("/v1/account/api_keys/{}{verb}", text(&key, "/metadata/id")?);
        let end = move || call(self.keyrack, &self.issuer, method, &path, &json!({})).map(drop);
        Ok((text(&key, "/spec/token")?, end))
    }
}

fn call(
    keyrack: SocketAddr,
    caller: &Key,
    method: &str,
    path: &str,
    body: &Value,
) -> Result<Message> {
    let body = body.to_string();
    let headers = [
        ("Authorization", format!("Bearer {}", caller.token)),
        ("Content-Type", "application/json".to_owned()),
        ("Content-Length", body.len().to_string()),
    ];
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let request = http::request(method, path, &headers, body.as_bytes());
    let answer = http::ask(keyrack, &request)?;
    if !matches!(answer.status(), 200 | 204) {
        let said = String::from_utf8_lossy(&answer.body);
        bail!("{method} {path}: {} {said}", answer.start);
    }
    Ok(answer)
}

fn text(value: &Value, place: &str) -> Result<String> {
    let text = value.pointer(place).and_then(Value::as_str);
    Ok(text
        .with_context(|| format!("no {place} in {value}"))?
        .to_owned())
}
