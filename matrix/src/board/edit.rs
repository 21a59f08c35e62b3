//! Staging: painting, bulk toggles, copies, whole keys.

use std::fmt;

use contract::request::{MAX_CELLS, MAX_KEYS};
use contract::{ApiKeyId, WorkspaceId};

use super::steps::{Flip, Step};
use super::{Board, Whole};
use crate::bits::{Mask, differences, positions};
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
pub enum TooMany {
    /// So many cells would be different, by changes of their own or of their key as a whole.
    Cells(usize),
    /// "All workspaces" would be turned on or off for so many keys.
    Keys(usize),
}

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cells(cells) => write!(
                f,
                "That would be {cells} changes; {MAX_CELLS} can be applied together. Filter for fewer keys or workspaces."
            ),
            Self::Keys(keys) => write!(
                f,
                "That would be “all workspaces” of {keys} keys; {MAX_KEYS} can be changed together. Apply these first."
            ),
        }
    }
}

/// One key's reach, to be given to others, also on a board that was made anew since.
#[derive(Clone, Debug)]
pub struct Copied {
    pub from: ApiKeyId,
    pub name: String,
    workspaces: Vec<WorkspaceId>,
}

/// The cells of a key in 64 workspaces.
struct Words {
    /// Which 64.
    at: usize,
    granted: u64,
    after: u64,
    used: u64,
    lately: u64,
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

    /// How many of these cells hold a grant that was not used in a long time: in the
    /// [`crate::Matrix::used_days`] before the matrix was read. When a grant was made is not known, so
    /// one that was made within these days and not used yet counts too; one that was made after the matrix
    /// was read does not.
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

    /// Stages that grants among these cells are revoked if [`Board::unused`] counts them.
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
        let id = |workspace: usize| self.matrix.workspaces()[workspace].column.id;
        Some(Copied {
            from: row.id,
            name: row.name.clone(),
            workspaces: workspaces.map(id).collect(),
        })
    }

    /// Stages that these keys reach, of these workspaces, exactly those of the copy.
    pub fn paste(
        &mut self,
        copied: &Copied,
        keys: &[usize],
        workspaces: &Mask,
    ) -> Result<Outcome, TooMany> {
        let ids = copied.workspaces.iter();
        let wanted: Mask = ids.filter_map(|id| self.matrix.workspace_at(*id)).collect();
        self.flip(keys, workspaces, |words| {
            words.after ^ wanted.word(words.at)
        })
    }

    /// Stages that a key reaches all workspaces or does not any more, in place of whatever was staged for
    /// it. Whether it was staged: what cannot be changed, or is so already, is not.
    pub fn set_whole(&mut self, key: usize, want: Whole) -> Result<bool, TooMany> {
        let is_so = self.matrix.reaches_all(key) == (want == Whole::On);
        let to = (!is_so).then_some(want);
        if self.lock_of_key(key).is_some() || to == self.whole(key) {
            return Ok(false);
        }
        let keys = self.whole.len() + usize::from(to.is_some() && self.whole(key).is_none());
        if keys > MAX_KEYS {
            return Err(TooMany::Keys(keys));
        }
        let row = self.row_by(key, to);
        let changing = differences(row.words(), self.matrix.grants().of_key(key));
        let changing = changing.map(|word| word.count_ones() as usize).sum();
        self.room(changing, self.changing_of(key))?;
        let staged = self.staged_in(key);
        let step = Step {
            flips: staged.map(|place| self.off_stage(place)).collect(),
            wholes: vec![(key, self.whole(key), to)],
        };
        self.redo_step(&step);
        self.done(step);
        Ok(true)
    }

    /// Whether so many more cells can be staged when so many others are taken off the stage. Others may
    /// have made more of what is staged than can be applied; whoever makes it less is not kept from it.
    fn room(&self, more: usize, less: usize) -> Result<(), TooMany> {
        let total = self.changing() + more - less;
        if more > less && total > MAX_CELLS {
            return Err(TooMany::Cells(total));
        }
        Ok(())
    }

    /// Turns cells over in one step, those that can be changed.
    fn flip(
        &mut self,
        keys: &[usize],
        workspaces: &Mask,
        flips: impl Fn(&Words) -> u64,
    ) -> Result<Outcome, TooMany> {
        let mut step = Step::default();
        let outcome = self.scan(keys, workspaces, flips, |place, want| {
            // Of more than twice as many as can be applied, too many are staged by it whatever was before.
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
        if outcome.changed() > step.flips.len() {
            return Err(TooMany::Cells(outcome.changed()));
        }
        self.room(staged, step.flips.len() - staged)?;
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
            lately: word(self.matrix.granted_lately(key)),
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
    words.granted & words.after & !words.used & !words.lately
}
