//! Staging: painting, bulk toggles, copies, whole keys.

use contract::ApiKeyId;
use contract::request::MAX_CELLS;

use super::steps::{Flip, Step};
use super::{Board, Whole};
use crate::bits::{Mask, positions};
use crate::matrix::Place;

/// What an edit did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Cells that will be granted and would not have been.
    pub granted: usize,
    /// Cells that will not be granted and would have been.
    pub revoked: usize,
    /// Cells that were left alone because they cannot be changed.
    pub locked: usize,
}

impl Outcome {
    pub fn changed(self) -> usize {
        self.granted + self.revoked
    }
}

/// More would be staged than can be applied in one transaction, so nothing was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// How many changes there would be.
    pub staged: usize,
}

impl std::fmt::Display for TooMany {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "That would be {} changes; {MAX_CELLS} can be applied together. Filter for fewer keys or workspaces.",
            self.staged
        )
    }
}

/// One key's reach, to be given to others.
#[derive(Clone, Debug)]
pub struct Copied {
    pub from: ApiKeyId,
    pub name: String,
    workspaces: Mask,
}

/// The cells of a key in 64 workspaces.
struct Words {
    /// Which 64.
    at: usize,
    granted: u64,
    after: u64,
    used: u64,
}

impl Board {
    /// What painting these cells begins with: grants where something is not granted, else revokes.
    /// Of a single cell that is the opposite of what it will be.
    pub fn brush(&self, keys: &[usize], workspaces: &Mask) -> bool {
        self.would_paint(keys, workspaces, true).granted > 0
    }

    /// What [`Board::paint`] would do.
    pub fn would_paint(&self, keys: &[usize], workspaces: &Mask, want: bool) -> Outcome {
        self.scan(keys, workspaces, painting(want), |_, _| ())
    }

    /// Stages that these cells are granted, or revoked.
    pub fn paint(
        &mut self,
        keys: &[usize],
        workspaces: &Mask,
        want: bool,
    ) -> Result<Outcome, TooMany> {
        self.flip(keys, workspaces, painting(want))
    }

    /// How many of these cells hold a grant that was not used in a long time.
    pub fn unused(&self, keys: &[usize], workspaces: &Mask) -> usize {
        let outcome = self.scan(keys, workspaces, unused, |_, _| ());
        outcome.revoked
    }

    /// How many grants of a key in these workspaces stay and were not used in a long time, also where
    /// they cannot be changed. Beneath "all workspaces" they do not count.
    pub(crate) fn unused_of(&self, key: usize, workspaces: &Mask) -> usize {
        if self.reaches_all(key) {
            return 0;
        }
        let count = |(at, asked): (usize, &u64)| {
            let unused = unused(&self.words(key, at)) & asked;
            unused.count_ones() as usize
        };
        workspaces.words().iter().enumerate().map(count).sum()
    }

    /// Stages that grants among these cells are revoked if they were not used in a long time.
    pub fn revoke_unused(&mut self, keys: &[usize], workspaces: &Mask) -> Result<Outcome, TooMany> {
        self.flip(keys, workspaces, unused)
    }

    /// Remembers what a key will reach; of a key that reaches all, the workspaces there are.
    pub fn copy(&self, key: usize) -> Option<Copied> {
        let row = &self.matrix.keys().get(key)?.row;
        let present = self.matrix.present();
        let workspaces = present
            .iter()
            .filter(|workspace| self.reaches_all(key) || self.after.get(key, *workspace));
        Some(Copied {
            from: row.id,
            name: row.name.clone(),
            workspaces: workspaces.collect(),
        })
    }

    /// Stages that these keys reach, of these workspaces, exactly those of the copy.
    pub fn paste(
        &mut self,
        copied: &Copied,
        keys: &[usize],
        workspaces: &Mask,
    ) -> Result<Outcome, TooMany> {
        self.flip(keys, workspaces, |words| {
            words.after ^ copied.workspaces.word(words.at)
        })
    }

    /// Stages that a key reaches all workspaces or does not any more, in place of whatever was staged for
    /// it. Whether it was staged: what cannot be changed, or is so already, is not.
    pub fn set_whole(&mut self, key: usize, want: Whole) -> bool {
        let is_so = self.matrix.reaches_all(key) == (want == Whole::On);
        let to = (!is_so).then_some(want);
        if self.lock_of_key(key).is_some() || to == self.whole(key) {
            return false;
        }
        let staged = self.staged_in(key);
        let step = Step {
            flips: staged.map(|place| self.off_stage(place)).collect(),
            wholes: vec![(key, self.whole(key), to)],
        };
        self.redo_step(&step);
        self.done(step);
        true
    }

    /// Turns cells over in one step, those that can be changed.
    fn flip(
        &mut self,
        keys: &[usize],
        workspaces: &Mask,
        flips: impl Fn(&Words) -> u64,
    ) -> Result<Outcome, TooMany> {
        let mut step = Step::default();
        let summary = self.summary();
        let outcome = self.scan(keys, workspaces, flips, |place, want| {
            // Beyond twice as many as can be applied, these are too many whatever was staged before.
            if step.flips.len() <= 2 * MAX_CELLS {
                let staged = want != self.matrix.granted(place);
                // What is taken off the stage was staged as what it will not be any more.
                let want = if staged { want } else { !want };
                step.flips.push(Flip {
                    place,
                    want,
                    staged,
                });
            }
        });
        let staged = step.flips.iter().filter(|flip| flip.staged).count();
        let total = summary.changes() + staged - (step.flips.len() - staged);
        if outcome.changed() > step.flips.len() || total > MAX_CELLS {
            return Err(TooMany {
                staged: total.max(outcome.changed()),
            });
        }
        if outcome.changed() > 0 {
            self.redo_step(&step);
            self.done(step);
        }
        Ok(outcome)
    }

    fn words(&self, key: usize, at: usize) -> Words {
        let word = |words: &[u64]| words.get(at).copied().unwrap_or(0);
        let through_all = if self.reaches_all(key) { u64::MAX } else { 0 };
        Words {
            at,
            granted: word(self.matrix.grants().of_key(key)),
            after: word(self.after.of_key(key)) | through_all,
            used: word(self.matrix.used_by(key)),
        }
    }

    /// Goes through the cells to be turned over, with what each of them will be.
    fn scan(
        &self,
        keys: &[usize],
        workspaces: &Mask,
        flips: impl Fn(&Words) -> u64,
        mut each: impl FnMut(Place, bool),
    ) -> Outcome {
        let editable = self.editable();
        let mut outcome = Outcome::default();
        for key in keys.iter().copied() {
            let locked = self.closed().is_some() || self.barred_row(key).is_some();
            for (at, asked) in workspaces.words().iter().enumerate() {
                let words = self.words(key, at);
                let wanted = flips(&words) & asked;
                let turned = if locked {
                    0
                } else {
                    wanted & editable.word(at)
                };
                outcome.locked += (wanted & !turned).count_ones() as usize;
                outcome.revoked += (turned & words.after).count_ones() as usize;
                outcome.granted += (turned & !words.after).count_ones() as usize;
                for workspace in positions(at, turned) {
                    let bit = 1 << (workspace % 64);
                    each(Place { key, workspace }, words.after & bit == 0);
                }
            }
        }
        outcome
    }
}

fn painting(want: bool) -> impl Fn(&Words) -> u64 {
    move |words| if want { !words.after } else { words.after }
}

/// A grant of which it is known that it is there, and stays, and was not used.
fn unused(words: &Words) -> u64 {
    words.granted & words.after & !words.used
}
