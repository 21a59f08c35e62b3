//! The filter above the matrix: `ci@prod`, `@production`, `is:unused`, `label:team=billing`.
//!
//! Terms stand apart by white space, and all of them hold. Left of an `@` stands a part of a key's name,
//! right of it a part of a workspace's name or of one of its labels' values; letters in any case. What is
//! quoted is taken as it stands, with `""` for a quotation mark.

mod text;

use std::collections::BTreeSet;
use std::time::Duration;

use contract::{Invalid, Labels, Timestamp};

use crate::bits::{Mask, common};
use crate::board::Board;

/// What a filter asks; without terms it lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// A part of a key's name, and of a workspace's name or label; in lower case, an empty one is in all.
    Names {
        key: String,
        workspace: String,
    },
    Is(Is),
    /// Of the sides on which something carries it, what carries it.
    Label {
        key: String,
        value: String,
    },
}

/// What can be asked of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    /// Reaches all workspaces, or will.
    All,
    /// Something is staged in a workspace that is shown, or for the key as a whole.
    Staged,
    /// Was not used in a long time.
    Idle,
    /// Holds a grant that was not used in a long time ([`Board::unused`]), of a workspace that is shown.
    Unused,
}

const IS: [(&str, Is); 4] = [
    ("all", Is::All),
    ("staged", Is::Staged),
    ("idle", Is::Idle),
    ("unused", Is::Unused),
];

impl Filter {
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The keys and the workspaces that it lets through. A label that nothing carries is an error that
    /// says which there are.
    pub fn apply(&self, board: &Board, now: Timestamp) -> Result<(Mask, Mask), Invalid> {
        let matrix = board.matrix();
        let mut workspaces = Mask::of(matrix.workspaces().len(), |_| true);
        let mut keys = Mask::of(matrix.keys().len(), |_| true);
        for term in &self.terms {
            match term {
                Term::Names { key, workspace } => {
                    keys = keys.keep(|at| matrix.keys()[at].folded.contains(key));
                    workspaces = workspaces.keep(|at| {
                        let found = &matrix.workspaces()[at];
                        found.folded.contains(workspace)
                            || has_value(&found.column.labels, workspace)
                    });
                }
                Term::Label { key, value } => {
                    let (on_keys, in_workspaces) = carrying(board, key, value)?;
                    keys = on_keys.map_or(keys.clone(), |found| keys.and(&found));
                    workspaces =
                        in_workspaces.map_or(workspaces.clone(), |found| workspaces.and(&found));
                }
                Term::Is(_) => {}
            }
        }
        let asked = |term: &Term| match term {
            Term::Is(is) => Some(*is),
            _ => None,
        };
        for is in self.terms.iter().filter_map(asked) {
            keys = keys.keep(|key| is.holds(board, key, &workspaces, now));
        }
        Ok((keys, workspaces))
    }
}

impl Is {
    fn holds(self, board: &Board, key: usize, workspaces: &Mask, now: Timestamp) -> bool {
        let matrix = board.matrix();
        match self {
            Self::All => board.reaches_all(key),
            Self::Staged => {
                let staged: Vec<u64> = board.staged_of(key).collect();
                board.whole(key).is_some() || common(&staged, workspaces.words()) > 0
            }
            Self::Idle => {
                let last = matrix.keys()[key].row.last_used_at;
                let long = Duration::from_hours(24 * matrix.used_days());
                last.is_none_or(|last| now.since(last) >= long)
            }
            Self::Unused => board.unused_of(key, workspaces) > 0,
        }
    }
}

/// Whether a text in lower case is part of a label's value.
fn has_value(labels: &Labels, part: &str) -> bool {
    labels
        .iter()
        .any(|(_, value)| value.to_lowercase().contains(part))
}

/// The keys and the workspaces that carry a label; of each side only if something there does.
fn carrying(
    board: &Board,
    key: &str,
    value: &str,
) -> Result<(Option<Mask>, Option<Mask>), Invalid> {
    let matrix = board.matrix();
    let carries = |labels: &Labels| labels.iter().any(|label| label == (key, value));
    let keys = Mask::of(matrix.keys().len(), |at| {
        carries(&matrix.keys()[at].row.labels)
    });
    let workspaces = Mask::of(matrix.workspaces().len(), |at| {
        carries(&matrix.workspaces()[at].column.labels)
    });
    if keys.is_empty() && workspaces.is_empty() {
        return Err(unknown_label(board, key, value));
    }
    let some = |mask: Mask| (!mask.is_empty()).then_some(mask);
    Ok((some(keys), some(workspaces)))
}

/// Says which labels there are: the values of the key, or, if nothing carries the key, the keys.
fn unknown_label(board: &Board, key: &str, value: &str) -> Invalid {
    let matrix = board.matrix();
    let of_keys = matrix.keys().iter().map(|key| &key.row.labels);
    let labels = of_keys.chain(
        matrix
            .workspaces()
            .iter()
            .map(|workspace| &workspace.column.labels),
    );
    let all: BTreeSet<_> = labels.flat_map(Labels::iter).collect();
    let values = all.iter().filter(|label| label.0 == key);
    let values: BTreeSet<_> = values
        .map(|(key, value)| format!("label:{key}={value}"))
        .collect();
    let known = if values.is_empty() {
        all.into_iter()
            .map(|(key, _)| format!("label:{key}=…"))
            .collect()
    } else {
        values
    };
    let text = format!("No key and no workspace carries the label {key}={value}.");
    if known.is_empty() {
        return Invalid::new(format!("{text} There are no labels yet."));
    }
    let some: Vec<_> = known.into_iter().take(5).collect();
    Invalid::new(format!("{text} Try {}.", some.join(", ")))
}
