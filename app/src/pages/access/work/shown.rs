//! What of the work is on the screen, as the painter and the first window ask for it.

#[cfg(feature = "hydrate")]
use contract::access::Present;
use contract::resource::KeyState;
use contract::{ApiKeyId, WorkspaceId};
use matrix::{Cell, Column, Count, Place, Pos, Rect, Whole};

use super::super::face::{Face, Shape};
use super::Work;
use crate::wording::grouped;

impl Work {
    #[cfg(feature = "hydrate")]
    pub(in super::super) fn arranged(&self) -> u32 {
        self.arranged
    }

    pub(in super::super) fn rows(&self) -> usize {
        self.view.rows().len()
    }

    /// How many columns there are beside "all workspaces".
    pub(in super::super) fn columns(&self) -> usize {
        self.view.columns().len() - 1
    }

    /// How many rows and columns stay in sight, beside "all workspaces".
    #[cfg(feature = "hydrate")]
    pub(in super::super) fn pinned(&self) -> (usize, usize) {
        let (rows, columns) = self.view.pinned();
        (rows, columns - 1)
    }

    pub(in super::super) fn place(&self, row: usize, column: usize) -> Option<Place> {
        let column = column + 1;
        self.view.place(Pos { row, column })
    }

    pub(super) fn key(&self, row: usize) -> Option<&matrix::Key> {
        self.board.matrix().keys().get(self.view.key(row)?)
    }

    pub(in super::super) fn key_name(&self, row: usize) -> &str {
        self.key(row).map_or("", |key| key.row.name.as_str())
    }

    pub(in super::super) fn key_href(&self, row: usize) -> String {
        let key = self.key(row);
        key.map_or_else(String::new, |key| format!("/keys/{}", key.row.id))
    }

    pub(in super::super) fn key_id(&self, row: usize) -> Option<ApiKeyId> {
        Some(self.key(row)?.row.id)
    }

    /// How many of the workspaces that are shown a row reaches.
    pub(in super::super) fn row_count(&self, row: usize) -> Count {
        self.view.row_count(&self.board, row)
    }

    /// "5 / 18", or "all".
    pub(in super::super) fn reach(&self, row: usize) -> String {
        if self
            .view
            .key(row)
            .is_some_and(|key| self.board.reaches_all(key))
        {
            return "all".to_owned();
        }
        let Count { on, of } = self.row_count(row);
        format!("{} / {}", grouped(on as u64), grouped(of as u64))
    }

    /// Whether a key is good for nothing: disabled, expired or revoked.
    pub(in super::super) fn is_off(&self, row: usize) -> bool {
        self.key(row).is_some_and(|key| {
            let expired = key.row.expires_at.is_some_and(|at| at <= self.now);
            key.gone || expired || key.row.state == KeyState::Disabled
        })
    }

    #[cfg(feature = "hydrate")]
    pub(in super::super) fn row_class(&self, row: usize) -> &'static str {
        let here = self.selection.focus.row == row;
        match (self.is_off(row), here) {
            (true, true) => "r off here",
            (true, false) => "r off",
            (false, true) => "r here",
            (false, false) => "r",
        }
    }

    /// The cell of "all workspaces".
    pub(in super::super) fn all_face(&self, row: usize) -> Face {
        let Some(key) = self.view.key(row) else {
            return Face::default();
        };
        let shape = match self.board.whole(key) {
            Some(_) if self.board.is_applying() => Shape::Sent(self.board.reaches_all(key)),
            Some(Whole::On) => Shape::Add,
            Some(Whole::Off(_)) => Shape::Remove,
            None if self.board.reaches_all(key) => Shape::Granted,
            None => Shape::None,
        };
        Face {
            shape,
            locked: self.board.lock_of_key(key).is_some(),
            fresh: false,
        }
    }

    /// A cell, with what is being painted over it.
    pub(in super::super) fn cell(&self, row: usize, column: usize) -> Option<Cell> {
        let cell = self.board.cell(self.place(row, column)?, self.now);
        Some(match &self.stroke {
            Some(stroke) if stroke.covers(row, column) => cell.painted(stroke.want),
            _ => cell,
        })
    }

    pub(in super::super) fn face(&self, row: usize, column: usize) -> Face {
        if let Some(cell) = self.cell(row, column) {
            return Face::from(cell);
        }
        let Some(Column::Group(group)) = self.view.column(column + 1) else {
            return Face::default();
        };
        let count = self.view.group_cell(&self.board, row, group);
        let all = self
            .view
            .key(row)
            .is_some_and(|key| self.board.reaches_all(key));
        let shape = match count.tri() {
            _ if all => Shape::Rail,
            matrix::Tri::None => Shape::None,
            matrix::Tri::Some => Shape::Some,
            matrix::Tri::All => Shape::Granted,
        };
        Face {
            shape,
            ..Face::default()
        }
    }

    /// The row and the column of the focus.
    pub(in super::super) fn focus(&self) -> Option<(usize, Option<usize>)> {
        let Pos { row, column } = self.selection.focus;
        let there = row < self.rows() && column <= self.columns();
        there.then(|| (row, column.checked_sub(1)))
    }

    /// The ids of the cell of the focus.
    pub(in super::super) fn focused_ids(&self) -> Option<(ApiKeyId, WorkspaceId)> {
        let place = self.view.place(self.selection.focus)?;
        self.board.matrix().ids(place)
    }

    /// The cells that are selected or being painted, when it is more than one.
    pub(in super::super) fn picked(&self) -> Option<Rect> {
        let rect = match &self.stroke {
            Some(stroke) => stroke.rect(),
            None => self.selected(),
        };
        (rect.len() > 1).then_some(rect)
    }

    /// Where other people are, of the cells that are shown.
    #[cfg(feature = "hydrate")]
    pub(in super::super) fn guests(&self) -> Vec<(&str, usize, usize)> {
        let spot = |guest: &Present| {
            let (key, workspace) = guest.cell?;
            let place = self.board.matrix().place(key, workspace)?;
            let Pos { row, column } = self.view.pos(place)?;
            Some((row, column.checked_sub(1)?))
        };
        let guests = self.guests.iter();
        guests
            .filter_map(|guest| spot(guest).map(|(row, column)| (guest.name.as_str(), row, column)))
            .collect()
    }
}
