//! What is asked of the matrix.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::error::{Error, Invalid, Refusals};
use crate::{ApiKeyId, BatchId, WorkspaceId};

/// The most cells one changeset may have.
pub const MAX_CELLS: usize = 10_000;

/// `POST /v1/account/access:apply`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplyAccess {
    /// 1 to 10,000, each pair of key and workspace once.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 10_000))]
    #[serde(deserialize_with = "super::objects")]
    pub cells: Vec<CellInput>,
}

/// One cell as a client sends it.
#[derive(Clone, Debug, Deserialize)]
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
    pub expected: Option<bool>,
}

/// One cell to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub key: ApiKeyId,
    pub workspace: WorkspaceId,
    pub want: bool,
    pub expected: Option<bool>,
}

/// Cells to be changed together: 1 to [`MAX_CELLS`], no pair twice.
#[derive(Clone, Debug)]
pub struct Changeset(Vec<Cell>);

impl Changeset {
    pub fn cells(&self) -> &[Cell] {
        &self.0
    }

    /// A changeset of cells that are known to be different.
    pub fn new(cells: Vec<Cell>) -> Result<Self, Error> {
        if !(1..=MAX_CELLS).contains(&cells.len()) {
            return Err(Invalid::new("give 1 to 10,000 cells").at("cells").into());
        }
        let mut seen = BTreeSet::new();
        let mut refusals = Refusals::default();
        for (index, cell) in cells.iter().enumerate() {
            if !seen.insert((cell.key, cell.workspace)) {
                let twice =
                    Invalid::new("this key and workspace stand here twice; name each pair once");
                refusals.push(twice.at(format!("cells[{index}]")));
            }
        }
        if refusals.is_empty() {
            Ok(Self(cells))
        } else {
            Err(refusals.into())
        }
    }
}

impl TryFrom<ApplyAccess> for Changeset {
    type Error = Error;

    fn try_from(wire: ApplyAccess) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let mut cells = Vec::with_capacity(wire.cells.len().min(MAX_CELLS));
        for (index, cell) in wire.cells.iter().enumerate().take(MAX_CELLS) {
            let key = refusals.take(&format!("cells[{index}].apiKeyId"), cell.api_key_id.parse());
            let workspace = refusals.take(
                &format!("cells[{index}].workspaceId"),
                cell.workspace_id.parse(),
            );
            if let (Some(key), Some(workspace)) = (key, workspace) {
                cells.push(Cell {
                    key,
                    workspace,
                    want: cell.want,
                    expected: cell.expected,
                });
            }
        }
        if !refusals.is_empty() {
            return Err(refusals.into());
        }
        if wire.cells.len() > MAX_CELLS {
            cells.clear();
        }
        Self::new(cells)
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
