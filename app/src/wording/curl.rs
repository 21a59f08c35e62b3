//! What a program would send for what a form does. The caller's own token stands as
//! `$KEYRACK_TOKEN`; no real one is ever written here.

use contract::request::Expiry;
use serde_json::{Map, Value, json};

use super::IssueDraft;

/// A call that needs no token.
pub(crate) fn open_call(base: &str, method: &str, path: &str) -> String {
    let method = if method == "GET" {
        String::new()
    } else {
        format!("-X {method} ")
    };
    format!("curl {method}{}", quoted(&url(base, path)))
}

/// A call without a body.
pub(crate) fn plain_call(base: &str, method: &str, path: &str) -> String {
    let call = open_call(base, method, path);
    format!("{call} \\\n  -H \"Authorization: Bearer $KEYRACK_TOKEN\"")
}

/// A call with a JSON body.
pub(crate) fn call_with_body(base: &str, method: &str, path: &str, body: &Value) -> String {
    let body = serde_json::to_string_pretty(body).unwrap_or_default();
    format!(
        "{} \\\n  -H 'Content-Type: application/json' \\\n  -d {}",
        plain_call(base, method, path),
        quoted(&body)
    )
}

/// The first call of a program: who am I, and what may I do?
pub(crate) fn whoami_call(base: &str) -> String {
    plain_call(base, "GET", "/v1/whoami")
}

/// What the issue drawer is about to do.
pub(crate) fn issue_call(base: &str, draft: &IssueDraft) -> String {
    let mut metadata = Map::new();
    metadata.insert("name".into(), draft.name.trim().into());
    if !draft.external_id.trim().is_empty() {
        metadata.insert("externalId".into(), draft.external_id.trim().into());
    }
    if let Ok(labels) = contract::Labels::parse_pairs("", &draft.labels)
        && !labels.is_empty()
    {
        metadata.insert("labels".into(), json!(labels));
    }
    let mut spec = Map::new();
    if !draft.description.trim().is_empty() {
        spec.insert("description".into(), draft.description.trim().into());
    }
    spec.insert("permissions".into(), json!(draft.permissions));
    match draft.expiry() {
        Ok(Expiry::At(at)) => drop(spec.insert("expiresAt".into(), json!(at))),
        // Where the account says nothing, a key that says nothing lasts.
        Ok(Expiry::Never) if draft.keys.default_lifetime.is_some() => {
            spec.insert("neverExpires".into(), true.into());
        }
        _ => {}
    }
    let mut body = Map::new();
    if draft.all_workspaces {
        spec.insert("allWorkspaces".into(), true.into());
    } else if !draft.workspaces.is_empty() {
        body.insert("initialWorkspaceIds".into(), json!(draft.workspaces));
    }
    body.insert("metadata".into(), metadata.into());
    body.insert("spec".into(), spec.into());
    call_with_body(base, "POST", "/v1/account/api_keys", &body.into())
}

fn url(base: &str, path: &str) -> String {
    format!("{}{path}", base.trim_end_matches('/'))
}

/// A text as one word of a POSIX shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let call = call_with_body(
            "http://k/",
            "POST",
            "/v1/x",
            &json!({"name": "a'; rm -rf ~; '"}),
        );
        assert!(call.contains(r#""a'\''; rm -rf ~; '\''""#), "{call}");
        assert!(call.starts_with("curl -X POST 'http://k/v1/x' \\\n"));
    }
}
