//! Changes to many keys, in words.

use contract::form::Fields;
use contract::request::ChangeKind;
use serde_json::{Map, Value, json};

use super::{call_with_body, counted};

/// The heading of the dialog.
pub(crate) fn question(kind: Option<ChangeKind>) -> String {
    let question = match kind {
        Some(ChangeKind::Disable) => "Disable these keys?",
        Some(ChangeKind::Enable) => "Enable these keys?",
        Some(ChangeKind::Revoke) => "Revoke these keys for good?",
        Some(ChangeKind::Label) => "Label these keys",
        Some(ChangeKind::Grant) => "Grant a workspace to these keys",
        None => "Change these keys",
    };
    question.to_owned()
}

/// What the button says that does it.
pub(crate) fn order(kind: ChangeKind, count: u64) -> String {
    let keys = counted(count, "key", "keys");
    match kind {
        ChangeKind::Disable => format!("Disable {keys}"),
        ChangeKind::Enable => format!("Enable {keys}"),
        ChangeKind::Revoke => format!("Revoke {keys} for good"),
        ChangeKind::Label => format!("Label {keys}"),
        ChangeKind::Grant => format!("Grant to {keys}"),
    }
}

/// What is said when it is done.
pub(crate) fn done(kind: ChangeKind, count: u64) -> String {
    let are = |word: &str| format!("{} {word}.", counted(count, "key is", "keys are"));
    match kind {
        ChangeKind::Disable => are("disabled"),
        ChangeKind::Enable => are("enabled"),
        ChangeKind::Revoke => are("revoked"),
        ChangeKind::Label => are("labelled"),
        ChangeKind::Grant => {
            let reach = counted(count, "key reaches", "keys reach");
            format!("{reach} one more workspace.")
        }
    }
}

/// What a program would send for it.
pub(crate) fn call(
    base: &str,
    kind: ChangeKind,
    asked: &Fields,
    ids: &[String],
    reason: &str,
) -> String {
    let text = |name: &str| asked.get(name).unwrap_or_default().trim().to_owned();
    let mut body = Map::new();
    body.insert("apiKeyIds".into(), json!(ids));
    body.insert("change".into(), kind.as_str().into());
    let mut more = |name: &str, value: Value| {
        body.insert(name.to_owned(), value);
    };
    match kind {
        ChangeKind::Label => {
            if let Ok(labels) = contract::Labels::parse_pairs("labels", &text("labels"))
                && !labels.is_empty()
            {
                more("labels", json!(labels));
            }
            let removed = text("removeLabels");
            let removed = removed.split([',', ' ']).filter(|name| !name.is_empty());
            let removed: Vec<_> = removed.collect();
            if !removed.is_empty() {
                more("removeLabels", json!(removed));
            }
        }
        ChangeKind::Grant => more("workspaceId", text("workspaceId").into()),
        ChangeKind::Disable | ChangeKind::Enable | ChangeKind::Revoke => {}
    }
    if !reason.trim().is_empty() {
        more("reason", reason.trim().into());
    }
    let path = "/v1/account/api_keys:change";
    call_with_body(base, "POST", path, &Value::Object(body))
}
