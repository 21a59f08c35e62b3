//! What somebody works on: the board with what is shown of it, where the focus is, and what is being
//! painted. Plain values; the same code lays out the first window on the server.
//!
//! Columns are counted from the first workspace on; the column of "all workspaces", which stands before
//! them and stays in sight, is `None` where a column is optional.

mod hand;
mod layout;
mod news;
mod query;
mod selection;
mod shown;

use std::collections::HashMap;
use std::ops::Range;

use contract::access::{Present, Snapshot};
use contract::{Invalid, ProfileId, Timestamp};
use matrix::{Board, Copied, Extent, Mask, Pos, Selection, Summary, View};

pub(super) use self::hand::Edited;
#[cfg(feature = "hydrate")]
pub(super) use self::layout::Group;
pub(super) use self::layout::checked;
pub(super) use self::query::Query;

/// What stands around the grid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) summary: Summary,
    /// Keys and workspaces in all, and how many of them are shown.
    pub(super) keys: (usize, usize),
    pub(super) workspaces: (usize, usize),
    /// Grants among the shown cells that were not used in a long time.
    pub(super) unused: usize,
    pub(super) is_applying: bool,
    pub(super) can_undo: bool,
    pub(super) can_redo: bool,
    /// Why the filter is not understood.
    pub(super) refused: Option<String>,
}

pub(super) struct Work {
    board: Board,
    /// Whether it is as it was, and not as it is.
    past: bool,
    view: View,
    spans: Vec<(usize, Range<usize>)>,
    /// The columns that begin a group.
    starting: Mask,
    sizes: HashMap<String, usize>,
    query: Query,
    /// Why the query is not followed; what is shown is as it was before.
    refused: Option<String>,
    /// Turns whenever rows and columns are arranged anew.
    arranged: u32,
    now: Timestamp,
    selection: Selection,
    stroke: Option<hand::Stroke>,
    /// The brush of the last stroke, for going on with it.
    brush: Option<bool>,
    /// Whether a mouse has painted, whose click comes yet.
    painted: bool,
    copied: Option<Copied>,
    guests: Vec<Present>,
}

impl Work {
    pub(super) fn new(snapshot: Snapshot, me: ProfileId, query: Query, past: bool) -> Self {
        let now = snapshot.at;
        let board = if past {
            Board::past(snapshot, me)
        } else {
            Board::new(snapshot, me)
        };
        let (asked, refused) = match arranged(&board, &query, now) {
            Ok(asked) => (asked, None),
            Err(invalid) => (everything(&board, now), Some(invalid.to_string())),
        };
        let mut work = Self {
            view: asked.view,
            board,
            past,
            spans: Vec::new(),
            starting: Mask::default(),
            sizes: HashMap::new(),
            query,
            refused,
            arranged: 1,
            now,
            selection: Selection::at(Pos { row: 0, column: 1 }),
            stroke: None,
            brush: None,
            painted: false,
            copied: None,
            guests: Vec::new(),
        };
        work.measure_groups(asked.label.as_deref());
        work.selection = work.selection.within(work.extent(1));
        work
    }

    fn measure_groups(&mut self, label: Option<&str>) {
        self.spans = layout::spans(&self.view);
        self.starting = self.spans.iter().map(|(_, span)| span.start).collect();
        self.sizes = layout::sizes(&self.board, label);
    }

    /// What time it is.
    pub(super) fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    pub(super) fn is_past(&self) -> bool {
        self.past
    }

    pub(super) fn board(&self) -> &Board {
        &self.board
    }

    pub(super) fn view(&self) -> &View {
        &self.view
    }

    pub(super) fn query(&self) -> &Query {
        &self.query
    }

    pub(super) fn set_query(&mut self, query: Query) {
        self.query = query;
        self.lay_out();
    }

    /// Arranges anew what is shown. The focus stays on its cell where that still is shown.
    pub(super) fn lay_out(&mut self) {
        let Arranged { view, label } = match arranged(&self.board, &self.query, self.now) {
            Ok(arranged) => arranged,
            Err(invalid) => {
                self.refused = Some(invalid.to_string());
                return;
            }
        };
        let key = self.view.key(self.selection.focus.row);
        let workspace = self.view.place(self.selection.focus);
        self.refused = None;
        self.arranged += 1;
        self.view = view;
        self.measure_groups(label.as_deref());
        self.stroke = None;
        let row = key.and_then(|key| self.view.row_of(key));
        let column = workspace.and_then(|place| self.view.column_of(place.workspace));
        let focus = Pos {
            row: row.unwrap_or(self.selection.focus.row),
            column: column.unwrap_or(self.selection.focus.column),
        };
        self.selection = Selection::at(focus).within(self.extent(1));
    }

    /// Goes on where another was: its focus, what it had copied, who else was here.
    pub(super) fn stand_where(&mut self, before: &mut Self) {
        self.arranged += before.arranged;
        self.copied = before.copied.take();
        self.guests = std::mem::take(&mut before.guests);
        let focus = before.selection.focus;
        let ids = before.board.matrix().keys();
        let key = before.view.key(focus.row).and_then(|key| ids.get(key));
        let key = key.and_then(|key| self.board.matrix().key_at(key.row.id));
        let row = key.and_then(|key| self.view.row_of(key));
        let row = row.unwrap_or(focus.row);
        self.selection = Selection::at(Pos { row, ..focus }).within(self.extent(1));
    }

    pub(super) fn extent(&self, page: usize) -> Extent {
        Extent {
            rows: self.view.rows().len(),
            columns: self.view.columns().len(),
            page,
        }
    }

    pub(super) fn told(&self) -> Told {
        let matrix = self.board.matrix();
        let keys = matrix.keys().iter().filter(|key| !key.gone).count();
        let workspaces = matrix.workspaces().iter().filter(|one| !one.gone).count();
        Told {
            summary: self.board.summary(),
            keys: (keys, self.view.keys().count()),
            workspaces: (workspaces, self.view.workspaces().count()),
            unused: self.unused(),
            is_applying: self.board.is_applying(),
            can_undo: self.board.can_undo(),
            can_redo: self.board.can_redo(),
            refused: self.refused.clone(),
        }
    }
}

/// What is shown, and the label that columns are grouped by.
struct Arranged {
    view: View,
    label: Option<String>,
}

/// What a query shows. An error says what is wrong with it.
fn arranged(board: &Board, query: &Query, now: Timestamp) -> Result<Arranged, Invalid> {
    let arrangement = query.arrangement()?;
    Ok(Arranged {
        view: View::new(board, &arrangement, now)?,
        label: arrangement.grouping.label(board.matrix()),
    })
}

/// What an empty query shows.
fn everything(board: &Board, now: Timestamp) -> Arranged {
    arranged(board, &Query::default(), now)
        .unwrap_or_else(|_| unreachable!("an empty filter asks for nothing"))
}
