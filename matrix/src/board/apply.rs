//! Applying: what is sent, and what becomes of the stage by the answer.

use contract::ApiKeyId;
use contract::request::Cell;

use super::{Board, Whole};

/// Everything staged, as the server takes it: all of it in one transaction, or nothing.
#[derive(Clone, Debug)]
pub struct Changes {
    pub cells: Vec<Cell>,
    pub keys: Vec<KeyWant>,
}

/// "All workspaces" turned on or off for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyWant {
    pub key: ApiKeyId,
    pub want: Whole,
    /// Whether it reached all workspaces when that was decided.
    pub expected: bool,
}

impl Board {
    /// Everything staged, as it would be sent now.
    pub fn changes(&self) -> Changes {
        let cell = |place| {
            let (key, workspace) = self.matrix.ids(place)?;
            let expected = self.matrix.granted(place);
            Some(Cell {
                key,
                workspace,
                want: !expected,
                expected: Some(expected),
            })
        };
        let key = |(at, want): (&usize, &Whole)| KeyWant {
            key: self.matrix.keys()[*at].row.id,
            want: *want,
            expected: self.matrix.reaches_all(*at),
        };
        Changes {
            cells: self.staged().filter_map(cell).collect(),
            keys: self.whole.iter().map(key).collect(),
        }
    }

    /// Gives what is to be sent. Until [`Board::applied`] or [`Board::refused`] nothing can be edited.
    pub fn begin(&mut self) -> Changes {
        let changes = self.changes();
        self.failed.clear();
        self.applying = true;
        changes
    }

    /// The server has applied what it was sent. What the stream has told already is not staged any more,
    /// and may have been changed again since, so only what still is staged becomes what is.
    pub fn applied(&mut self) {
        let places: Vec<_> = self.staged().collect();
        for place in places {
            self.matrix.set(place, self.will_be_granted(place));
        }
        for (key, whole) in std::mem::take(&mut self.whole) {
            self.matrix.set_all(key, whole == Whole::On);
            for workspace in 0..self.matrix.workspaces().len() {
                let place = crate::matrix::Place { key, workspace };
                self.matrix.set(place, self.will_be_granted(place));
            }
        }
        self.applying = false;
        self.contested.retain(|_, conflict| !conflict.agrees());
        self.undo.clear();
        self.redo.clear();
    }

    /// The server has applied nothing. What was sent stays staged, and is marked.
    pub fn refused(&mut self) {
        self.applying = false;
        self.failed = self.staged().collect();
    }
}
