//! What is answered. Optional fields are absent, never null; `labels` and `spec` are always there.

use serde::{Deserialize, Serialize};

use crate::{
    AccountId, ApiKeyId, Invalid, Labels, MemberId, Period, Permissions, ProfileId, Timestamp,
    WorkspaceId,
};

/// What every resource of an account carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Metadata<Id> {
    pub id: Id,
    pub account_id: AccountId,
    pub name: String,
    /// The profile that created the resource.
    pub profile_id: ProfileId,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub labels: Labels,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BareMetadata<Id> {
    pub id: Id,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    pub metadata: Metadata<ApiKeyId>,
    pub spec: ApiKeySpec,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<ApiKeyInfo>,
    pub state: KeyState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum KeyState {
    #[serde(rename = "STATE_ENABLED")]
    Enabled,
    #[serde(rename = "STATE_DISABLED")]
    Disabled,
    /// For good. Only a list that asks for it has such keys.
    #[serde(rename = "STATE_REVOKED")]
    Revoked,
}

impl KeyState {
    /// As it stands in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "STATE_ENABLED",
            Self::Disabled => "STATE_DISABLED",
            Self::Revoked => "STATE_REVOKED",
        }
    }

    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let all = [Self::Enabled, Self::Disabled, Self::Revoked];
        let found = all.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| Invalid::new("use STATE_ENABLED, STATE_DISABLED or STATE_REVOKED"))
    }
}

/// There is no `token` here: the answers of issue and rotate add it, and nothing else can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiKeySpec {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub permissions: Permissions,
    /// The auto-provisioned global account key: it can be rotated, not deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub system: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_workspaces: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyInfo {
    pub created_by: Profile,
    /// Up to five, for "Workspace 1, Workspace 2, and 4 more".
    pub workspaces_preview: Vec<BareMetadata<WorkspaceId>>,
    pub workspaces_total: u64,
    /// The creator until the key is transferred.
    pub owner: Profile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// Enough of the token to recognise it by, too little to guess it from.
    pub token_hint: String,
    /// The token before, while it is still good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retiring_token: Option<RetiringToken>,
    /// Why it is disabled, while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<Stopped>,
    /// Why it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Stopped>,
}

/// Who stopped a key, when, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stopped {
    pub at: Timestamp,
    pub by: Profile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::text::Reason>))]
    pub reason: Option<String>,
}

/// A token that was rotated away and is good for a while yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RetiringToken {
    pub hint: String,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// It ends sooner when it was not used for so long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_when_quiet_for: Option<Period>,
    /// When the token after it was made, and by whom.
    pub rotated_at: Timestamp,
    pub rotated_by: Profile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    pub metadata: Metadata<ProfileId>,
    pub spec: ProfileSpec,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileSpec {
    #[serde(rename = "type")]
    pub kind: ProfileType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A person who cannot sign in at present. Their keys go on working.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProfileType {
    #[serde(rename = "PROFILE_TYPE_USER")]
    User,
    #[serde(rename = "PROFILE_TYPE_API_KEY")]
    ApiKey,
    #[serde(rename = "PROFILE_TYPE_SYSTEM")]
    System,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Workspace {
    pub metadata: Metadata<WorkspaceId>,
    pub spec: WorkspaceSpec,
    pub status: WorkspaceStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<WorkspaceInfo>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceSpec {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WorkspaceStatus {
    #[serde(rename = "STATUS_ENABLED")]
    Enabled,
    #[serde(rename = "STATUS_DISABLED")]
    Disabled,
    #[serde(rename = "STATUS_ARCHIVED")]
    Archived,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceInfo {
    pub created_by: Profile,
    /// Keys that reach it: granted, or through "all workspaces".
    pub api_keys_total: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceMember {
    pub actor_id: MemberId,
    pub profile_id: ProfileId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    pub metadata: Metadata<AccountId>,
    pub spec: AccountSpec,
    pub info: AccountInfo,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccountSpec {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_email: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccountInfo {
    /// The key that reaches everything in the account, without its token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub global_api_key: Option<ApiKey>,
}

/// A key in the one answer that carries its token: that of issue and that of rotate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevealedApiKey {
    pub metadata: Metadata<ApiKeyId>,
    pub spec: RevealedApiKeySpec,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<ApiKeyInfo>,
    pub state: KeyState,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevealedApiKeySpec {
    pub token: RevealedToken,
    #[serde(flatten)]
    pub spec: ApiKeySpec,
}

impl RevealedApiKey {
    pub fn new(key: ApiKey, token: RevealedToken) -> Self {
        let ApiKey {
            metadata,
            spec,
            info,
            state,
        } = key;
        Self {
            metadata,
            spec: RevealedApiKeySpec { token, spec },
            info,
            state,
        }
    }
}

/// A token on its way to the person who will keep it: cleared from memory when dropped, and
/// printed by nothing but [`RevealedToken::expose`].
#[derive(
    Clone, PartialEq, Eq, Serialize, Deserialize, zeroize::Zeroize, zeroize::ZeroizeOnDrop,
)]
#[serde(transparent)]
pub struct RevealedToken(String);

impl RevealedToken {
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for RevealedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RevealedToken(…)")
    }
}
