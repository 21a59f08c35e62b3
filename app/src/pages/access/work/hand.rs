//! What the hand does: painting rectangles, toggling, selecting, moving the focus.

use std::ops::Range;

use contract::ApiKeyId;
use matrix::{Beneath, Lock, Mask, Outcome, Place, Pos, Rect, Selection, Span, TooMany, Whole};

use super::super::desk::Head;
use super::Work;

/// What an edit did, or why nothing was done.
pub(in super::super) type Edited = Result<Outcome, String>;

/// A rectangle that is being painted.
pub(super) struct Stroke {
    pub(super) want: bool,
    from: (usize, usize),
    to: (usize, usize),
}

impl Stroke {
    pub(super) fn rect(&self) -> Rect {
        let span = |a: usize, b: usize| a.min(b)..a.max(b) + 1;
        Rect {
            rows: span(self.from.0, self.to.0),
            columns: span(self.from.1, self.to.1),
        }
    }

    pub(super) fn covers(&self, row: usize, column: usize) -> bool {
        self.rect().contains(Pos { row, column })
    }
}

fn pos((row, column): (usize, usize)) -> Pos {
    let column = column + 1;
    Pos { row, column }
}

impl Work {
    pub(in super::super) fn is_painting(&self) -> bool {
        self.stroke.is_some()
    }

    /// Begins to paint at a cell, with the brush that it sets; with `extend` goes on from where the last
    /// stroke began, with its brush.
    pub(in super::super) fn begin_stroke(
        &mut self,
        row: usize,
        column: usize,
        extend: bool,
    ) -> Result<(), String> {
        let to = (row, column);
        self.painted = true;
        let anchor = self.selection.anchor;
        if extend && let Some(first) = anchor.column.checked_sub(1) {
            let from = (anchor.row, first);
            let want = self.brush.unwrap_or_else(|| self.opposite(from));
            self.brush = Some(want);
            self.stroke = Some(Stroke { want, from, to });
            return Ok(());
        }
        self.selection = Selection::at(pos(to));
        let Some(place) = self.place(row, column) else {
            self.unfold_at(column);
            return Ok(());
        };
        self.may_change(place)?;
        let want = self.opposite(to);
        self.brush = Some(want);
        self.stroke = Some(Stroke { want, from: to, to });
        Ok(())
    }

    /// What a cell will not be.
    fn opposite(&self, (row, column): (usize, usize)) -> bool {
        self.cell(row, column).is_none_or(|cell| !cell.on())
    }

    fn may_change(&self, place: Place) -> Result<(), String> {
        match self.board.lock(place) {
            Some(lock) => Err(lock.reason(self.board.matrix(), place)),
            None => Ok(()),
        }
    }

    /// The stroke goes on to a cell; whether that is another than before.
    pub(in super::super) fn drag(&mut self, row: usize, column: usize) -> bool {
        let Some(stroke) = &mut self.stroke else {
            return false;
        };
        let moved = stroke.to != (row, column);
        stroke.to = (row, column);
        moved
    }

    /// Stages what was painted.
    pub(in super::super) fn lift(&mut self) -> Edited {
        let Some(stroke) = self.stroke.take() else {
            return Ok(Outcome::default());
        };
        self.selection = Selection::at(pos(stroke.from)).to(pos(stroke.to));
        let Rect { rows, columns } = stroke.rect();
        self.paint(rows, columns.start + 1..columns.end + 1, stroke.want)
    }

    pub(in super::super) fn drop_stroke(&mut self) {
        self.stroke = None;
    }

    /// A single cell, by a tap. `None` when it is the click of a mouse, which has painted already.
    pub(in super::super) fn tap(&mut self, row: usize, column: usize) -> Option<Edited> {
        if std::mem::take(&mut self.painted) {
            return None;
        }
        self.selection = Selection::at(pos((row, column)));
        Some(self.toggle())
    }

    /// Paints a rectangle of the view, whose first column is "all workspaces".
    fn paint(&mut self, rows: Range<usize>, columns: Range<usize>, want: bool) -> Edited {
        let keys: Vec<usize> = self.view.rows()[rows].to_vec();
        let workspaces = self.view.workspaces_in(columns);
        said(self.board.paint(&keys, &workspaces, want))
    }

    /// What painting over a rectangle begins with: grants where something is not granted, else revokes.
    fn opposite_of(&self, rows: &Range<usize>, columns: &Range<usize>) -> bool {
        let keys = &self.view.rows()[rows.clone()];
        self.board
            .brush(keys, &self.view.workspaces_in(columns.clone()))
    }

    /// The rectangle that a key press paints; why it cannot, if it is one cell that cannot be changed.
    fn to_paint(&self) -> Result<Rect, String> {
        if self.selection.is_single()
            && let Some(place) = self.view.place(self.selection.focus)
        {
            self.may_change(place)?;
        }
        Ok(self.selection.rect(self.extent(1)))
    }

    /// Turns over what is selected: grants where something is not granted, else revokes.
    pub(in super::super) fn toggle(&mut self) -> Edited {
        let Rect { rows, columns } = self.to_paint()?;
        let want = self.opposite_of(&rows, &columns);
        self.brush = Some(want);
        self.paint(rows, columns, want)
    }

    /// Grants or revokes what is selected.
    pub(in super::super) fn paint_picked(&mut self, want: bool) -> Edited {
        let Rect { rows, columns } = self.to_paint()?;
        self.brush = Some(want);
        self.paint(rows, columns, want)
    }

    /// Turns over a whole row or column, of what is shown.
    pub(in super::super) fn toggle_head(&mut self, head: Head) -> Edited {
        let (rows, columns) = match head {
            Head::Row(row) => (row..row + 1, 1..self.columns() + 1),
            Head::Column(column) => (0..self.rows(), column + 1..column + 2),
        };
        if let Head::Row(row) = head
            && let Some(place) = self.place(row, 0)
            && let Some(lock) = self.board.lock(place).filter(|lock| *lock != Lock::NotHeld)
        {
            return Err(lock.reason(self.board.matrix(), place));
        }
        let want = self.opposite_of(&rows, &columns);
        self.paint(rows, columns, want)
    }

    /// How many grants among what is shown were not used in a long time.
    pub(super) fn unused(&self) -> usize {
        self.board.unused(self.view.rows(), self.view.workspaces())
    }

    pub(in super::super) fn revoke_unused(&mut self) -> Edited {
        let (keys, shown): (Vec<usize>, Mask) =
            (self.view.rows().to_vec(), self.view.workspaces().clone());
        said(self.board.revoke_unused(&keys, &shown))
    }

    /// Turns "all workspaces" of a row on, or takes what is staged about it back. A key when it is to be
    /// turned off, which asks what is to lie beneath.
    pub(in super::super) fn turn_all(&mut self, row: usize) -> Result<Option<ApiKeyId>, String> {
        let Some(key) = self.view.key(row) else {
            return Ok(None);
        };
        self.selection = Selection::at(Pos { row, column: 0 });
        if let Some(lock) = self.board.lock_of_key(key) {
            let place = Place { key, workspace: 0 };
            return Err(lock.reason(self.board.matrix(), place));
        }
        let want = match self.board.whole(key) {
            Some(Whole::On) => Whole::Off(Beneath::Keep),
            None if self.board.reaches_all(key) => return Ok(self.key_id(row)),
            Some(Whole::Off(_)) | None => Whole::On,
        };
        let staged = self.board.set_whole(key, want);
        staged.map_err(|too_many| too_many.to_string())?;
        Ok(None)
    }

    /// Stages that a key does not reach all workspaces any more.
    pub(in super::super) fn turn_all_off(
        &mut self,
        key: ApiKeyId,
        beneath: Beneath,
    ) -> Result<bool, String> {
        let Some(at) = self.board.matrix().key_at(key) else {
            return Ok(false);
        };
        let staged = self.board.set_whole(at, Whole::Off(beneath));
        staged.map_err(|too_many| too_many.to_string())
    }

    pub(in super::super) fn undo(&mut self) -> bool {
        self.board.undo()
    }

    pub(in super::super) fn redo(&mut self) -> bool {
        self.board.redo()
    }

    pub(in super::super) fn discard(&mut self) {
        self.board.discard();
    }

    /// Copies what the key of the focus reaches; gives its name.
    pub(in super::super) fn copy(&mut self) -> Option<String> {
        self.copied = self.board.copy(self.view.key(self.selection.focus.row)?);
        self.copied.as_ref().map(|copied| copied.name.clone())
    }

    /// Gives the keys that are selected what was copied, of the workspaces that are shown.
    pub(in super::super) fn paste(&mut self) -> Edited {
        let Some(copied) = self.copied.clone() else {
            return Err("Nothing is copied yet: go to a key and press Ctrl C.".to_owned());
        };
        let rows = match self.selection.span {
            Span::Columns => self.selection.focus.row..self.selection.focus.row + 1,
            Span::Cells | Span::Rows => self.selection.rect(self.extent(1)).rows,
        };
        let keys: Vec<usize> = self.view.rows()[rows].to_vec();
        let shown = self.view.workspaces().clone();
        said(self.board.paste(&copied, &keys, &shown))
    }

    fn unfold_at(&mut self, column: usize) {
        if let Some(matrix::Column::Group(group)) = self.view.column(column + 1)
            && let Some(query) = self.fold(group)
        {
            self.set_query(query);
        }
    }
}

pub(super) fn said(outcome: Result<Outcome, TooMany>) -> Edited {
    outcome.map_err(|too_many| too_many.to_string())
}
