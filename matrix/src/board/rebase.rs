//! What becomes of the stage when somebody else changes the matrix.

use contract::Timestamp;
use contract::access::Change;

use super::{Board, Outcome, TooMany, Whole};
use crate::cell::Lock;
use crate::matrix::{Place, Touched};

/// What a change did to the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub touched: Touched,
    /// What the person should know, for it concerns what they had staged.
    pub news: Vec<News>,
}

/// What became of staged work by no doing of the person's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Somebody did just what was staged.
    Agreed(Place),
    /// Somebody made a cell the opposite of what was staged for it: [`Board::conflicts`].
    Conflict(Place),
    /// These cells cannot be changed any more and are not staged.
    Dropped { places: Vec<Place>, lock: Lock },
    /// So many staged changes were about keys or workspaces that are not there any more.
    Gone(usize),
    /// What was staged for a key as a whole is so already, or cannot be done any more.
    WholeDropped { key: usize, lock: Option<Lock> },
}

impl News {
    /// Cells that cannot be changed any more, told at once with the reason of the first.
    pub(super) fn dropped(locked: Vec<(Place, Lock)>) -> Option<Self> {
        let lock = locked.first()?.1;
        let places = locked.into_iter().map(|(place, _)| place).collect();
        Some(Self::Dropped { places, lock })
    }

    /// What happened, in a sentence.
    pub fn text(&self, board: &Board) -> String {
        let matrix = board.matrix();
        let key = |at: usize| matrix.keys()[at].row.name.as_str();
        let workspace = |at: usize| matrix.workspaces()[at].column.name.as_str();
        match self {
            Self::Agreed(place) => {
                let does = if matrix.granted(*place) {
                    "reaches"
                } else {
                    "no longer reaches"
                };
                let (key, workspace) = (key(place.key), workspace(place.workspace));
                format!("{key} {does} {workspace} already, as you had staged it.")
            }
            Self::Conflict(place) => format!(
                "{} → {} was changed against what you had staged. The review shows both sides.",
                key(place.key),
                workspace(place.workspace)
            ),
            Self::Dropped { places, lock } => match places.as_slice() {
                [] => String::new(),
                [place, ..] => {
                    let reason = lock.reason(matrix, *place);
                    format!("{reason} {} not staged any more.", counted(places.len()))
                }
            },
            Self::Gone(count) => format!(
                "{} not staged any more: what they were about is gone.",
                counted(*count)
            ),
            Self::WholeDropped {
                key: at,
                lock: Some(lock),
            } => {
                let place = Place {
                    key: *at,
                    workspace: 0,
                };
                let reason = lock.reason(matrix, place);
                format!("{reason} “All workspaces” is not staged for it any more.")
            }
            Self::WholeDropped {
                key: at,
                lock: None,
            } => format!(
                "“All workspaces” was turned on or off for {} already, and is not staged for it any more.",
                key(*at)
            ),
        }
    }
}

fn counted(changes: usize) -> String {
    match changes {
        1 => "1 change is".to_owned(),
        more => format!("{more} changes are"),
    }
}

/// A staged cell that somebody else changed: the person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub place: Place,
    /// Whether the person wanted it granted.
    pub mine: bool,
    /// Whether it is granted.
    pub theirs: bool,
    /// Who changed it and when, where that is known.
    pub by: Option<(String, Timestamp)>,
}

impl Conflict {
    /// Both did the same.
    pub fn agrees(&self) -> bool {
        self.mine == self.theirs
    }
}

/// Whose will a conflict is settled by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Mine,
    Theirs,
}

impl Board {
    /// Takes up what happened elsewhere. The rest of the stage stays as it is.
    pub fn change(&mut self, change: Change) -> Changed {
        let (by, place) = match &change {
            Change::Cell(cell) => (
                (cell.by != self.me).then(|| (cell.by_name.clone(), cell.at)),
                self.matrix.place(cell.key, cell.workspace),
            ),
            _ => (None, None),
        };
        let staged = place.is_some_and(|place| self.is_staged(place));
        let touched = self.matrix.apply(change, self.me);
        let news = match touched {
            Touched::Cell(place) => {
                let news = self.meet(place, staged, by);
                news.into_iter().collect()
            }
            Touched::Key { at, .. } => self.meet_key(at),
            Touched::Workspace { at, .. } => self.meet_workspace(at),
            Touched::Nothing | Touched::Reload => Vec::new(),
        };
        Changed { touched, news }
    }

    /// What is to be decided: cells that somebody else made the opposite of what was staged for them.
    pub fn conflicts(&self) -> impl Iterator<Item = &Conflict> {
        let contested = self.contested.values();
        contested.filter(|conflict| !conflict.agrees())
    }

    /// Decides about one of them: mine is staged again, theirs is left as it is. Gives what was staged. Where
    /// mine cannot be, the cell counts as locked, and the conflict is still there to be decided.
    pub fn resolve(&mut self, place: Place, side: Side) -> Result<Outcome, TooMany> {
        let mut outcome = Outcome::default();
        if let Some(conflict) = self.contested.get(&place)
            && side == Side::Mine
        {
            let workspace = std::iter::once(place.workspace).collect();
            outcome = self.paint(&[place.key], &workspace, conflict.mine)?;
        }
        if outcome.locked == 0 {
            self.contested.remove(&place);
        }
        Ok(outcome)
    }

    /// A cell is not what it was: nothing is staged for it any more.
    pub(super) fn meet(
        &mut self,
        place: Place,
        staged: bool,
        by: Option<(String, Timestamp)>,
    ) -> Option<News> {
        let theirs = self.matrix.granted(place);
        if !self.is_decided(place.key) {
            self.after.set(place.key, place.workspace, theirs);
        }
        self.failed.remove(&place);
        // A changeset of one's own arrives by the stream too; if it was not this one, the answer will tell.
        let own = by.is_none() && self.is_applying();
        if staged && !own {
            // There are two states, so a change makes a cell what was staged for it.
            return Some(self.contest(Conflict {
                place,
                mine: theirs,
                theirs,
                by,
            }));
        }
        let conflict = self.contested.get_mut(&place)?;
        conflict.theirs = theirs;
        conflict.by = by;
        (!conflict.agrees()).then_some(News::Conflict(place))
    }

    /// Keeps both sides of a cell, for it may be changed again; gives what the person should know.
    pub(super) fn contest(&mut self, conflict: Conflict) -> News {
        let place = conflict.place;
        let agreed = conflict.agrees();
        self.contested.insert(place, conflict);
        if agreed {
            News::Agreed(place)
        } else {
            News::Conflict(place)
        }
    }

    pub(super) fn meet_key(&mut self, key: usize) -> Vec<News> {
        let mut news = Vec::new();
        if let Some(whole) = self.whole(key) {
            let lock = Lock::of_key(&self.matrix, key);
            let is_so = (whole == Whole::On) == self.matrix.reaches_all(key);
            if is_so || lock.is_some() {
                self.whole.remove(&key);
                if whole.decides() {
                    self.refresh(key);
                }
                // Until the answer tells, it is taken for one's own.
                if lock.is_some() || !self.is_applying() {
                    news.push(News::WholeDropped { key, lock });
                }
            }
        }
        let staged: Vec<_> = self.staged_in(key).collect();
        self.all.set(key, self.will_reach_all(key));
        news.extend(self.drop_locked(staged));
        news
    }

    fn meet_workspace(&mut self, workspace: usize) -> Vec<News> {
        let decided = self.whole.iter().filter(|(_, whole)| whole.decides());
        let decided: Vec<_> = decided.map(|(key, _)| *key).collect();
        for key in decided {
            self.refresh(key);
        }
        let staged: Vec<_> = self
            .staged()
            .filter(|place| place.workspace == workspace)
            .collect();
        self.drop_locked(staged).into_iter().collect()
    }

    /// Takes those off the stage that cannot be changed any more.
    fn drop_locked(&mut self, staged: Vec<Place>) -> Option<News> {
        let locked = staged
            .into_iter()
            .filter_map(|place| Some((place, self.barred(place)?)));
        let locked: Vec<_> = locked.collect();
        for (place, _) in &locked {
            self.put(*place, None);
        }
        News::dropped(locked)
    }
}
