//! What is asked about workspaces and their members.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::mask::Mask;
use super::{METADATA_PATHS, MetadataInput, description, external_id, labels};
use crate::error::{Error, Invalid, Refusals};
#[cfg(feature = "openapi")]
use crate::text::Description;
use crate::text::{Email, ExternalId, WorkspaceName};
use crate::{Labels, ProfileId};

/// `spec` of a workspace as a client sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkspaceSpecInput {
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Description>))]
    pub description: Option<String>,
}

/// `POST /v1/account/workspaces`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateWorkspace {
    #[serde(default, deserialize_with = "super::object")]
    pub metadata: MetadataInput,
    #[serde(default, deserialize_with = "super::object")]
    pub spec: WorkspaceSpecInput,
    #[serde(default, rename = "status")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _status: IgnoredAny,
    #[serde(default, rename = "info")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _info: IgnoredAny,
}

/// A workspace to be made.
#[derive(Clone, Debug)]
pub struct NewWorkspace {
    pub name: WorkspaceName,
    pub external_id: Option<ExternalId>,
    pub labels: Labels,
    pub description: Option<String>,
}

impl TryFrom<CreateWorkspace> for NewWorkspace {
    type Error = Error;

    fn try_from(wire: CreateWorkspace) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let name = refusals.take(
            "metadata.name",
            WorkspaceName::parse(wire.metadata.name.as_deref().unwrap_or_default()),
        );
        let external_id = external_id(&mut refusals, &wire.metadata);
        let labels = labels(&mut refusals, wire.metadata.labels);
        let description = description(&mut refusals, wire.spec.description.as_deref());
        match (name, external_id, labels, description) {
            (Some(name), Some(external_id), Some(labels), Some(description)) => Ok(Self {
                name,
                external_id,
                labels,
                description,
            }),
            _ => Err(refusals.into()),
        }
    }
}

/// `PATCH /v1/account/workspaces/{workspaceId}`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateWorkspace {
    #[serde(default, deserialize_with = "super::object")]
    pub metadata: MetadataInput,
    #[serde(default, deserialize_with = "super::object")]
    pub spec: WorkspaceSpecInput,
    /// A comma-separated list of `metadata.name`, `metadata.externalId`, `metadata.labels`,
    /// `spec.description`, or a parent. What it names and the body lacks is cleared. Without it, the
    /// fields present are changed.
    pub update_mask: Option<String>,
    #[serde(default, rename = "status")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _status: IgnoredAny,
    #[serde(default, rename = "info")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>, read_only))]
    _info: IgnoredAny,
}

/// What to change of a workspace; read as [`super::KeyChanges`].
#[derive(Clone, Debug, Default)]
pub struct WorkspaceChanges {
    pub name: Option<WorkspaceName>,
    pub external_id: Option<Option<ExternalId>>,
    pub labels: Option<Labels>,
    pub description: Option<Option<String>>,
}

impl TryFrom<UpdateWorkspace> for WorkspaceChanges {
    type Error = Error;

    fn try_from(wire: UpdateWorkspace) -> Result<Self, Error> {
        let mask = Mask::parse(
            wire.update_mask.as_deref(),
            &[&METADATA_PATHS, &["spec.description"]],
        )?;
        let UpdateWorkspace { metadata, spec, .. } = wire;
        let mut refusals = Refusals::default();
        let mut changes = Self::default();
        if mask.covers("metadata.name", metadata.name.is_some()) {
            changes.name = refusals.take(
                "metadata.name",
                WorkspaceName::parse(metadata.name.as_deref().unwrap_or_default()),
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
        if refusals.is_empty() {
            Ok(changes)
        } else {
            Err(refusals.into())
        }
    }
}

/// `POST /v1/account/workspaces/{workspaceId}/members`: one of the two.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
// An example made of those of the fields would have both.
#[cfg_attr(feature = "openapi", schema(example = json!({ "email": "mira@northwind.example" })))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddMember {
    /// A person of this account.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ProfileId>))]
    pub profile_id: Option<String>,
    /// A person by address; one who is not of this account yet is invited.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Email>))]
    pub email: Option<String>,
}

/// Who is to belong to a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewMember {
    Profile(ProfileId),
    Email(Email),
}

impl TryFrom<AddMember> for NewMember {
    type Error = Error;

    fn try_from(wire: AddMember) -> Result<Self, Error> {
        let parsed = match (wire.profile_id, wire.email) {
            (Some(id), None) => id
                .parse()
                .map(Self::Profile)
                .map_err(|invalid: Invalid| invalid.at("profileId")),
            (None, Some(email)) => Email::parse(&email)
                .map(Self::Email)
                .map_err(|invalid| invalid.at("email")),
            (None, None) => Err(Invalid::new("give a profileId or an email").at("profileId")),
            (Some(_), Some(_)) => {
                Err(Invalid::new("give a profileId or an email, not both").at("email"))
            }
        };
        Ok(parsed?)
    }
}
