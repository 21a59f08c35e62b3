//! What happened to a key, in words.

use contract::Timestamp;
use contract::audit::{Action, AuditEvent};
use contract::resource::ApiKey;
use contract::time::parse_seconds;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use crate::components::{Icon, When};
use crate::fns::keys;
use crate::wording::{self, listed};

/// Follows the changes made on the page: each bump of `told` loads it again. The events that came
/// with the page are in it from the start, so nothing here waits while the page is rendered.
#[component]
pub(super) fn History(
    key: RwSignal<ApiKey>,
    events: Vec<AuditEvent>,
    told: RwSignal<u32>,
) -> impl IntoView {
    let id = key.with_untracked(|key| key.metadata.id.to_string());
    let events = RwSignal::new(events);
    Effect::new(move |awake: Option<()>| {
        told.track();
        if awake.is_some() {
            let id = id.clone();
            spawn_local(async move {
                // What was there is still true when the new cannot be had.
                if let Ok(newer) = keys::history(id).await {
                    events.try_set(newer);
                }
            });
        }
    });
    view! {
        <section class="panel pad history-panel" aria-labelledby="history-title">
            <div class="panel-head"><h2 id="history-title">"History"</h2></div>
            <ol class="rows history">{move || events.get().into_iter().map(line).collect_view()}</ol>
        </section>
    }
    .into_any()
}

fn line(event: AuditEvent) -> impl IntoView {
    let (icon, said) = told(&event);
    view! {
        <li>
            <Icon name=icon/>
            <span class="what"><bdi>{said}</bdi></span>
            <bdi class="who truncate" title=event.actor.name.clone()>{event.actor.name.clone()}</bdi>
            <When at=event.created_at/>
        </li>
    }
    .into_any()
}

/// The icon and the words of an event.
fn told(event: &AuditEvent) -> (&'static str, String) {
    let workspace = || {
        let name = event.details.get("workspaceName").and_then(Value::as_str);
        name.unwrap_or("a workspace").to_owned()
    };
    match event.action {
        Action::KeyIssued => ("key-round", "Issued".to_owned()),
        Action::KeyRotated => (
            "rotate-cw",
            match event.details.get("graceUntil").and_then(Value::as_str) {
                Some(end) => format!("Rotated with grace until {}", readable(end)),
                None => "Rotated; the token before it stopped working".to_owned(),
            },
        ),
        Action::GraceChanged => ("timer", grace_changed(event)),
        Action::GraceEnded => (
            "timer",
            match event.details.get("endWhenQuietFor") {
                Some(_) => "The token before was quiet, and ended".to_owned(),
                None => "Ended the token before".to_owned(),
            },
        ),
        Action::KeyDisabled => ("pause", with_reason("Disabled", event)),
        Action::KeyEnabled => ("play", "Enabled".to_owned()),
        Action::KeyRevoked => ("ban", with_reason("Revoked", event)),
        Action::WorkspaceGranted => ("plus", format!("Granted {}", workspace())),
        Action::WorkspaceUngranted => ("minus", format!("Took back {}", workspace())),
        Action::KeyTransferred => {
            let owner = |side: &str| event.details.get(side)?.get("owner")?.as_str();
            let (from, to) = (owner("before"), owner("after"));
            let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
            ("user", format!("Transferred from {from} to {to}"))
        }
        Action::KeyUpdated => ("pencil", changed(&event.details)),
        other => ("history", other.as_str().to_owned()),
    }
}

fn with_reason(done: &str, event: &AuditEvent) -> String {
    match event.details.get("reason").and_then(Value::as_str) {
        Some(reason) => format!("{done}: {reason}"),
        None => done.to_owned(),
    }
}

fn grace_changed(event: &AuditEvent) -> String {
    let after = |field: &str| {
        event
            .details
            .get("after")
            .and_then(|after| after.get(field))
    };
    let until = after("graceUntil").and_then(Value::as_str);
    let until = until.map(|end| format!("grace until {}", readable(end)));
    let quiet = after("endWhenQuietFor").map(|quiet| {
        let period = quiet.as_str().and_then(|text| parse_seconds(text).ok());
        match period {
            Some(period) => format!("ends when quiet for {}", wording::lasting(period)),
            None => "does not end when quiet".to_owned(),
        }
    });
    let said: Vec<String> = until.into_iter().chain(quiet).collect();
    format!("Changed the rotation: {}", listed(&said))
}

/// A time of the trail as people read it.
fn readable(at: &str) -> String {
    Timestamp::parse(at).map_or_else(|_| at.to_owned(), Timestamp::date_and_time)
}

/// "Permissions changed: + memory:read", or which details were.
fn changed(details: &serde_json::Map<String, Value>) -> String {
    let side = |side: &str| details.get(side).and_then(Value::as_object);
    let (Some(before), Some(after)) = (side("before"), side("after")) else {
        return "Changed".to_owned();
    };
    let texts = |value: Option<&Value>| -> Vec<String> {
        let list = value.and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut said = Vec::new();
    for (field, is) in after {
        match (field.as_str(), is.as_str()) {
            ("permissions", _) => {
                let (old, new) = (texts(before.get(field)), texts(Some(is)));
                let added = new
                    .iter()
                    .filter(|one| !old.contains(one))
                    .map(|one| format!("+ {one}"));
                let gone = old
                    .iter()
                    .filter(|one| !new.contains(one))
                    .map(|one| format!("− {one}"));
                let difference: Vec<String> = added.chain(gone).collect();
                said.push(format!("permissions: {}", difference.join(", ")));
            }
            ("name", Some(name)) => said.push(format!("name: {name}")),
            ("externalId", _) => said.push("external id".to_owned()),
            ("expiresAt", Some(at)) => said.push(format!("expires {}", at.get(..10).unwrap_or(at))),
            ("expiresAt", None) => said.push("never expires".to_owned()),
            ("allWorkspaces", _) => said.push("all workspaces".to_owned()),
            (other, _) => said.push(other.to_owned()),
        }
    }
    format!("Changed {}", listed(&said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_field_by_field() {
        let details = serde_json::json!({
            "before": {"name": "ci", "permissions": ["tools:read"]},
            "after": {"name": "deploy", "permissions": ["memory:read", "tools:read"]},
        });
        let Value::Object(details) = details else {
            unreachable!("an object")
        };
        assert_eq!(
            changed(&details),
            "Changed name: deploy and permissions: + memory:read"
        );
    }
}
