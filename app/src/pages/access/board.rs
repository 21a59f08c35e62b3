//! The state of the matrix: what is granted, what is on its way, where the focus is.

use std::collections::BTreeSet;

use contract::access::{AccessColumn, AccessMatrix, AccessRow};
use leptos::prelude::*;

use super::set_grant;
use crate::components::Toasts;
use crate::form::Submission;
use crate::session::Session;

/// A key, with its grants in the order of the columns on the screen.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) key: AccessRow,
    pub(super) granted: RwSignal<Vec<bool>>,
    /// The columns whose change has not been answered yet.
    pub(super) busy: RwSignal<BTreeSet<usize>>,
}

impl Row {
    /// How many of the columns it reaches.
    pub(super) fn count(&self) -> usize {
        self.granted
            .read()
            .iter()
            .filter(|granted| **granted)
            .count()
    }
}

/// Neighbouring columns that share a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) columns: usize,
}

#[derive(Clone, Copy)]
pub(super) struct Board {
    pub(super) rows: StoredValue<Vec<Row>>,
    pub(super) columns: StoredValue<Vec<AccessColumn>>,
    pub(super) groups: StoredValue<Vec<Group>>,
    /// The cell that the Tab key leads to.
    pub(super) active: RwSignal<(usize, usize)>,
    refused: RwSignal<Option<String>>,
    session: Session,
    toasts: Toasts,
}

impl Board {
    pub(super) fn new(matrix: AccessMatrix) -> Self {
        let AccessMatrix { keys, workspaces } = matrix;
        let (order, groups) = grouped(&workspaces);
        let row = |key: AccessRow| {
            let granted = order
                .iter()
                .map(|at| u32::try_from(*at).is_ok_and(|at| key.grants.contains(&at)));
            Row {
                granted: RwSignal::new(granted.collect()),
                busy: RwSignal::default(),
                key,
            }
        };
        let rows = keys.into_iter().map(row).collect();
        let columns = order.iter().map(|at| workspaces[*at].clone()).collect();
        Self {
            rows: StoredValue::new(rows),
            columns: StoredValue::new(columns),
            groups: StoredValue::new(groups),
            active: RwSignal::new((0, 0)),
            refused: RwSignal::new(None),
            session: Session::expect(),
            toasts: Toasts::expect(),
        }
    }

    pub(super) fn refused(self) -> Signal<Option<String>> {
        self.refused.into()
    }

    /// Whether a group begins with that column.
    pub(super) fn starts(self, column: usize) -> bool {
        self.groups.with_value(|groups| {
            let mut at = 0;
            groups.iter().any(|group| {
                let starts = at == column;
                at += group.columns;
                starts
            })
        })
    }

    /// The number of rows and columns.
    pub(super) fn size(self) -> (usize, usize) {
        (
            self.rows.with_value(Vec::len),
            self.columns.with_value(Vec::len),
        )
    }

    /// Why a cell cannot be changed.
    pub(super) fn locked(self, row: &AccessRow, column: usize) -> Option<String> {
        if row.all_workspaces {
            return Some(format!(
                "{} reaches all workspaces, present and future.",
                row.name
            ));
        }
        row.locked.clone().or_else(|| {
            self.columns.with_value(|columns| {
                let column = columns.get(column)?;
                (!column.held).then(|| {
                    format!(
                        "You do not reach {}, so it is not yours to grant.",
                        column.name
                    )
                })
            })
        })
    }

    /// Turns a cell over at once, and back again when the server refuses. Says so, with an Undo.
    pub(super) fn toggle(self, row: usize, column: usize) {
        let Some(found) = self.rows.with_value(|rows| rows.get(row).cloned()) else {
            return;
        };
        if let Some(reason) = self.locked(&found.key, column) {
            self.refused.set(Some(reason));
            return;
        }
        let wanted = !found
            .granted
            .with_untracked(|granted| granted.get(column).copied().unwrap_or_default());
        self.set(row, column, wanted, true);
    }

    fn set(self, row: usize, column: usize, wanted: bool, undoable: bool) {
        let found = self
            .rows
            .try_with_value(|rows| rows.get(row).cloned())
            .flatten();
        let workspace = self
            .columns
            .try_with_value(|columns| columns.get(column).cloned())
            .flatten();
        let (Some(Row { key, granted, busy }), Some(workspace)) = (found, workspace) else {
            return;
        };
        if !busy
            .try_update(|busy| busy.insert(column))
            .unwrap_or_default()
        {
            return;
        }
        self.refused.set(None);
        granted.update(|granted| granted[column] = wanted);
        let call = async move {
            let answer = set_grant(key.id, workspace.id, wanted).await;
            busy.try_update(|busy| busy.remove(&column));
            if let Err(problem) = &answer {
                granted.try_update(|granted| granted[column] = !wanted);
                self.refused.try_set(Some(problem.0.message.clone()));
            }
            answer
        };
        Submission::new().run(Some(self.session), call, move |_| {
            let verb = if wanted {
                "reaches"
            } else {
                "no longer reaches"
            };
            let text = format!("{} {verb} {}.", key.name, workspace.name);
            if undoable {
                self.toasts.undoable(
                    text,
                    Callback::new(move |()| self.set(row, column, !wanted, false)),
                );
            } else {
                self.toasts.done(text);
            }
        });
    }
}

/// The columns in the order of their groups. The label key that most workspaces carry decides; those
/// without it come last. Without labels there are no groups, and the order is as it came.
fn grouped(columns: &[AccessColumn]) -> (Vec<usize>, Vec<Group>) {
    let mut keys = std::collections::BTreeMap::<&str, usize>::new();
    for (key, _) in columns.iter().flat_map(|column| column.labels.iter()) {
        *keys.entry(key).or_default() += 1;
    }
    let most = keys.values().copied().max().unwrap_or_default();
    let Some(by) = keys
        .into_iter()
        .find(|(_, count)| *count == most && most > 1)
        .map(|(key, _)| key)
    else {
        return ((0..columns.len()).collect(), Vec::new());
    };
    let value = |at: usize| {
        columns[at]
            .labels
            .iter()
            .find(|(key, _)| *key == by)
            .map(|(_, value)| value)
    };
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|at| (value(*at).is_none(), value(*at)));
    let mut groups: Vec<Group> = Vec::new();
    for at in &order {
        let name = value(*at).unwrap_or("other").to_owned();
        match groups.last_mut() {
            Some(last) if last.name == name => last.columns += 1,
            _ => groups.push(Group { name, columns: 1 }),
        }
    }
    (order, groups)
}

#[cfg(test)]
mod tests {
    use contract::{Labels, WorkspaceId};

    use super::*;

    fn column(name: &str, labels: &str) -> AccessColumn {
        let id: WorkspaceId = "workspace_01JD8W3X7R5M2T9V6QZ0YHKC4E".parse().unwrap();
        let labels = Labels::parse_pairs("", labels).unwrap();
        AccessColumn {
            id,
            name: name.to_owned(),
            labels,
            held: true,
        }
    }

    #[test]
    fn columns_stand_with_their_group() {
        let columns = [
            column("a", "env=prod"),
            column("b", ""),
            column("c", "env=dev,team=x"),
            column("d", "env=prod"),
        ];
        let (order, groups) = grouped(&columns);
        assert_eq!(order, [2, 0, 3, 1]);
        let groups: Vec<_> = groups
            .iter()
            .map(|group| (group.name.as_str(), group.columns))
            .collect();
        assert_eq!(groups, [("dev", 1), ("prod", 2), ("other", 1)]);
    }

    #[test]
    fn without_labels_nothing_moves() {
        assert_eq!(
            grouped(&[column("b", ""), column("a", "")]),
            (vec![0, 1], vec![])
        );
    }
}
