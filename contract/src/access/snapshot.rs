//! The matrix as the console loads it: all of it at once, small enough for 10,000 keys.

use serde::{Deserialize, Serialize};

use super::Bits;
use crate::resource::KeyState;
use crate::{ApiKeyId, Labels, Timestamp, WorkspaceId};

/// The whole matrix at one moment. Rows are keys and columns are workspaces, each oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// When it was so.
    pub at: Timestamp,
    /// The place in the account's audit log until which everything is in it: where the stream of changes
    /// goes on. 0 in an account in which nothing has happened.
    pub last: u64,
    pub keys: Vec<KeyRow>,
    pub workspaces: Vec<WorkspaceColumn>,
    /// Reasons why rows cannot be changed, which [`KeyRow::lock`] points at.
    pub locks: Vec<String>,
    /// Explicit grants, also of keys that reach all workspaces.
    pub granted: Bits,
    /// The cells that were used in the last [`Snapshot::used_days`] days.
    pub used: Bits,
    /// A grant that was not used for so many days counts as unused.
    pub used_days: u64,
}

/// How many keys and how many workspaces a snapshot has at the most: the newest keys and the oldest
/// workspaces.
pub const MOST_KEYS: u64 = 20_000;
pub const MOST_WORKSPACES: u64 = 2_000;

/// After how many days without use a grant counts as unused when nobody asks for another number, and the most
/// that may be asked for: uses are kept somewhat longer than a year.
pub const USED_DAYS: u64 = 30;
pub const MOST_USED_DAYS: u64 = 365;

/// A key as a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    pub id: ApiKeyId,
    pub name: String,
    pub state: KeyState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether it reaches all workspaces, present and future.
    #[serde(default)]
    pub all_workspaces: bool,
    /// The account's own key, which nobody changes.
    #[serde(default)]
    pub system: bool,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// The last call that was not denied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// Why the caller cannot change this row, as a position in [`Snapshot::locks`]; absent when they can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<u32>,
}

/// A workspace as a column. Archived ones are not in the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceColumn {
    pub id: WorkspaceId,
    pub name: String,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// Whether the caller reaches this workspace and so may hand it out.
    pub held: bool,
}
