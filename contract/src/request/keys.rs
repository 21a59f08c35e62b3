//! What is asked about keys.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::mask::Mask;
use super::{
    METADATA_PATHS, MetadataInput, description, external_id, labels, permissions, workspace_ids,
};
use crate::error::{Error, Invalid, Refusals};
#[cfg(feature = "openapi")]
use crate::text::Description;
use crate::text::{ExternalId, KeyName};
use crate::{Labels, Permissions, Timestamp, WorkspaceId};

/// `spec` of a key as a client sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiKeySpecInput {
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Description>))]
    pub description: Option<String>,
    /// Nothing is granted that is not named here.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Permissions>))]
    pub permissions: Option<Vec<String>>,
    /// In the future. Without it a new key lasts as long as the settings of the account say, which is for ever
    /// unless they say otherwise.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    pub expires_at: Option<String>,
    /// Until it is revoked, whatever the settings say of keys in general. Not together with `expiresAt`.
    pub never_expires: Option<bool>,
    /// Every workspace, present and future.
    pub all_workspaces: Option<bool>,
    #[serde(default, rename = "token")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _token: IgnoredAny,
    #[serde(default, rename = "system")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _system: IgnoredAny,
}

/// `POST /v1/account/api_keys`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateApiKey {
    #[serde(default, deserialize_with = "super::object")]
    pub metadata: MetadataInput,
    #[serde(default, deserialize_with = "super::object")]
    pub spec: ApiKeySpecInput,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<WorkspaceId>))]
    pub initial_workspace_ids: Vec<String>,
    #[serde(default, rename = "state")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _state: IgnoredAny,
    #[serde(default, rename = "info")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _info: IgnoredAny,
}

/// A key to be issued.
#[derive(Clone, Debug)]
pub struct IssueKey {
    pub name: KeyName,
    pub external_id: Option<ExternalId>,
    pub labels: Labels,
    pub description: Option<String>,
    pub permissions: Permissions,
    pub workspaces: BTreeSet<WorkspaceId>,
    pub all_workspaces: bool,
    pub expiry: Expiry,
}

/// When a new key ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    /// As the settings of the account say.
    #[default]
    Usual,
    /// When it is revoked.
    Never,
    At(Timestamp),
}

impl ApiKeySpecInput {
    /// `None` where it was refused.
    fn expiry(&self, refusals: &mut Refusals) -> Option<Expiry> {
        let at = refusals.take_optional(
            "spec.expiresAt",
            self.expires_at.as_deref(),
            Timestamp::parse,
        )?;
        match (at, self.never_expires.unwrap_or_default()) {
            (Some(_), true) => {
                let refused = Invalid::new("leave it out, for there is an expiresAt");
                refusals.push(refused.at("spec.neverExpires"));
                None
            }
            (Some(at), false) => Some(Expiry::At(at)),
            (None, true) => Some(Expiry::Never),
            (None, false) => Some(Expiry::Usual),
        }
    }
}

impl TryFrom<CreateApiKey> for IssueKey {
    type Error = Error;

    fn try_from(wire: CreateApiKey) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let name = refusals.take(
            "metadata.name",
            KeyName::parse(wire.metadata.name.as_deref().unwrap_or_default()),
        );
        let external_id = external_id(&mut refusals, &wire.metadata);
        let labels = labels(&mut refusals, wire.metadata.labels);
        let description = description(&mut refusals, wire.spec.description.as_deref());
        let permissions = permissions(
            &mut refusals,
            wire.spec.permissions.as_deref().unwrap_or_default(),
        );
        let expiry = wire.spec.expiry(&mut refusals);
        let workspaces = workspace_ids(
            &mut refusals,
            "initialWorkspaceIds",
            &wire.initial_workspace_ids,
        );
        let (
            Some(name),
            Some(external_id),
            Some(labels),
            Some(description),
            Some(permissions),
            Some(expiry),
            Some(workspaces),
        ) = (
            name,
            external_id,
            labels,
            description,
            permissions,
            expiry,
            workspaces,
        )
        else {
            return Err(refusals.into());
        };
        let all_workspaces = wire.spec.all_workspaces.unwrap_or_default();
        Ok(Self {
            name,
            external_id,
            labels,
            description,
            permissions,
            workspaces,
            all_workspaces,
            expiry,
        })
    }
}

/// `PATCH /v1/account/api_keys/{id}`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateApiKey {
    #[serde(default, deserialize_with = "super::object")]
    pub metadata: MetadataInput,
    #[serde(default, deserialize_with = "super::object")]
    pub spec: ApiKeySpecInput,
    /// A comma-separated list of `metadata.name`, `metadata.externalId`, `metadata.labels`,
    /// `spec.description`, `spec.permissions`, `spec.expiresAt`, `spec.allWorkspaces`, or a parent.
    /// What it names and the body lacks is cleared. Without it, the fields present are changed.
    pub update_mask: Option<String>,
    #[serde(default, rename = "state")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _state: IgnoredAny,
    #[serde(default, rename = "info")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _info: IgnoredAny,
}

/// What to change of a key; `None` leaves a field as it is, an inner `None` clears it.
#[derive(Clone, Debug, Default)]
pub struct KeyChanges {
    pub name: Option<KeyName>,
    pub external_id: Option<Option<ExternalId>>,
    pub labels: Option<Labels>,
    pub description: Option<Option<String>>,
    pub permissions: Option<Permissions>,
    pub expires_at: Option<Option<Timestamp>>,
    pub all_workspaces: Option<bool>,
}

const KEY_SPEC_PATHS: [&str; 4] = [
    "spec.description",
    "spec.permissions",
    "spec.expiresAt",
    "spec.allWorkspaces",
];

impl TryFrom<UpdateApiKey> for KeyChanges {
    type Error = Error;

    fn try_from(wire: UpdateApiKey) -> Result<Self, Error> {
        let mask = Mask::parse(
            wire.update_mask.as_deref(),
            &[&METADATA_PATHS, &KEY_SPEC_PATHS],
        )?;
        let UpdateApiKey { metadata, spec, .. } = wire;
        let mut refusals = Refusals::default();
        let mut changes = Self::default();
        if mask.covers("metadata.name", metadata.name.is_some()) {
            changes.name = refusals.take(
                "metadata.name",
                KeyName::parse(metadata.name.as_deref().unwrap_or_default()),
            );
        }
        if mask.covers("metadata.externalId", metadata.external_id.is_some()) {
            changes.external_id = external_id(&mut refusals, &metadata);
        }
        if mask.covers("metadata.labels", metadata.labels.is_some()) {
            changes.labels = labels(&mut refusals, metadata.labels);
        }
        if mask.covers("spec.description", spec.description.is_some()) {
            changes.description = description(&mut refusals, spec.description.as_deref());
        }
        if mask.covers("spec.permissions", spec.permissions.is_some()) {
            changes.permissions = permissions(
                &mut refusals,
                spec.permissions.as_deref().unwrap_or_default(),
            );
        }
        let said = spec.expires_at.is_some() || spec.never_expires == Some(true);
        if mask.covers("spec.expiresAt", said) {
            changes.expires_at = spec.expiry(&mut refusals).map(|expiry| match expiry {
                Expiry::At(at) => Some(at),
                Expiry::Usual | Expiry::Never => None,
            });
        }
        if mask.covers("spec.allWorkspaces", spec.all_workspaces.is_some()) {
            changes.all_workspaces = Some(spec.all_workspaces.unwrap_or_default());
        }
        if refusals.is_empty() {
            Ok(changes)
        } else {
            Err(refusals.into())
        }
    }
}

/// `{workspaceId}`: the body that grants a workspace to a key.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantWorkspace {
    #[cfg_attr(feature = "openapi", schema(value_type = WorkspaceId))]
    pub workspace_id: String,
}

impl GrantWorkspace {
    pub fn parse(&self) -> Result<WorkspaceId, Error> {
        self.workspace_id
            .parse()
            .map_err(|invalid: Invalid| invalid.at("workspaceId").into())
    }
}
