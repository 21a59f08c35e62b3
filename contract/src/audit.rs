//! The audit log as it travels.

use serde::{Deserialize, Serialize};

use crate::{BatchId, EventId, ProfileId, Timestamp};

/// Who did what to which thing, when, from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    pub id: EventId,
    pub created_at: Timestamp,
    pub actor: Actor,
    pub action: Action,
    /// The id of what was acted on, in its wire form.
    pub target: String,
    /// Its name at that moment.
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
    /// What changed, in the words of the fields; never a secret.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required, value_type = Object))]
    pub details: serde_json::Map<String, serde_json::Value>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntranceKind {
    Session,
    Key,
    CommandLine,
}

macro_rules! actions {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// What was done. The texts are stored and published; they never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Action {
            $(#[serde(rename = $text)] $name,)*
        }

        impl Action {
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
    SignedIn = "session.started",
    SignedOut = "session.ended",
    WorkspaceCreated = "workspace.created",
    WorkspaceUpdated = "workspace.updated",
    WorkspaceArchived = "workspace.archived",
    WorkspaceRestored = "workspace.restored",
    MemberInvited = "profile.invited",
    MemberAdded = "member.added",
    MemberRemoved = "member.removed",
    KeyIssued = "api_key.issued",
    KeyUpdated = "api_key.updated",
    KeyRotated = "api_key.rotated",
    KeyDisabled = "api_key.disabled",
    KeyEnabled = "api_key.enabled",
    KeyRevoked = "api_key.revoked",
    WorkspaceGranted = "grant.added",
    WorkspaceUngranted = "grant.removed",
}
