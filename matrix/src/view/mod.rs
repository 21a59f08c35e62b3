//! The view: which rows and columns are shown, and in which order.

mod columns;
mod sort;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use contract::{ApiKeyId, Invalid, Timestamp, WorkspaceId};

use crate::bits::Mask;
use crate::board::{Board, Count};
use crate::filter::Filter;
use crate::matrix::Place;

pub use columns::{Group, Grouping};
pub use sort::{Sort, SortBy};

/// How a person wants the matrix shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    pub filter: Filter,
    pub sort: Sort,
    pub grouping: Grouping,
    /// The groups that are shown as one column each, by name.
    pub collapsed: BTreeSet<String>,
    /// Shown first, in this order, if the filter lets them through.
    pub pinned_keys: Vec<ApiKeyId>,
    pub pinned_workspaces: Vec<WorkspaceId>,
}

/// A cell of the view: row and column as they are shown, from 0, headers not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pos {
    pub row: usize,
    pub column: usize,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Whether the key reaches all workspaces, present and future. Always the first.
    All,
    /// A workspace, by its position in the matrix.
    Workspace(usize),
    /// A collapsed group, by its position in [`View::groups`].
    Group(usize),
}

impl Column {
    fn members<'a>(&'a self, groups: &'a [Group]) -> &'a [usize] {
        match self {
            Self::All => &[],
            Self::Workspace(workspace) => std::slice::from_ref(workspace),
            Self::Group(group) => groups.get(*group).map_or(&[], |group| &group.members),
        }
    }
}

/// The rows and columns as they are shown.
#[derive(Clone, Debug)]
pub struct View {
    rows: Vec<usize>,
    columns: Vec<Column>,
    groups: Vec<Group>,
    pinned_rows: usize,
    pinned_columns: usize,
    /// The keys and workspaces that are shown and are there: what counts go by.
    keys: Mask,
    workspaces: Mask,
    row_of: HashMap<usize, usize>,
    column_of: HashMap<usize, usize>,
}

impl View {
    /// Arranges what is on the board. An error says what is wrong with the filter.
    pub fn new(board: &Board, arrangement: &Arrangement, now: Timestamp) -> Result<Self, Invalid> {
        let matrix = board.matrix();
        let (keys, workspaces) = arrangement.filter.apply(board, now)?;
        let rows = sort::rows(board, arrangement, &keys, &workspaces);
        let pinned = arrangement.pinned_workspaces.iter();
        let pinned: Vec<usize> = pinned
            .filter_map(|id| matrix.workspace_at(*id))
            .filter(|at| workspaces.get(*at))
            .collect();
        let rest = workspaces.keep(|at| !pinned.contains(&at));
        let groups = columns::groups(matrix, &arrangement.grouping, &rest, &arrangement.collapsed);

        let mut columns = vec![Column::All];
        columns.extend(pinned.iter().map(|at| Column::Workspace(*at)));
        let pinned_columns = columns.len();
        for (at, group) in groups.iter().enumerate() {
            if group.collapsed {
                columns.push(Column::Group(at));
            } else {
                columns.extend(group.members.iter().map(|at| Column::Workspace(*at)));
            }
        }
        let is_pinned = |key: &&usize| {
            arrangement
                .pinned_keys
                .contains(&matrix.keys()[**key].row.id)
        };
        let column_of = columns.iter().enumerate().flat_map(|(at, column)| {
            let members = column.members(&groups).iter();
            members.map(move |workspace| (*workspace, at))
        });
        Ok(Self {
            row_of: rows
                .iter()
                .enumerate()
                .map(|(at, key)| (*key, at))
                .collect(),
            column_of: column_of.collect(),
            pinned_rows: rows.iter().take_while(is_pinned).count(),
            pinned_columns,
            keys: keys.keep(|at| !matrix.keys()[at].gone),
            workspaces: workspaces.and(&matrix.present()),
            rows,
            columns,
            groups,
        })
    }

    /// The keys, by their positions in the matrix, from top to bottom.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The columns from left to right.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The groups from left to right; those that are not collapsed stand above their members. One without
    /// a name is the only one, when there is nothing to group by.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The columns over which each group stands, in the order of the groups.
    pub fn group_spans(&self) -> impl Iterator<Item = Range<usize>> {
        self.groups.iter().scan(self.pinned_columns, |from, group| {
            let width = if group.collapsed {
                1
            } else {
                group.members.len()
            };
            let span = *from..*from + width;
            *from = span.end;
            Some(span)
        })
    }

    /// How many rows and columns are pinned; "all workspaces" is one of these columns.
    pub fn pinned(&self) -> (usize, usize) {
        (self.pinned_rows, self.pinned_columns)
    }

    /// The keys that are shown and were not revoked.
    pub fn keys(&self) -> &Mask {
        &self.keys
    }

    /// The workspaces that are shown, collapsed ones included, and were not archived.
    pub fn workspaces(&self) -> &Mask {
        &self.workspaces
    }

    pub fn key(&self, row: usize) -> Option<usize> {
        self.rows.get(row).copied()
    }

    pub fn column(&self, column: usize) -> Option<Column> {
        self.columns.get(column).copied()
    }

    /// The cell of the matrix that is shown at a position; absent in the columns that stand for several.
    pub fn place(&self, pos: Pos) -> Option<Place> {
        match self.column(pos.column)? {
            Column::Workspace(workspace) => Some(Place {
                key: self.key(pos.row)?,
                workspace,
            }),
            Column::All | Column::Group(_) => None,
        }
    }

    /// Where a cell of the matrix is shown, if need be as a part of its group.
    pub fn pos(&self, place: Place) -> Option<Pos> {
        Some(Pos {
            row: self.row_of(place.key)?,
            column: self.column_of(place.workspace)?,
        })
    }

    pub fn row_of(&self, key: usize) -> Option<usize> {
        self.row_of.get(&key).copied()
    }

    pub fn column_of(&self, workspace: usize) -> Option<usize> {
        self.column_of.get(&workspace).copied()
    }

    /// The workspaces from left to right, those of collapsed groups too.
    pub fn workspaces_in_order(&self) -> impl Iterator<Item = usize> {
        let columns = self.columns.iter();
        columns
            .flat_map(|column| column.members(&self.groups))
            .copied()
    }

    /// The workspaces of some columns. "All workspaces" is none of them, for it is not painted over.
    pub fn workspaces_in(&self, columns: Range<usize>) -> Mask {
        let columns = self.columns.get(columns).unwrap_or(&[]);
        let workspaces = columns
            .iter()
            .flat_map(|column| column.members(&self.groups));
        workspaces.copied().collect()
    }

    /// How many of the workspaces that are shown a row reaches.
    pub fn row_count(&self, board: &Board, row: usize) -> Count {
        let key = self.key(row);
        key.map_or(Count::default(), |key| board.reach(key, &self.workspaces))
    }

    /// How many of the keys that are shown reach a column's workspace, or its group: of a group each pair
    /// of key and workspace counts. In "all workspaces" those count that reach all.
    pub fn column_count(&self, board: &Board, column: usize) -> Count {
        match self.column(column) {
            None => Count::default(),
            Some(Column::All) => board.reaching_all(&self.keys),
            Some(Column::Workspace(workspace)) => board.reached_by(workspace, &self.keys),
            Some(Column::Group(group)) => self.group_count(board, group),
        }
    }

    /// How many pairs there are of a key that is shown and a workspace of a group that it reaches.
    pub fn group_count(&self, board: &Board, group: usize) -> Count {
        let members = self
            .groups
            .get(group)
            .map_or(&[][..], |group| &group.members);
        let counts = members
            .iter()
            .map(|workspace| board.reached_by(*workspace, &self.keys));
        counts.fold(Count::default(), |sum, count| Count {
            on: sum.on + count.on,
            of: sum.of + count.of,
        })
    }

    /// What the cell of a collapsed group says: how many of the group's workspaces a row reaches.
    pub fn group_cell(&self, board: &Board, row: usize, group: usize) -> Count {
        match (self.key(row), self.groups.get(group)) {
            (Some(key), Some(group)) => board.reach(key, &group.mask),
            _ => Count::default(),
        }
    }
}
