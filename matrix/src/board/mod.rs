//! The board: what is, and what will be once everything staged is applied.
//!
//! A staged cell is one that will be different from what it is, so nothing can be staged that is so already,
//! and what a cell was expected to be never has to be kept: it is what it is. Whatever happens elsewhere
//! makes both the same again for the cell it is about.

mod apply;
mod count;
mod draft;
mod edit;
mod rebase;
mod review;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use contract::access::Snapshot;
use contract::request::Beneath;
use contract::{ProfileId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::bits::{Mask, Relation, differences, ones};
use crate::cell::{Cell, Lock, State};
use crate::matrix::{Matrix, Place};

pub use apply::Changes;
pub use count::{Count, Summary, Tri};
pub use draft::Draft;
pub use edit::{Copied, Outcome, TooMany};
pub use rebase::{Changed, Conflict, News, Side};
pub use review::{KeyReview, Review, Reviewed, Risk};

use apply::Sent;
use steps::Step;

/// What is staged for a key as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Whole {
    /// It will reach all workspaces, present and future.
    On,
    /// It will not any more.
    Off(Beneath),
}

impl Whole {
    /// Whether it says of every workspace what becomes of it, which leaves nothing to choose.
    fn decides(self) -> bool {
        matches!(self, Self::Off(Beneath::Today | Beneath::None))
    }
}

/// A matrix and what somebody stages on it.
#[derive(Clone, Debug)]
pub struct Board {
    matrix: Matrix,
    me: ProfileId,
    /// What will be explicitly granted.
    after: Relation,
    /// The keys that will reach all workspaces.
    all: Mask,
    whole: BTreeMap<usize, Whole>,
    read_only: bool,
    /// What is being applied.
    sent: Option<Sent>,
    failed: BTreeSet<Place>,
    contested: BTreeMap<Place, Conflict>,
    undo: Vec<Step>,
    redo: Vec<Step>,
}

impl Board {
    /// A board on which nothing is staged; `me` is who works on it.
    pub fn new(snapshot: Snapshot, me: ProfileId) -> Self {
        let matrix = Matrix::new(snapshot);
        Self {
            after: matrix.grants().clone(),
            all: Mask::of(matrix.keys().len(), |key| matrix.reaches_all(key)),
            matrix,
            me,
            whole: BTreeMap::new(),
            read_only: false,
            sent: None,
            failed: BTreeSet::new(),
            contested: BTreeMap::new(),
            undo: Vec::new(),
            redo: Vec::new(),
        }
    }

    /// The matrix as it was: nothing can be staged on it.
    pub fn past(snapshot: Snapshot, me: ProfileId) -> Self {
        Self {
            read_only: true,
            ..Self::new(snapshot, me)
        }
    }

    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    pub fn is_applying(&self) -> bool {
        self.sent.is_some()
    }

    /// Forgets the marks of changes that are not fresh any more; gives the cells to paint anew.
    pub fn fade(&mut self, now: Timestamp) -> Vec<Place> {
        self.matrix.fade(now)
    }

    /// What a cell is.
    pub fn cell(&self, place: Place, now: Timestamp) -> Cell {
        Cell {
            state: self.state(place),
            lock: self.lock(place),
            fresh: self.matrix.edit(place, now).is_some(),
        }
    }

    fn state(&self, place: Place) -> State {
        let want = self.after.get(place.key, place.workspace);
        if self.reaches_all(place.key) {
            State::All
        } else if self.matrix.granted(place) == want {
            if want { State::Granted } else { State::None }
        } else if self.is_applying() {
            State::Applying(want)
        } else if self.failed.contains(&place) {
            State::Failed(want)
        } else if want {
            State::Grant
        } else {
            State::Revoke
        }
    }

    /// Why a cell cannot be changed.
    pub fn lock(&self, place: Place) -> Option<Lock> {
        self.closed().or_else(|| self.barred(place))
    }

    /// Why "all workspaces" cannot be turned on or off for a key.
    pub fn lock_of_key(&self, key: usize) -> Option<Lock> {
        let of_key = || Lock::of_key(&self.matrix, key);
        self.closed().or_else(of_key)
    }

    /// Why nothing at all can be changed at the moment.
    fn closed(&self) -> Option<Lock> {
        if self.read_only {
            Some(Lock::Past)
        } else {
            self.is_applying().then_some(Lock::Applying)
        }
    }

    /// Why a cell cannot be staged, whatever goes on.
    fn barred(&self, place: Place) -> Option<Lock> {
        let of_workspace = || Lock::of_workspace(&self.matrix, place.workspace);
        self.barred_row(place.key).or_else(of_workspace)
    }

    /// Why none of a key's cells can be staged.
    fn barred_row(&self, key: usize) -> Option<Lock> {
        Lock::of_key(&self.matrix, key).or_else(|| {
            if self.is_decided(key) {
                Some(Lock::Whole)
            } else {
                self.reaches_all(key).then_some(Lock::All)
            }
        })
    }

    /// The workspaces whose cells the caller may change.
    fn editable(&self) -> Mask {
        let workspaces = self.matrix.workspaces().len();
        Mask::of(workspaces, |at| {
            Lock::of_workspace(&self.matrix, at).is_none()
        })
    }

    /// Whether a key will reach all workspaces, present and future.
    pub fn reaches_all(&self, key: usize) -> bool {
        self.all.get(key)
    }

    /// What is staged for a key as a whole.
    pub fn whole(&self, key: usize) -> Option<Whole> {
        self.whole.get(&key).copied()
    }

    /// Whether a cell will be different by a change of its own.
    pub fn is_staged(&self, place: Place) -> bool {
        let differs = self.after.get(place.key, place.workspace) != self.matrix.granted(place);
        differs && !self.is_decided(place.key)
    }

    /// Whether anything of a key is staged.
    pub fn is_key_staged(&self, key: usize) -> bool {
        self.whole.contains_key(&key) || self.staged_of(key).any(|word| word != 0)
    }

    fn is_decided(&self, key: usize) -> bool {
        self.whole.get(&key).is_some_and(|whole| whole.decides())
    }

    /// The cells of a key that are staged, in words.
    pub(crate) fn staged_of(&self, key: usize) -> impl Iterator<Item = u64> {
        let own = if self.is_decided(key) { 0 } else { usize::MAX };
        differences(self.after.of_key(key), self.matrix.grants().of_key(key)).take(own)
    }

    /// The cells that are staged, key by key.
    pub fn staged(&self) -> impl Iterator<Item = Place> {
        (0..self.matrix.keys().len()).flat_map(|key| self.staged_in(key))
    }

    /// Whether a cell will be granted once everything staged is applied.
    pub fn will_be_granted(&self, place: Place) -> bool {
        self.after.get(place.key, place.workspace)
    }

    fn will_reach_all(&self, key: usize) -> bool {
        let whole = self.whole(key).map(|whole| whole == Whole::On);
        whole.unwrap_or_else(|| self.matrix.reaches_all(key))
    }

    /// What will be granted of a row when this is staged for it as a whole, and nothing else.
    fn row_by(&self, key: usize, whole: Option<Whole>) -> Mask {
        match whole {
            Some(Whole::Off(Beneath::Today)) => self.matrix.present(),
            Some(Whole::Off(Beneath::None)) => Mask::default(),
            _ => ones(self.matrix.grants().of_key(key)).collect(),
        }
    }

    /// Makes what will be of a row what is, or what is staged for it as a whole.
    fn refresh(&mut self, key: usize) {
        self.all.set(key, self.will_reach_all(key));
        let wanted = self.row_by(key, self.whole(key));
        let differing: Vec<u64> = differences(self.after.of_key(key), wanted.words()).collect();
        for workspace in ones(&differing) {
            self.after.set(key, workspace, wanted.get(workspace));
        }
    }
}
