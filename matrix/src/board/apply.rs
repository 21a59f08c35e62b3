//! Applying: what is sent, and what becomes of the stage by the answer.

use std::collections::BTreeMap;

use contract::request::{Beneath, Cell, KeyReach};

use super::{Board, Conflict, News, Whole};
use crate::matrix::Place;

/// Everything staged, as the server takes it: all of it in one transaction, or nothing.
#[derive(Clone, Debug)]
pub struct Changes {
    pub cells: Vec<Cell>,
    pub keys: Vec<KeyReach>,
}

/// What was sent and is not answered yet. The stream may tell of it before the answer, and does not say of
/// which changeset it tells.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// What each cell is to be.
    cells: BTreeMap<Place, bool>,
    wholes: BTreeMap<usize, Whole>,
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
        let key = |(at, want): (&usize, &Whole)| KeyReach {
            key: self.matrix.keys()[*at].row.id,
            all_workspaces: *want == Whole::On,
            grants: match want {
                Whole::On => Beneath::Keep,
                Whole::Off(beneath) => *beneath,
            },
            expected: Some(self.matrix.reaches_all(*at)),
        };
        Changes {
            cells: self.staged().filter_map(cell).collect(),
            keys: self.whole.iter().map(key).collect(),
        }
    }

    /// Gives what is to be sent. Nothing can be edited until the answer is given to [`Board::applied`],
    /// [`Board::conflicted`] or [`Board::refused`].
    pub fn begin(&mut self) -> Changes {
        let changes = self.changes();
        let cells = self.staged();
        self.sent = Some(Sent {
            cells: cells
                .map(|place| (place, self.will_be_granted(place)))
                .collect(),
            wholes: self.whole.clone(),
        });
        self.failed.clear();
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
                let place = Place { key, workspace };
                self.matrix.set(place, self.will_be_granted(place));
            }
        }
        self.sent = None;
        self.contested.retain(|place, conflict| {
            conflict.theirs = self.matrix.granted(*place);
            !conflict.agrees()
        });
        self.undo.clear();
        self.redo.clear();
    }

    /// The server has applied nothing. What was sent stays staged, and is marked. Gives what the person
    /// should know.
    pub fn refused(&mut self) -> Vec<News> {
        let news = self.give_back();
        self.failed = self.staged().collect();
        news
    }

    /// The server has applied nothing, for these are not what they were expected to be. They leave the
    /// stage; the rest stays on it. Gives what the person should know.
    pub fn conflicted(&mut self, conflicts: &[contract::access::Conflict]) -> Vec<News> {
        use contract::access::Conflict;
        let mut news = Vec::new();
        for conflict in conflicts {
            match *conflict {
                Conflict::Cell {
                    key,
                    workspace,
                    granted,
                } => {
                    let place = self.matrix.place(key, workspace);
                    news.extend(place.and_then(|place| self.settle(place, granted)));
                }
                Conflict::Key {
                    key,
                    all_workspaces,
                } => {
                    if let Some(key) = self.matrix.key_at(key) {
                        self.matrix.set_all(key, all_workspaces);
                        news.extend(self.meet_key(key));
                    }
                }
            }
        }
        news.extend(self.give_back());
        news
    }

    /// Takes up what the server says of a cell, unless the stream has told it before.
    fn settle(&mut self, place: Place, granted: bool) -> Option<News> {
        let staged = self.is_staged(place);
        if self.matrix.granted(place) == granted {
            return None;
        }
        self.matrix.set(place, granted);
        self.meet(place, staged, None)
    }

    /// Nothing of what was sent was applied, so what has left the stage without a word, being taken for
    /// one's own, was done elsewhere.
    fn give_back(&mut self) -> Vec<News> {
        let mut news = Vec::new();
        let Some(sent) = self.sent.take() else {
            return news;
        };
        for (place, mine) in sent.cells {
            let told = self.contested.contains_key(&place) || self.barred(place).is_some();
            if !told && !self.is_staged(place) {
                let theirs = self.matrix.granted(place);
                news.push(self.contest(Conflict {
                    place,
                    mine,
                    theirs,
                    by: None,
                }));
            }
        }
        for key in sent.wholes.into_keys() {
            if self.whole(key).is_none() && self.lock_of_key(key).is_none() {
                news.push(News::WholeDropped { key, lock: None });
            }
        }
        news
    }
}
