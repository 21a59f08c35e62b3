//! What is asked of the matrix.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::access::Conflict;
use crate::error::{Error, Invalid, Refusals};
use crate::text::Reason;
use crate::{ApiKeyId, BatchId, WorkspaceId};

/// The most cells one changeset may have, and the most it may change.
pub const MAX_CELLS: usize = 10_000;
/// The most keys that one changeset may let reach all workspaces, or stop from it.
pub const MAX_KEYS: usize = 1_000;

/// `POST /v1/account/access:apply`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplyAccess {
    /// Up to 10,000, each pair of key and workspace once. A changeset has a cell or a key at least.
    #[cfg_attr(feature = "openapi", schema(max_items = 10_000))]
    #[serde(
        default,
        deserialize_with = "super::objects",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub cells: Vec<CellInput>,
    /// Up to 1,000, each once. They are changed first, and cells then.
    #[cfg_attr(feature = "openapi", schema(max_items = 1_000))]
    #[serde(
        default,
        deserialize_with = "super::objects",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub keys: Vec<KeyReachInput>,
    /// Why, for the audit log: 1 to 500 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One cell as a client sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CellInput {
    #[cfg_attr(feature = "openapi", schema(value_type = ApiKeyId))]
    pub api_key_id: String,
    #[cfg_attr(feature = "openapi", schema(value_type = WorkspaceId))]
    pub workspace_id: String,
    /// Whether the key is to reach the workspace.
    pub want: bool,
    /// What the cell was when it was decided upon; a cell that is something else by now is a
    /// conflict, and nothing is applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<bool>,
}

/// A whole key as a client sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyReachInput {
    #[cfg_attr(feature = "openapi", schema(value_type = ApiKeyId))]
    pub api_key_id: String,
    /// Whether the key is to reach all workspaces, present and future.
    pub all_workspaces: bool,
    /// What becomes of its own grants when it does not reach all workspaces any more; `keep` unless
    /// something else is said.
    #[serde(default, skip_serializing_if = "Beneath::is_keep")]
    pub grants: Beneath,
    /// Whether it reached all workspaces when it was decided upon; a key for which that is different by
    /// now is a conflict, and nothing is applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<bool>,
}

/// What becomes of a key's own grants when it does not reach all workspaces any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Beneath {
    /// They stay as they are.
    #[default]
    Keep,
    /// It is granted every workspace that is there today and not archived.
    Today,
    /// Those of workspaces that are not archived are taken away.
    None,
}

impl Beneath {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "what serde asks is given a reference"
    )]
    fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

/// One cell to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub key: ApiKeyId,
    pub workspace: WorkspaceId,
    pub want: bool,
    pub expected: Option<bool>,
}

/// A key that is to reach all workspaces, or not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyReach {
    pub key: ApiKeyId,
    pub all_workspaces: bool,
    pub grants: Beneath,
    pub expected: Option<bool>,
}

/// What is to be changed together: something, no pair and no key twice, at most [`MAX_CELLS`] and
/// [`MAX_KEYS`].
#[derive(Clone, Debug)]
pub struct Changeset {
    cells: Vec<Cell>,
    keys: Vec<KeyReach>,
    reason: Option<Reason>,
}

impl Changeset {
    pub fn new(
        cells: Vec<Cell>,
        keys: Vec<KeyReach>,
        reason: Option<Reason>,
    ) -> Result<Self, Error> {
        if cells.len() > MAX_CELLS || cells.is_empty() && keys.is_empty() {
            return Err(Invalid::new("give 1 to 10,000 cells").at("cells").into());
        }
        if keys.len() > MAX_KEYS {
            return Err(Invalid::new("give at most 1,000 keys").at("keys").into());
        }
        let mut refusals = Refusals::default();
        let mut seen = BTreeSet::new();
        for (index, cell) in cells.iter().enumerate() {
            if !seen.insert((cell.key, cell.workspace)) {
                let twice =
                    Invalid::new("this key and workspace stand here twice; name each pair once");
                refusals.push(twice.at(cell_field(index)));
            }
        }
        let mut seen = BTreeSet::new();
        for (index, key) in keys.iter().enumerate() {
            if !seen.insert(key.key) {
                let twice = Invalid::new("this key stands here twice; name each once");
                refusals.push(twice.at(key_field(index)));
            }
            if key.all_workspaces && key.grants != Beneath::Keep {
                let unused = Invalid::new("leave this out for a key that is to reach everything");
                refusals.push(unused.at(format!("{}.grants", key_field(index))));
            }
        }
        if refusals.is_empty() {
            Ok(Self {
                cells,
                keys,
                reason,
            })
        } else {
            Err(refusals.into())
        }
    }

    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub fn keys(&self) -> &[KeyReach] {
        &self.keys
    }

    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// The parts of it that a refusal names as changed by somebody else, as they are now: what was
    /// expected of them is what they are not.
    pub fn conflicts(&self, refusal: &Error) -> Vec<Conflict> {
        let named: BTreeSet<&str> = refusal.details.iter().map(|at| at.field.as_str()).collect();
        let cells = self.cells.iter().enumerate().filter_map(|(index, cell)| {
            let expected = cell
                .expected
                .filter(|_| named.contains(&*cell_field(index)))?;
            Some(Conflict::Cell {
                key: cell.key,
                workspace: cell.workspace,
                granted: !expected,
            })
        });
        let keys = self.keys.iter().enumerate().filter_map(|(index, key)| {
            let expected = key
                .expected
                .filter(|_| named.contains(&*key_field(index)))?;
            Some(Conflict::Key {
                key: key.key,
                all_workspaces: !expected,
            })
        });
        cells.chain(keys).collect()
    }
}

/// What refusals call a cell of a changeset.
pub fn cell_field(index: usize) -> String {
    format!("cells[{index}]")
}

/// What refusals call a key of a changeset.
pub fn key_field(index: usize) -> String {
    format!("keys[{index}]")
}

impl TryFrom<ApplyAccess> for Changeset {
    type Error = Error;

    fn try_from(wire: ApplyAccess) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        // One more than there may be is enough to refuse them.
        let mut cells = Vec::with_capacity(wire.cells.len().min(MAX_CELLS + 1));
        for (index, cell) in wire.cells.iter().enumerate().take(MAX_CELLS + 1) {
            let field = cell_field(index);
            let key = refusals.take(&format!("{field}.apiKeyId"), cell.api_key_id.parse());
            let workspace =
                refusals.take(&format!("{field}.workspaceId"), cell.workspace_id.parse());
            if let (Some(key), Some(workspace)) = (key, workspace) {
                cells.push(Cell {
                    key,
                    workspace,
                    want: cell.want,
                    expected: cell.expected,
                });
            }
        }
        let mut keys = Vec::with_capacity(wire.keys.len().min(MAX_KEYS + 1));
        for (index, key) in wire.keys.iter().enumerate().take(MAX_KEYS + 1) {
            let field = format!("{}.apiKeyId", key_field(index));
            if let Some(id) = refusals.take(&field, key.api_key_id.parse()) {
                keys.push(KeyReach {
                    key: id,
                    all_workspaces: key.all_workspaces,
                    grants: key.grants,
                    expected: key.expected,
                });
            }
        }
        let reason = refusals.take_optional("reason", wire.reason.as_deref(), Reason::parse);
        if !refusals.is_empty() {
            return Err(refusals.into());
        }
        Self::new(cells, keys, reason.flatten())
    }
}

/// `POST /v1/account/access:revert`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevertAccess {
    #[cfg_attr(feature = "openapi", schema(value_type = BatchId))]
    pub batch_id: String,
}

impl RevertAccess {
    pub fn parse(&self) -> Result<BatchId, Error> {
        self.batch_id
            .parse()
            .map_err(|invalid: Invalid| invalid.at("batchId").into())
    }
}
