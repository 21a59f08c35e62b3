//! What is asked. Each wire form has a parsed twin: the wire form is what a client may send, the
//! twin is what a use case takes, and only `TryFrom` leads from one to the other, naming every
//! refused field at once.
//!
//! Unknown fields are refused; output-only ones are ignored, so that a resource that was read can
//! be sent back.

mod access;
mod keys;
mod lists;
mod mask;
#[cfg(test)]
mod tests;
mod verify;
mod workspaces;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::{Error, Refusals};
use crate::text::{Description, ExternalId};
use crate::{ApiKeyId, Labels, Permissions, ProfileId, WorkspaceId};

pub use access::{ApplyAccess, Cell, CellInput, Changeset, MAX_CELLS, RevertAccess};
pub use keys::{
    ApiKeySpecInput, CreateApiKey, GrantWorkspace, IssueKey, KeyChanges, Rotate, RotateApiKey,
    UpdateApiKey,
};
pub use lists::{ListEvents, ListKeys, ListProfiles, ListWorkspaces};
pub use verify::{
    AskedWorkspace, MAX_QUESTIONS, PresentedToken, Question, Verify, VerifyToken, VerifyTokens,
};
pub use workspaces::{
    AddMember, CreateWorkspace, NewMember, NewWorkspace, UpdateWorkspace, WorkspaceChanges,
    WorkspaceSpecInput,
};

/// `metadata` as a client sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetadataInput {
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::text::KeyName>))]
    pub name: Option<String>,
    /// The caller's own id, unique per account and kind. Empty is none.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ExternalId>))]
    pub external_id: Option<String>,
    /// In an update they replace the labels there were, as a whole.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Labels>))]
    pub labels: Option<BTreeMap<String, String>>,
    #[serde(default, rename = "id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _id: IgnoredAny,
    #[serde(default, rename = "accountId")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _account_id: IgnoredAny,
    #[serde(default, rename = "profileId")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _profile_id: IgnoredAny,
    #[serde(default, rename = "createdAt")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _created_at: IgnoredAny,
}

/// What of `metadata` an update may name.
const METADATA_PATHS: [&str; 3] = ["metadata.name", "metadata.externalId", "metadata.labels"];

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

/// Like [`key_id`].
pub fn profile_id(text: &str) -> Result<ProfileId, Error> {
    text.parse().map_err(|_| crate::error::not_found("profile"))
}
