//! How staging is undone and redone, step by step.

use super::{Board, Whole};
use crate::bits::positions;
use crate::cell::Lock;
use crate::matrix::Place;

/// How many steps can be undone.
const STEPS: usize = 200;
/// How many cells they can be about together: 1.6 MB, and little enough for a draft to hold it all.
const FLIPS: usize = 50_000;

/// A cell that an edit staged, or took off the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flip {
    pub(super) place: Place,
    /// What it is, or was, staged as.
    pub(super) want: bool,
    pub(super) staged: bool,
}

/// What one edit did; the cells before the whole keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) flips: Vec<Flip>,
    /// A key, what was staged for it as a whole, and what is.
    pub(super) wholes: Vec<(usize, Option<Whole>, Option<Whole>)>,
}

impl Board {
    /// Takes everything off the stage; that too can be undone.
    pub fn discard(&mut self) {
        if self.is_applying() {
            return;
        }
        let wholes = self.whole.iter();
        let step = Step {
            flips: self.staged().map(|place| self.off_stage(place)).collect(),
            wholes: wholes
                .map(|(key, whole)| (*key, Some(*whole), None))
                .collect(),
        };
        if step != Step::default() {
            self.redo_step(&step);
            self.done(step);
        }
    }

    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty() && !self.is_applying()
    }

    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty() && !self.is_applying()
    }

    /// Takes the last edit back, as far as it still can be; whether there was one.
    pub fn undo(&mut self) -> bool {
        if !self.can_undo() {
            return false;
        }
        let Some(step) = self.undo.pop() else {
            return false;
        };
        for (key, from, _) in &step.wholes {
            self.put_whole(*key, *from);
        }
        for flip in &step.flips {
            self.put(flip.place, (!flip.staged).then_some(flip.want));
        }
        self.redo.push(step);
        true
    }

    /// Does again what was taken back last; whether there was something.
    pub fn redo(&mut self) -> bool {
        if !self.can_redo() {
            return false;
        }
        let Some(step) = self.redo.pop() else {
            return false;
        };
        self.redo_step(&step);
        self.undo.push(step);
        true
    }

    /// Does what a step says, for the first time or again.
    pub(super) fn redo_step(&mut self, step: &Step) {
        for flip in &step.flips {
            self.put(flip.place, flip.staged.then_some(flip.want));
        }
        for (key, _, to) in &step.wholes {
            self.put_whole(*key, *to);
        }
    }

    /// Keeps an edit for undoing it.
    pub(super) fn done(&mut self, step: Step) {
        self.redo.clear();
        self.undo.push(step);
        let mut flips = 0;
        let newest = self.undo.iter().rev().take(STEPS);
        let kept = newest.take_while(|step| {
            flips += step.flips.len();
            flips <= FLIPS
        });
        let forgotten = self.undo.len() - kept.count();
        self.undo.drain(..forgotten);
    }

    /// Stages a cell, or takes it off the stage. What cannot be changed by now is taken off.
    pub(super) fn put(&mut self, place: Place, want: Option<bool>) {
        if self.is_decided(place.key) {
            return;
        }
        let is = self.matrix.granted(place);
        let want = want.filter(|_| self.barred(place).is_none());
        self.after
            .set(place.key, place.workspace, want.unwrap_or(is));
        self.failed.remove(&place);
        self.contested.remove(&place);
    }

    /// Stages something for a key as a whole, or takes that off the stage.
    pub(super) fn put_whole(&mut self, key: usize, to: Option<Whole>) {
        let reaches_all = self.matrix.reaches_all(key);
        let to = to
            .filter(|whole| (*whole == Whole::On) != reaches_all)
            .filter(|_| Lock::of_key(&self.matrix, key).is_none());
        match to {
            Some(whole) => self.whole.insert(key, whole),
            None => self.whole.remove(&key),
        };
        self.refresh(key);
    }

    pub(super) fn off_stage(&self, place: Place) -> Flip {
        Flip {
            place,
            want: self.will_be_granted(place),
            staged: false,
        }
    }

    /// The cells of a key that are staged.
    pub(super) fn staged_in(&self, key: usize) -> impl Iterator<Item = Place> {
        let words = self.staged_of(key).enumerate();
        let workspaces = words.flat_map(|(at, word)| positions(at, word));
        workspaces.map(move |workspace| Place { key, workspace })
    }
}
