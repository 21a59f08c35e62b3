//! Events of the audit log, in words.

mod change;

use contract::Timestamp;
use contract::audit::{Action, AuditEvent, BatchTold, EntranceKind};
use contract::factor::{CODE_WANTED, FACTOR_WANTED};
use serde_json::{Map, Value};

use super::counted;

pub(crate) use change::{batch_lines, lines};

/// What the kinds of events are called, for choosing one.
pub(crate) const fn name(action: Action) -> &'static str {
    match action {
        Action::AccountCreated => "Account created",
        Action::SettingsChanged => "Settings changed",
        Action::SignedIn => "Signed in",
        Action::SignedOut => "Signed out",
        Action::SessionsEnded => "Sessions ended",
        Action::SignInRefused => "Sign-in refused",
        Action::RequestRefused => "Request refused",
        Action::AuditExported => "Audit log exported",
        Action::WorkspaceCreated => "Workspace created",
        Action::WorkspaceUpdated => "Workspace changed",
        Action::WorkspaceArchived => "Workspace archived",
        Action::WorkspaceRestored => "Workspace restored",
        Action::MemberInvited => "Person invited",
        Action::InvitationLinked => "Invitation link made",
        Action::InvitationWithdrawn => "Invitation withdrawn",
        Action::InvitationAccepted => "Invitation accepted",
        Action::RoleChanged => "Role changed",
        Action::PassphraseChanged => "Passphrase changed",
        Action::FactorTurnedOn => "Second factor turned on",
        Action::FactorTurnedOff => "Second factor turned off",
        Action::FactorRemoved => "Second factor removed",
        Action::RecoveryCodesRenewed => "Recovery codes made anew",
        Action::RecoveryCodeUsed => "Recovery code used",
        Action::PersonDisabled => "Person disabled",
        Action::PersonEnabled => "Person enabled",
        Action::PersonRemoved => "Person removed",
        Action::MemberAdded => "Member added",
        Action::MemberRemoved => "Member removed",
        Action::KeyIssued => "Key issued",
        Action::KeyUpdated => "Key changed",
        Action::KeyRotated => "Key rotated",
        Action::GraceChanged => "Grace changed",
        Action::GraceEnded => "Grace ended",
        Action::KeyDisabled => "Key disabled",
        Action::KeyEnabled => "Key enabled",
        Action::KeyRevoked => "Key revoked",
        Action::KeyTransferred => "Key transferred",
        Action::WorkspaceGranted => "Workspace granted",
        Action::WorkspaceUngranted => "Workspace taken back",
    }
}

/// How somebody came in.
pub(crate) const fn entrance(kind: EntranceKind) -> &'static str {
    match kind {
        EntranceKind::Session => "session",
        EntranceKind::Key => "key",
        EntranceKind::CommandLine => "command line",
        EntranceKind::SignIn => "sign-in",
        EntranceKind::System => "system",
    }
}

pub(crate) fn is_refusal(action: Action) -> bool {
    matches!(action, Action::RequestRefused | Action::SignInRefused)
}

/// What was done, in a line.
pub(crate) fn told(event: &AuditEvent) -> String {
    let name = &event.target_name;
    let detail = |field: &str| text(event.details.get(field)).unwrap_or_default();
    match event.action {
        Action::SignedIn => "Signed in".to_owned(),
        Action::SignedOut => "Signed out".to_owned(),
        Action::SessionsEnded => format!("Ended sessions of {name}"),
        Action::SignInRefused => format!("Refused to sign in: {}", detail("reason")),
        Action::RequestRefused => match (text(event.details.get("reason")), &*event.target) {
            (Some(reason), _) => format!("Refused: {reason}"),
            (None, CODE_WANTED) => "Refused: no code of the second factor".to_owned(),
            (None, FACTOR_WANTED) => "Refused: has no second factor".to_owned(),
            (None, scope) if scope.contains(':') => format!("Refused: lacks {scope}"),
            (None, other) => format!("Refused: does not hold {other}"),
        },
        Action::AuditExported => "Exported the audit log".to_owned(),
        Action::AccountCreated => format!("Created the account {name}"),
        Action::SettingsChanged => format!("Changed the settings of {name}"),
        Action::WorkspaceCreated => format!("Created {name}"),
        Action::WorkspaceArchived => format!("Archived {name}"),
        Action::WorkspaceRestored => format!("Restored {name}"),
        Action::MemberInvited => format!("Invited {name}"),
        Action::InvitationLinked => format!("Made an invitation link for {name}"),
        Action::InvitationWithdrawn => format!("Withdrew the invitation of {name}"),
        Action::InvitationAccepted => "Came by invitation".to_owned(),
        Action::RoleChanged => format!("Changed the role of {name}"),
        Action::PassphraseChanged => "Changed their passphrase".to_owned(),
        Action::FactorTurnedOn => "Turned their second factor on".to_owned(),
        Action::FactorTurnedOff => "Turned their second factor off".to_owned(),
        Action::FactorRemoved => format!("Removed the second factor of {name}"),
        Action::RecoveryCodesRenewed => "Made new recovery codes".to_owned(),
        Action::RecoveryCodeUsed => "Used a recovery code".to_owned(),
        Action::MemberAdded => format!("Added {} to {name}", detail("profileName")),
        Action::MemberRemoved => format!("Removed {} from {name}", detail("profileName")),
        Action::KeyIssued => format!("Issued {name}"),
        Action::WorkspaceUpdated | Action::KeyUpdated => format!("Changed {name}"),
        Action::KeyRotated => format!("Rotated {name}"),
        Action::GraceChanged => format!("Changed the grace of {name}"),
        Action::GraceEnded => format!("Ended the grace of {name}"),
        Action::KeyDisabled | Action::PersonDisabled => format!("Disabled {name}"),
        Action::KeyEnabled | Action::PersonEnabled => format!("Enabled {name}"),
        Action::PersonRemoved => format!("Removed {name}"),
        Action::KeyTransferred => format!("Transferred {name}"),
        Action::KeyRevoked => format!("Revoked {name}"),
        Action::WorkspaceGranted => format!("Granted {} to {name}", detail("workspaceName")),
        Action::WorkspaceUngranted => format!("Took {} back from {name}", detail("workspaceName")),
    }
}

/// What there is to say beside it.
pub(crate) fn beside(event: &AuditEvent) -> String {
    let detail = |field: &str| text(event.details.get(field));
    let reason = detail("reason").map(|reason| format!("reason: {reason}"));
    let said = match event.action {
        Action::SignedIn => [event.address.clone(), detail("userAgent").map(program)],
        Action::SignInRefused => [event.address.clone(), None],
        Action::RoleChanged => [turned(&event.details, "role"), None],
        Action::KeyTransferred => [turned(&event.details, "owner"), None],
        Action::RequestRefused => [Some(event.target_name.clone()), repeated(&event.details)],
        Action::KeyRotated => {
            let until = detail("graceUntil").and_then(|end| Timestamp::parse(&end).ok());
            let until = until.map(|end| format!("grace until {}", end.date_and_time()));
            [detail("tokenHint").map(|hint| format!("new {hint}")), until]
        }
        Action::GraceEnded => [
            detail("tokenHint").map(|hint| format!("old {hint}")),
            detail("endWhenQuietFor").map(|_| "it was quiet".to_owned()),
        ],
        _ => {
            let after = event.details.get("after").and_then(Value::as_object);
            let fields = after.map(|after| after.keys().map(|field| spaced(field)));
            [
                fields.map(|fields| fields.collect::<Vec<_>>().join(", ")),
                None,
            ]
        }
    };
    let said = said
        .into_iter()
        .chain([reason.filter(|_| !is_refusal(event.action))]);
    said.flatten().collect::<Vec<_>>().join(", ")
}

/// What was done in a batch, by its last event: the events of one that is no changeset are all alike.
pub(crate) fn told_batch(event: &AuditEvent, batch: &BatchTold) -> String {
    let keys = counted(batch.size, "key", "keys");
    match event.action {
        Action::KeyDisabled => format!("Disabled {keys}"),
        Action::KeyEnabled => format!("Enabled {keys}"),
        Action::KeyRevoked => format!("Revoked {keys}"),
        Action::KeyUpdated if !can_revert(event) => format!("Changed the labels of {keys}"),
        _ => {
            let changes = counted(batch.size, "change", "changes");
            format!("Applied {changes} to the access matrix")
        }
    }
}

/// Whether the batch of this event is a changeset of the matrix, which can be taken back.
pub(crate) fn can_revert(event: &AuditEvent) -> bool {
    let after = event.details.get("after");
    match event.action {
        Action::WorkspaceGranted | Action::WorkspaceUngranted => true,
        Action::KeyUpdated => after.is_some_and(|after| after.get("allWorkspaces").is_some()),
        _ => false,
    }
}

/// What there is to say beside it: what a changeset is about, and why it was.
pub(crate) fn beside_batch(event: &AuditEvent, batch: &BatchTold) -> String {
    let changeset = can_revert(event);
    let keys = batch.keys.filter(|_| changeset);
    let workspaces = batch.workspaces.filter(|_| changeset);
    let reason = text(event.details.get("reason"));
    [
        keys.map(|keys| counted(keys, "key", "keys")),
        workspaces.map(|workspaces| counted(workspaces, "workspace", "workspaces")),
        reason.map(|reason| format!("reason: {reason}")),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

/// A time of day in UTC, with its day where that is another than today's.
pub(crate) fn clock(at: Timestamp, now: Timestamp) -> String {
    const DAY: i64 = 86_400_000;
    let text = at.to_string();
    let clock = text.get(11..19).unwrap_or_default();
    match now.unix_millis().div_euclid(DAY) - at.unix_millis().div_euclid(DAY) {
        0 => clock.to_owned(),
        1 => format!("Yesterday {clock}"),
        _ => format!("{} {clock}", at.date()),
    }
}

/// The ends of a hash.
pub(crate) fn short(hash: &str) -> String {
    match (hash.get(..4), hash.get(hash.len().saturating_sub(4)..)) {
        (Some(start), Some(end)) if hash.len() > 8 => format!("{start}…{end}"),
        _ => hash.to_owned(),
    }
}

/// A field before and after: "member → admin".
fn turned(details: &Map<String, Value>, field: &str) -> Option<String> {
    let side = |side: &str| text(details.get(side)?.get(field));
    Some(format!("{} → {}", side("before")?, side("after")?))
}

fn repeated(details: &Map<String, Value>) -> Option<String> {
    let times = details.get("repeated").and_then(Value::as_u64)?;
    Some(format!(
        "{} more before it",
        counted(times, "time", "times")
    ))
}

/// A browser by its name, for what it says of itself is long.
pub(crate) fn program(user_agent: String) -> String {
    let known = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |list: &[(&str, &'static str)]| {
        let found = list.iter().find(|(part, _)| user_agent.contains(part));
        found.map(|(_, name)| *name)
    };
    match (named(&known), named(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, _) => user_agent,
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    Some(value?.as_str()?.to_owned())
}

/// "expiresAt" as people read it: "expires at".
fn spaced(field: &str) -> String {
    let mut words = String::new();
    for letter in field.chars() {
        if letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// An event of Mira's, about the key etl-nightly.
    pub(super) fn event(action: &str, details: &Value) -> AuditEvent {
        let event = json!({
            "id": "event_00000000000000000000000001",
            "accountId": "account_00000000000000000000000002",
            "sequence": 3,
            "createdAt": "2026-11-18T11:06:42.000Z",
            "actor": {
                "profileId": "profile_00000000000000000000000004",
                "name": "Mira",
                "entrance": "session",
            },
            "action": action,
            "target": "apikey_00000000000000000000000005",
            "targetName": "etl-nightly",
            "details": details,
            "previousHash": "00".repeat(32),
            "hash": "11".repeat(32),
        });
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn a_change_is_told_in_a_line() {
        let details = json!({
            "before": {"name": "ci", "expiresAt": null},
            "after": {"name": "cd", "expiresAt": "2027-01-01T00:00:00.000Z"},
            "reason": "a new name",
        });
        let event = event("api_key.updated", &details);
        assert_eq!(told(&event), "Changed etl-nightly");
        assert_eq!(beside(&event), "expires at, name, reason: a new name");
    }

    #[test]
    fn a_refusal_is_told_by_what_was_missing_or_wrong() {
        let told = |target: &str, details| {
            let event = AuditEvent {
                target: target.to_owned(),
                ..event("request.refused", &details)
            };
            (told(&event), beside(&event))
        };
        for (target, reason, line) in [
            (CODE_WANTED, None, "Refused: no code of the second factor"),
            (CODE_WANTED, Some("wrong code"), "Refused: wrong code"),
            (FACTOR_WANTED, None, "Refused: has no second factor"),
            ("api_keys:manage", None, "Refused: lacks api_keys:manage"),
        ] {
            let details = match reason {
                Some(reason) => json!({ "reason": reason }),
                None => json!({}),
            };
            let told = told(target, details);
            assert_eq!(told, (line.to_owned(), "etl-nightly".to_owned()));
        }
    }

    #[test]
    fn a_batch_is_told_by_what_it_did() {
        let batch = BatchTold {
            size: 3,
            keys: Some(3),
            workspaces: Some(0),
        };
        let told = |action, details| told_batch(&event(action, &details), &batch);
        assert_eq!(told("api_key.disabled", json!({})), "Disabled 3 keys");
        let labels = json!({"before": {"labels": {}}, "after": {"labels": {"env": "prod"}}});
        assert_eq!(
            told("api_key.updated", labels),
            "Changed the labels of 3 keys"
        );
        let reach = json!({"before": {"allWorkspaces": true}, "after": {"allWorkspaces": false}});
        for (action, details) in [("api_key.updated", reach), ("grant.added", json!({}))] {
            assert_eq!(
                told(action, details),
                "Applied 3 changes to the access matrix"
            );
        }
    }

    #[test]
    fn a_time_is_told_with_its_day_where_that_is_not_today() {
        let at = |text| Timestamp::parse(text).unwrap();
        let now = at("2026-11-18T11:06:42Z");
        assert_eq!(clock(at("2026-11-18T00:00:01Z"), now), "00:00:01");
        assert_eq!(clock(at("2026-11-17T23:59:59Z"), now), "Yesterday 23:59:59");
        assert_eq!(
            clock(at("2026-11-01T09:00:00Z"), now),
            "1 Nov 2026 09:00:00"
        );
    }

    #[test]
    fn a_browser_is_told_by_its_name() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36";
        assert_eq!(program(chrome.to_owned()), "Chrome on Linux");
        assert_eq!(program("curl/8.9".to_owned()), "curl/8.9");
    }
}
