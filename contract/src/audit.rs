//! The audit log as it travels.

mod page;

use serde::{Deserialize, Serialize};

use crate::{AccountId, BatchId, EventHash, EventId, ProfileId, Timestamp};

pub use page::{AuditEntry, AuditQuery, AuditView, BatchTold, EntryOpen, Person, Verified};

/// Who did what to which thing, when, from where.
///
/// Its JSON is what is hashed, see [`AuditEvent::canonical`]. A field that is added is optional and left
/// out where it is not set, or the events before it would no longer be what they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    pub id: EventId,
    pub account_id: AccountId,
    /// Which event of the account it is; the first is 1.
    pub sequence: u64,
    pub created_at: Timestamp,
    pub actor: Actor,
    pub action: Action,
    /// The id of what was acted on, in its wire form; of a refused request, what was missing.
    pub target: String,
    /// Its name at that moment; of a refused request, the request.
    pub target_name: String,
    /// Events of one changeset share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<BatchId>,
    /// The request that did it, as its answer and the log name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What changed, in the words of the fields, as `before` and `after` where there are both, and the
    /// `reason` that was given; never a secret.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required, value_type = Object))]
    pub details: serde_json::Map<String, serde_json::Value>,
    /// The hash of the account's event before it; zeros before the first.
    pub previous_hash: EventHash,
    /// SHA-256 over this event without this field, as JSON with sorted members and no white space.
    pub hash: EventHash,
}

impl AuditEvent {
    /// What is hashed: the event's JSON without `hash`, every object's members sorted by name, no white
    /// space, in UTF-8 (RFC 8785, of which numbers other than integers do not occur here).
    ///
    /// # Panics
    /// Never: JSON cannot take maps whose keys are no texts, and there are none.
    pub fn canonical(&self) -> String {
        let event = serde_json::to_value(self).map(|mut event| {
            if let Some(fields) = event.as_object_mut() {
                fields.remove("hash");
            }
            event.to_string()
        });
        event.expect("an event is JSON")
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    pub profile_id: ProfileId,
    pub name: String,
    pub entrance: EntranceKind,
}

/// The way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntranceKind {
    Session,
    Key,
    CommandLine,
    /// Nobody came in: somebody tried to sign in as the actor.
    SignIn,
    /// Keyrack itself.
    System,
}

impl EntranceKind {
    pub const ALL: [Self; 5] = [
        Self::Session,
        Self::Key,
        Self::CommandLine,
        Self::SignIn,
        Self::System,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Key => "key",
            Self::CommandLine => "command_line",
            Self::SignIn => "sign_in",
            Self::System => "system",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

macro_rules! actions {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// What was done. The texts are stored and published; they never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Action {
            $(#[serde(rename = $text)] $name,)*
        }

        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

actions! {
    AccountCreated = "account.created",
    SettingsChanged = "account.settings_changed",
    SignedIn = "session.started",
    SignedOut = "session.ended",
    SessionsEnded = "session.revoked",
    SignInRefused = "session.refused",
    RequestRefused = "request.refused",
    AuditExported = "audit.exported",
    WorkspaceCreated = "workspace.created",
    WorkspaceUpdated = "workspace.updated",
    WorkspaceArchived = "workspace.archived",
    WorkspaceRestored = "workspace.restored",
    MemberInvited = "profile.invited",
    InvitationLinked = "profile.invitation_linked",
    InvitationWithdrawn = "profile.invitation_withdrawn",
    InvitationAccepted = "profile.joined",
    RoleChanged = "profile.role_changed",
    PassphraseChanged = "profile.passphrase_changed",
    FactorTurnedOn = "profile.factor_turned_on",
    FactorTurnedOff = "profile.factor_turned_off",
    FactorRemoved = "profile.factor_removed",
    RecoveryCodesRenewed = "profile.recovery_codes_renewed",
    RecoveryCodeUsed = "profile.recovery_code_used",
    PersonDisabled = "profile.disabled",
    PersonEnabled = "profile.enabled",
    PersonRemoved = "profile.removed",
    MemberAdded = "member.added",
    MemberRemoved = "member.removed",
    KeyIssued = "api_key.issued",
    KeyUpdated = "api_key.updated",
    KeyRotated = "api_key.rotated",
    GraceChanged = "api_key.grace_changed",
    GraceEnded = "api_key.grace_ended",
    KeyDisabled = "api_key.disabled",
    KeyEnabled = "api_key.enabled",
    KeyRevoked = "api_key.revoked",
    KeyTransferred = "api_key.transferred",
    WorkspaceGranted = "grant.added",
    WorkspaceUngranted = "grant.removed",
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_canonical_form_is_the_json_without_the_hash_sorted() {
        let event = json!({
            "id": "event_00000000000000000000000001",
            "accountId": "account_00000000000000000000000002",
            "sequence": 3,
            "createdAt": "2026-11-18T11:06:42.000Z",
            "actor": {
                "profileId": "profile_00000000000000000000000004",
                "name": "Mira \"L\" \u{1}",
                "entrance": "session",
            },
            "action": "api_key.updated",
            "target": "apikey_00000000000000000000000005",
            "targetName": "etl–nightly",
            "details": {"b": {"z": [2, 1], "a": null}, "a": true},
            "previousHash": EventHash::NOTHING,
            "hash": "11".repeat(32),
        });
        let event: AuditEvent = serde_json::from_value(event).unwrap();
        let zeros = "0".repeat(64);
        // Written down in full: whoever verifies the chain elsewhere relies on every byte of it.
        let canonical = format!(
            "{}{}{}{}{}{}",
            r#"{"accountId":"account_00000000000000000000000002","action":"api_key.updated","#,
            r#""actor":{"entrance":"session","name":"Mira \"L\" \u0001","profileId":"profile_00000000000000000000000004"},"#,
            r#""createdAt":"2026-11-18T11:06:42.000Z","details":{"a":true,"b":{"a":null,"z":[2,1]}},"#,
            r#""id":"event_00000000000000000000000001","#,
            format_args!(r#""previousHash":"{zeros}","sequence":3,"#),
            r#""target":"apikey_00000000000000000000000005","targetName":"etl–nightly"}"#,
        );
        assert_eq!(event.canonical(), canonical);
    }
}
