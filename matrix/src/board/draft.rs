//! The stage as it is kept while a page is loaded anew: ids and nothing else, no name and no secret.

use std::collections::BTreeMap;

use contract::{ApiKeyId, ProfileId, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::steps::{Flip, Step};
use super::{Board, Conflict, News, Whole};
use crate::matrix::Place;

/// What this version writes; what another one wrote is not read.
const VERSION: u32 = 2;

/// What somebody staged, and how it can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    version: u32,
    by: ProfileId,
    /// What the positions in the rest mean.
    keys: Vec<ApiKeyId>,
    workspaces: Vec<WorkspaceId>,
    /// The cells and what they are staged as.
    cells: Vec<(usize, usize, bool)>,
    wholes: Vec<(usize, Whole)>,
    /// The cells that are to be decided about, and what was staged for them.
    contested: Vec<(usize, usize, bool)>,
    undo: Vec<DraftStep>,
    redo: Vec<DraftStep>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct DraftStep {
    flips: Vec<(usize, usize, bool, bool)>,
    wholes: Vec<(usize, Option<Whole>, Option<Whole>)>,
}

/// Gives each position of the matrix that a draft names one of its own.
#[derive(Default)]
struct Table(BTreeMap<usize, usize>, Vec<usize>);

impl Table {
    fn at(&mut self, position: usize) -> usize {
        let Self(places, order) = self;
        *places.entry(position).or_insert_with(|| {
            order.push(position);
            order.len() - 1
        })
    }
}

/// The positions in the matrix of what a draft names, where it still is there.
struct Positions {
    keys: Vec<Option<usize>>,
    workspaces: Vec<Option<usize>>,
}

impl Positions {
    fn key(&self, at: usize) -> Option<usize> {
        self.keys.get(at).copied().flatten()
    }

    fn place(&self, key: usize, workspace: usize) -> Option<Place> {
        Some(Place {
            key: self.key(key)?,
            workspace: self.workspaces.get(workspace).copied().flatten()?,
        })
    }

    fn step(&self, step: &DraftStep) -> Step {
        let flip = |&(key, workspace, want, staged): &(usize, usize, bool, bool)| {
            let place = self.place(key, workspace)?;
            Some(Flip {
                place,
                want,
                staged,
            })
        };
        let whole = |&(key, from, to): &(usize, Option<Whole>, Option<Whole>)| {
            Some((self.key(key)?, from, to))
        };
        Step {
            flips: step.flips.iter().filter_map(flip).collect(),
            wholes: step.wholes.iter().filter_map(whole).collect(),
        }
    }

    fn steps(&self, steps: &[DraftStep]) -> Vec<Step> {
        let steps = steps.iter().map(|step| self.step(step));
        steps.filter(|step| *step != Step::default()).collect()
    }
}

impl Draft {
    /// Whether there is nothing to keep: nothing staged, nothing to be decided, nothing to be undone or redone.
    pub fn is_empty(&self) -> bool {
        let steps = self.undo.is_empty() && self.redo.is_empty();
        steps && self.cells.is_empty() && self.wholes.is_empty() && self.contested.is_empty()
    }
}

impl Board {
    /// The stage, to be kept.
    pub fn draft(&self) -> Draft {
        let (mut keys, mut workspaces) = (Table::default(), Table::default());
        let cells = self.staged().map(|place| {
            let want = self.will_be_granted(place);
            (keys.at(place.key), workspaces.at(place.workspace), want)
        });
        let cells = cells.collect();
        let wholes = self
            .whole
            .iter()
            .map(|(key, whole)| (keys.at(*key), *whole))
            .collect();
        let contested = self.conflicts().map(|conflict| {
            let Place { key, workspace } = conflict.place;
            (keys.at(key), workspaces.at(workspace), conflict.mine)
        });
        let contested = contested.collect();
        let mut steps = |steps: &[Step]| {
            let step = |step: &Step| DraftStep {
                flips: step
                    .flips
                    .iter()
                    .map(|flip| {
                        let Place { key, workspace } = flip.place;
                        (
                            keys.at(key),
                            workspaces.at(workspace),
                            flip.want,
                            flip.staged,
                        )
                    })
                    .collect(),
                wholes: step
                    .wholes
                    .iter()
                    .map(|(key, from, to)| (keys.at(*key), *from, *to))
                    .collect(),
            };
            steps.iter().map(step).collect()
        };
        let (undo, redo) = (steps(&self.undo), steps(&self.redo));
        let (of_keys, of_workspaces) = (self.matrix.keys(), self.matrix.workspaces());
        Draft {
            version: VERSION,
            by: self.me,
            keys: keys.1.iter().map(|at| of_keys[*at].row.id).collect(),
            workspaces: workspaces
                .1
                .iter()
                .map(|at| of_workspaces[*at].column.id)
                .collect(),
            cells,
            wholes,
            contested,
            undo,
            redo,
        }
    }

    /// Stages on an empty board what was kept, as far as it still can be; a draft of another version or
    /// another person is left alone. Gives what the person should know.
    pub fn resume(&mut self, draft: &Draft) -> Vec<News> {
        if draft.version != VERSION || draft.by != self.me || self.read_only {
            return Vec::new();
        }
        let positions = Positions {
            keys: draft
                .keys
                .iter()
                .map(|id| self.matrix.key_at(*id))
                .collect(),
            workspaces: draft
                .workspaces
                .iter()
                .map(|id| self.matrix.workspace_at(*id))
                .collect(),
        };
        let mut news = Vec::new();
        let mut locked = Vec::new();
        let mut gone = 0;
        for (at, whole) in &draft.wholes {
            let Some(key) = positions.key(*at) else {
                gone += 1;
                continue;
            };
            self.put_whole(key, Some(*whole));
            if self.whole(key).is_none() {
                let lock = self.lock_of_key(key);
                news.push(News::WholeDropped { key, lock });
            }
        }
        for (key, workspace, want) in &draft.cells {
            let Some(place) = positions.place(*key, *workspace) else {
                gone += 1;
                continue;
            };
            self.put(place, Some(*want));
            if self.matrix.granted(place) == *want {
                news.push(News::Agreed(place));
            } else if let Some(lock) = self.lock(place) {
                locked.push((place, lock));
            }
        }
        news.extend(News::dropped(locked));
        for (key, workspace, mine) in &draft.contested {
            let Some(place) = positions.place(*key, *workspace) else {
                gone += 1;
                continue;
            };
            news.push(self.contest(Conflict {
                place,
                mine: *mine,
                theirs: self.matrix.granted(place),
                by: None,
            }));
        }
        if gone > 0 {
            news.push(News::Gone(gone));
        }
        self.undo = positions.steps(&draft.undo);
        self.redo = positions.steps(&draft.redo);
        news
    }
}
