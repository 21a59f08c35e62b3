//! The access matrix as it travels: rows are keys, columns are workspaces.
//!
//! [`AccessMatrix`] is for programs; the console loads a [`Snapshot`] and listens to [`Change`]s.

mod bits;
mod live;
mod snapshot;

pub use bits::Bits;
pub use live::{CellChange, Change, Here, PageId, Present};
pub use snapshot::{
    KeyRow, MOST_KEYS, MOST_USED_DAYS, MOST_WORKSPACES, Snapshot, USED_DAYS, WorkspaceColumn,
};

use serde::{Deserialize, Serialize};

use crate::resource::{KeyState, Profile};
use crate::verdict::Denial;
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

/// Why a key may or may not do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    pub allowed: bool,
    /// The first check that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Denial>,
    /// For people.
    pub because: String,
    /// The key's own grant of the workspace, whether or not it decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantOrigin>,
    /// When the key was last used in the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// Who granted a workspace to a key, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct GrantOrigin {
    pub granted_by: Profile,
    pub granted_at: Timestamp,
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
    /// Keys that reach all workspaces now, or not any more.
    pub keys: u64,
    /// Cells and keys that already were as wanted.
    pub unchanged: u64,
}

/// What came of applying a changeset, for the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ApplyOutcome {
    Applied(AccessApplied),
    /// Nothing was applied, because these were changed by somebody else.
    Conflicts(Vec<Conflict>),
}

/// A part of a changeset that is not what was expected of it, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum Conflict {
    #[serde(rename_all = "camelCase")]
    Cell {
        key: ApiKeyId,
        workspace: WorkspaceId,
        granted: bool,
    },
    #[serde(rename_all = "camelCase")]
    Key { key: ApiKeyId, all_workspaces: bool },
}
