//! What is asked. Each wire form has a parsed twin: the wire form is what a client may send, the
//! twin is what a use case takes, and only `TryFrom` leads from one to the other, naming every
//! refused field at once.
//!
//! Unknown fields are refused; output-only ones are ignored, so that a resource that was read can
//! be sent back.

mod access;
mod bulk;
mod keys;
mod lists;
mod mask;
mod rotation;
#[cfg(test)]
mod tests;
mod verify;
mod workspaces;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error::{Error, Refusals};
use crate::text::{Description, ExternalId};
use crate::{ApiKeyId, Labels, Permissions, ProfileId, WorkspaceId};

pub use access::{
    ApplyAccess, Beneath, Cell, CellInput, Changeset, KeyReach, KeyReachInput, MAX_CELLS, MAX_KEYS,
    RevertAccess, cell_field, key_field,
};
pub use bulk::{Change, ChangeApiKeys, ChangeKeys, ChangeKind, KeyFilter, Which};
pub use keys::{
    ApiKeySpecInput, CreateApiKey, Expiry, GrantWorkspace, IssueKey, KeyChanges, UpdateApiKey,
};
pub use lists::{ListEvents, ListKeys, ListProfiles, ListWorkspaces};
pub(crate) use mask::Mask;
pub(crate) use rotation::quiet;
pub use rotation::{ChangeGrace, GiveReason, GraceChange, LEAST_QUIET, Rotate, RotateApiKey};
pub use verify::{
    AskedWorkspace, MAX_QUESTIONS, PresentedToken, Question, Verify, VerifyToken, VerifyTokens,
};
pub use workspaces::{
    AddMember, CreateWorkspace, NewMember, NewWorkspace, UpdateWorkspace, WorkspaceChanges,
    WorkspaceSpecInput,
};

/// Reads an object, and nothing else: serde would fill a structure from a list as well, by position.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// A field that is an object.
fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(value)| value)
}

/// A field that is an object, or is not there.
fn optional_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let object = Option::<Object<T>>::deserialize(deserializer)?;
    Ok(object.map(|Object(value)| value))
}

/// A field that is a list of objects.
fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let objects = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|Object(value)| value).collect())
}

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
