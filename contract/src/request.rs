//! What is asked. Each wire form has a parsed twin: the wire form is what a client may send, the
//! twin is what a use case takes, and only `TryFrom` leads from one to the other, naming every
//! refused field at once.
//!
//! Unknown fields are refused; output-only ones are ignored, so that a resource that was read can
//! be sent back.

mod mask;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::{Error, Invalid, Refusals};
use crate::page::{PageRequest, SortOrder};
use crate::text::{Description, ExternalId, KeyName, WorkspaceName};
use crate::{ApiKeyId, Labels, Permissions, Timestamp, WorkspaceId};

use mask::Mask;

/// `metadata` as a client sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MetadataInput {
    pub name: Option<String>,
    pub external_id: Option<String>,
    pub labels: Option<BTreeMap<String, String>>,
    #[serde(rename = "id")]
    _id: IgnoredAny,
    #[serde(rename = "accountId")]
    _account_id: IgnoredAny,
    #[serde(rename = "profileId")]
    _profile_id: IgnoredAny,
    #[serde(rename = "createdAt")]
    _created_at: IgnoredAny,
}

/// `spec` of a key as a client sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ApiKeySpecInput {
    pub description: Option<String>,
    pub permissions: Option<Vec<String>>,
    pub expires_at: Option<String>,
    pub all_workspaces: Option<bool>,
    #[serde(rename = "token")]
    _token: IgnoredAny,
    #[serde(rename = "system")]
    _system: IgnoredAny,
}

/// `POST /v1/account/api_keys`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CreateApiKey {
    pub metadata: MetadataInput,
    pub spec: ApiKeySpecInput,
    pub initial_workspace_ids: Vec<String>,
    #[serde(rename = "state")]
    _state: IgnoredAny,
    #[serde(rename = "info")]
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
    /// `None`: never.
    pub expires_at: Option<Timestamp>,
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
        let expires_at = refusals.take_optional(
            "spec.expiresAt",
            wire.spec.expires_at.as_deref(),
            Timestamp::parse,
        );
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
            Some(expires_at),
            Some(workspaces),
        ) = (
            name,
            external_id,
            labels,
            description,
            permissions,
            expires_at,
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
            expires_at,
        })
    }
}

/// `PATCH /v1/account/api_keys/{id}`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct UpdateApiKey {
    pub metadata: MetadataInput,
    pub spec: ApiKeySpecInput,
    pub update_mask: Option<String>,
    #[serde(rename = "state")]
    _state: IgnoredAny,
    #[serde(rename = "info")]
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

const METADATA_PATHS: [&str; 3] = ["metadata.name", "metadata.externalId", "metadata.labels"];
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
        if mask.covers("spec.expiresAt", spec.expires_at.is_some()) {
            changes.expires_at = refusals.take_optional(
                "spec.expiresAt",
                spec.expires_at.as_deref(),
                Timestamp::parse,
            );
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

/// A workspace to be made.
#[derive(Clone, Debug)]
pub struct NewWorkspace {
    pub name: WorkspaceName,
    pub external_id: Option<ExternalId>,
    pub labels: Labels,
    pub description: Option<String>,
}

/// What to change of a workspace; read as [`KeyChanges`].
#[derive(Clone, Debug, Default)]
pub struct WorkspaceChanges {
    pub name: Option<WorkspaceName>,
    pub external_id: Option<Option<ExternalId>>,
    pub labels: Option<Labels>,
    pub description: Option<Option<String>>,
}

/// `{workspaceId}`: the body that grants a workspace to a key.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantWorkspace {
    pub workspace_id: String,
}

impl GrantWorkspace {
    pub fn parse(&self) -> Result<WorkspaceId, Error> {
        self.workspace_id
            .parse()
            .map_err(|invalid: Invalid| invalid.at("workspaceId").into())
    }
}

/// Which keys a list holds.
#[derive(Clone, Debug, Default)]
pub struct ListKeys {
    pub page: PageRequest,
    pub order: SortOrder,
    /// The beginning of the id.
    pub prefix: Option<String>,
    /// A part of the name, description, external id or token hint, in any case.
    pub query: Option<String>,
    /// Every pair must match.
    pub labels: Labels,
    pub include_info: bool,
}

/// Which workspaces a list holds.
#[derive(Clone, Debug, Default)]
pub struct ListWorkspaces {
    pub page: PageRequest,
    pub order: SortOrder,
    /// Every pair must match.
    pub labels: Labels,
    pub include_archived: bool,
    pub include_info: bool,
}

/// An empty external id is none.
fn external_id(refusals: &mut Refusals, metadata: &MetadataInput) -> Option<Option<ExternalId>> {
    let text = metadata
        .external_id
        .as_deref()
        .filter(|text| !text.trim().is_empty());
    refusals.take_optional("metadata.externalId", text, ExternalId::parse)
}

fn labels(refusals: &mut Refusals, labels: Option<BTreeMap<String, String>>) -> Option<Labels> {
    Labels::parse("metadata.labels", labels.unwrap_or_default())
        .map_err(|refused| refusals.push(refused))
        .ok()
}

fn description(refusals: &mut Refusals, text: Option<&str>) -> Option<Option<String>> {
    refusals
        .take_optional("spec.description", text, Description::parse)
        .map(|description| description.and_then(Description::into_option))
}

fn permissions(refusals: &mut Refusals, texts: &[String]) -> Option<Permissions> {
    Permissions::parse("spec.permissions", texts)
        .map_err(|refused| refusals.push(refused))
        .ok()
}

fn workspace_ids(
    refusals: &mut Refusals,
    field: &str,
    texts: &[String],
) -> Option<BTreeSet<WorkspaceId>> {
    let mut ids = BTreeSet::new();
    let mut good = true;
    for (index, text) in texts.iter().enumerate() {
        match refusals.take(&format!("{field}[{index}]"), text.parse()) {
            Some(id) => drop(ids.insert(id)),
            None => good = false,
        }
    }
    good.then_some(ids)
}

/// Reads an id that stands in a path. What is not an id names nothing, so it answers as a thing
/// that does not exist.
pub fn key_id(text: &str) -> Result<ApiKeyId, Error> {
    text.parse().map_err(|_| crate::error::not_found("key"))
}

/// Like [`key_id`].
pub fn workspace_id(text: &str) -> Result<WorkspaceId, Error> {
    text.parse()
        .map_err(|_| crate::error::not_found("workspace"))
}
