//! The verdict on a token: good for what was asked, or the first reason why not.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::{ApiKeyId, Labels, Permissions, ProfileId, Timestamp, WorkspaceId};

/// How many workspaces a verdict names; there may be more.
pub const NAMED_WORKSPACES: usize = 100;

/// The first check that failed, in the order of the checks. The texts are published; they never
/// change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Denial {
    /// No token looks like this.
    Malformed,
    /// No token of this account is this one.
    Unknown,
    /// Its key was revoked, or it was rotated away.
    Revoked,
    /// Its key is disabled.
    Disabled,
    /// Its key has expired.
    Expired,
    /// There is no such workspace.
    WorkspaceUnknown,
    WorkspaceArchived,
    WorkspaceNotGranted,
    PermissionMissing,
}

impl Denial {
    pub const ALL: [Self; 9] = [
        Self::Malformed,
        Self::Unknown,
        Self::Revoked,
        Self::Disabled,
        Self::Expired,
        Self::WorkspaceUnknown,
        Self::WorkspaceArchived,
        Self::WorkspaceNotGranted,
        Self::PermissionMissing,
    ];

    /// As it is written on every wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED",
            Self::Unknown => "UNKNOWN",
            Self::Revoked => "REVOKED",
            Self::Disabled => "DISABLED",
            Self::Expired => "EXPIRED",
            Self::WorkspaceUnknown => "WORKSPACE_UNKNOWN",
            Self::WorkspaceArchived => "WORKSPACE_ARCHIVED",
            Self::WorkspaceNotGranted => "WORKSPACE_NOT_GRANTED",
            Self::PermissionMissing => "PERMISSION_MISSING",
        }
    }

    /// Whether the token itself is refused, whatever it is asked for.
    pub const fn is_of_token(self) -> bool {
        matches!(
            self,
            Self::Malformed | Self::Unknown | Self::Revoked | Self::Disabled | Self::Expired
        )
    }
}

/// The answer to a verification.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Verdict {
    Valid(Written),
    Invalid(InvalidToken),
}

/// A good token, and what its key is and may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ValidToken {
    /// Always true.
    pub valid: bool,
    pub api_key: VerifiedKey,
    /// The key's own principal.
    pub profile_id: ProfileId,
    pub permissions: Permissions,
    pub all_workspaces: bool,
    /// At most 100 of those that it was granted.
    pub workspace_ids: Vec<WorkspaceId>,
    /// How many it was granted.
    pub workspaces_total: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Present, and true, for a token that was rotated away and is good for a while yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retiring: bool,
}

/// The JSON of a [`ValidToken`], for it is told over and over and changes seldom. Clones share it.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Written(Arc<RawValue>);

impl Written {
    pub fn new(token: &ValidToken) -> serde_json::Result<Self> {
        Ok(Self(to_raw_value(token)?.into()))
    }

    pub fn text(&self) -> &str {
        self.0.get()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct VerifiedKey {
    pub id: ApiKeyId,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub labels: Labels,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvalidToken {
    /// Always false.
    pub valid: bool,
    pub code: Denial,
}

impl From<Denial> for Verdict {
    fn from(code: Denial) -> Self {
        Self::Invalid(InvalidToken { valid: false, code })
    }
}

/// Verdicts on several tokens, in the order of the questions.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdicts {
    pub verdicts: Vec<Verdict>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_written_the_same_everywhere() {
        for code in Denial::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
