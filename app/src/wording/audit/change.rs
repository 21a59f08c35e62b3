//! What an event changed, line by line.

use std::collections::BTreeMap;

use contract::audit::{Action, AuditEvent};
use serde_json::Value;

use super::{spaced, text, told};

/// A line of what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// What there is now, or what there was; neither where it is only said.
    pub(crate) is: Option<bool>,
    pub(crate) text: String,
}

/// Before and after, field by field, and whatever else an event says.
pub(crate) fn lines(event: &AuditEvent) -> Vec<Line> {
    let side = |side: &str| event.details.get(side).and_then(Value::as_object);
    let mut lines = Vec::new();
    for (is, fields) in [(false, side("before")), (true, side("after"))] {
        for (field, value) in fields.into_iter().flatten() {
            let text = format!("{}: {}", spaced(field), plain(value));
            lines.push(Line { is: Some(is), text });
        }
    }
    for (field, value) in &event.details {
        if !["before", "after"].contains(&field.as_str()) {
            let text = format!("{}: {}", spaced(field), plain(value));
            lines.push(Line { is: None, text });
        }
    }
    lines
}

/// The grants of a changeset, a line for each key: what it got, and what was taken from it.
pub(crate) fn batch_lines(events: &[AuditEvent]) -> Vec<Line> {
    let mut keys: BTreeMap<(bool, &str, &str), Vec<String>> = BTreeMap::new();
    let mut lines = Vec::new();
    for event in events {
        let granted = match event.action {
            Action::WorkspaceGranted => true,
            Action::WorkspaceUngranted => false,
            _ => {
                lines.push(Line {
                    is: None,
                    text: told(event),
                });
                continue;
            }
        };
        let workspace = text(event.details.get("workspaceName")).unwrap_or_default();
        let key = (!granted, event.target_name.as_str(), event.target.as_str());
        keys.entry(key).or_default().push(workspace);
    }
    lines.extend(keys.into_iter().map(|((taken, key, _), workspaces)| Line {
        is: Some(!taken),
        text: format!("{key} → {}", workspaces.join(", ")),
    }));
    lines
}

/// A value as people read it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) if !list.is_empty() => {
            list.iter().map(plain).collect::<Vec<_>>().join(", ")
        }
        Value::Object(fields) if !fields.is_empty() => {
            let pairs = fields
                .iter()
                .map(|(name, value)| format!("{name}={}", plain(value)));
            pairs.collect::<Vec<_>>().join(", ")
        }
        Value::Null | Value::Array(_) | Value::Object(_) => "none".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::event;
    use super::*;

    #[test]
    fn a_change_is_told_before_and_after() {
        let details = json!({
            "before": {"name": "ci", "expiresAt": null},
            "after": {"name": "cd", "expiresAt": "2027-01-01T00:00:00.000Z"},
            "reason": "a new name",
        });
        let event = event("api_key.updated", &details);
        let lines = lines(&event);
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line.is, line.text.as_str()))
            .collect();
        let expected = [
            (Some(false), "expires at: none"),
            (Some(false), "name: ci"),
            (Some(true), "expires at: 2027-01-01T00:00:00.000Z"),
            (Some(true), "name: cd"),
            (None, "reason: a new name"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_changeset_is_told_key_by_key() {
        let grant = |action, workspace| event(action, &json!({ "workspaceName": workspace }));
        let events = [
            grant("grant.added", "eu"),
            grant("grant.removed", "docs"),
            grant("grant.added", "us"),
        ];
        let lines = batch_lines(&events);
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line.is, line.text.as_str()))
            .collect();
        let expected = [
            (Some(true), "etl-nightly → eu, us"),
            (Some(false), "etl-nightly → docs"),
        ];
        assert_eq!(told, expected);
    }
}
