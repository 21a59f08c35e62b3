//! What is selected, pinned and folded.

use matrix::{Pos, Press, Rect, Selection};

use super::{Query, Work};

impl Work {
    /// The cells that are selected, but for those of "all workspaces".
    pub(super) fn selected(&self) -> Rect {
        let Rect { rows, columns } = self.selection.rect(self.extent(1));
        let before = |column: usize| column.saturating_sub(1);
        Rect {
            rows,
            columns: before(columns.start)..before(columns.end),
        }
    }

    /// Moves the focus, or changes what is selected; `page` is how many rows are in sight.
    pub(in super::super) fn select(&mut self, press: Press, page: usize) {
        self.selection = self.selection.press(press, self.extent(page));
    }

    /// Puts the focus on a cell; whether it was elsewhere.
    pub(in super::super) fn set_focus(&mut self, row: usize, column: Option<usize>) -> bool {
        let to = Pos {
            row,
            column: column.map_or(0, |column| column + 1),
        };
        let moved = self.selection.focus != to;
        if moved && self.stroke.is_none() {
            self.selection = Selection::at(to);
        }
        moved
    }

    /// How many cells are selected, if more than one is.
    pub(in super::super) fn picked_size(&self) -> Option<usize> {
        Some(self.picked()?.len())
    }

    pub(in super::super) fn has_selection(&self) -> bool {
        !self.selection.is_single()
    }

    /// The query with the row or the column of the focus pinned, or not any more.
    pub(in super::super) fn pin(&self, column: bool) -> Option<Query> {
        let mut query = self.query.clone();
        if column {
            toggle(&mut query.pinned_workspaces, self.focused_ids()?.1);
        } else {
            toggle(
                &mut query.pinned_keys,
                self.key_id(self.selection.focus.row)?,
            );
        }
        Some(query)
    }

    /// The query with a group of columns folded, or unfolded.
    pub(in super::super) fn fold(&self, group: usize) -> Option<Query> {
        let mut query = self.query.clone();
        let title = self.view.groups().get(group)?.title();
        if !query.folded.remove(title) {
            query.folded.insert(title.to_owned());
        }
        Some(query)
    }
}

fn toggle<T: PartialEq>(among: &mut Vec<T>, one: T) {
    match among.iter().position(|other| *other == one) {
        Some(at) => drop(among.remove(at)),
        None => among.push(one),
    }
}
