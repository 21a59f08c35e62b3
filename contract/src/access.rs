//! The access matrix as it travels: rows are keys, columns are workspaces.

use serde::{Deserialize, Serialize};

use crate::resource::KeyState;
use crate::{ApiKeyId, BatchId, Labels, Timestamp, WorkspaceId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccessMatrix {
    pub keys: Vec<AccessRow>,
    /// Every workspace that is not archived, in the order of the columns.
    pub workspaces: Vec<AccessColumn>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccessRow {
    pub id: ApiKeyId,
    pub name: String,
    pub state: KeyState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    pub all_workspaces: bool,
    pub system: bool,
    /// Why the caller cannot change this row; absent when they can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<String>,
    /// Explicit grants, as positions in [`AccessMatrix::workspaces`], ascending.
    pub grants: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccessColumn {
    pub id: WorkspaceId,
    pub name: String,
    pub labels: Labels,
    /// Whether the caller reaches this workspace and so may hand it out.
    pub held: bool,
}

/// What applying a changeset did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccessApplied {
    /// Names the changes for reverting them; absent when there was nothing to change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<BatchId>,
    /// Cells that were granted.
    pub granted: u64,
    /// Cells that were taken back.
    pub revoked: u64,
    /// Cells that already were as wanted.
    pub unchanged: u64,
}
