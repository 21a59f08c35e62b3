//! What is different between the matrix at one moment and at another.

use std::fmt;

use contract::{ApiKeyId, WorkspaceId};

use crate::bits::{Mask, differences as differing, ones};
use crate::matrix::{Key, Matrix, Workspace};

/// What differs, the first so many of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    pub shown: Vec<Difference>,
    /// How many there are, shown or not.
    pub total: usize,
}

/// One thing that is not as it was. As a text it is a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub key: Option<ApiKeyId>,
    pub workspace: Option<WorkspaceId>,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Made(String),
    Revoked(String),
    Renamed(String, String),
    Archived(String),
    All {
        key: String,
        on: bool,
    },
    Cell {
        key: String,
        workspace: String,
        granted: bool,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Made(name) => write!(f, "{name} is new."),
            What::Revoked(name) => write!(f, "{name} was revoked."),
            What::Archived(name) => write!(f, "{name} was archived."),
            What::Renamed(from, to) => write!(f, "{from} is called {to}."),
            What::All { key, on: true } => {
                write!(f, "{key} reaches all workspaces, present and future.")
            }
            What::All { key, on: false } => {
                write!(f, "{key} no longer reaches all workspaces.")
            }
            What::Cell {
                key,
                workspace,
                granted: true,
            } => write!(f, "{key} reaches {workspace}."),
            What::Cell {
                key,
                workspace,
                granted: false,
            } => {
                write!(f, "{key} no longer reaches {workspace}.")
            }
        }
    }
}

/// What came to be different from one moment to the other; at most `most` are given, the others counted.
/// Workspaces come first, then keys, then cells, key by key. Of a key that was revoked, and of a workspace
/// that was archived, it is not said what is gone with it.
pub fn differences(before: &Matrix, after: &Matrix, most: usize) -> Differences {
    let mut found = Differences::default();
    let mut note = |key, workspace, what| {
        found.total += 1;
        if found.shown.len() < most {
            found.shown.push(Difference {
                key,
                workspace,
                what,
            });
        }
    };
    of_workspaces(before, after, |id, what| note(None, Some(id), what));
    of_keys(before, after, |id, what| note(Some(id), None, what));
    of_cells(before, after, |key, workspace, granted| {
        let what = What::Cell {
            key: key.row.name.clone(),
            workspace: workspace.column.name.clone(),
            granted,
        };
        note(Some(key.row.id), Some(workspace.column.id), what);
    });
    found
}

fn was(before: &Matrix, key: ApiKeyId) -> Option<(usize, &Key)> {
    let at = before.key_at(key)?;
    Some((at, &before.keys()[at])).filter(|(_, key)| !key.gone)
}

fn of_workspaces(before: &Matrix, after: &Matrix, mut note: impl FnMut(WorkspaceId, What)) {
    let there = |matrix: &'_ Matrix, id| {
        let at = matrix.workspace_at(id)?;
        let workspace = &matrix.workspaces()[at];
        (!workspace.gone).then(|| workspace.column.name.clone())
    };
    let ids = |matrix: &Matrix| -> Vec<WorkspaceId> {
        matrix
            .workspaces()
            .iter()
            .map(|workspace| workspace.column.id)
            .collect()
    };
    for id in ids(before) {
        if let (Some(name), None) = (there(before, id), there(after, id)) {
            note(id, What::Archived(name));
        }
    }
    for id in ids(after) {
        match (there(before, id), there(after, id)) {
            (None, Some(name)) => note(id, What::Made(name)),
            (Some(from), Some(to)) if from != to => note(id, What::Renamed(from, to)),
            _ => {}
        }
    }
}

fn of_keys(before: &Matrix, after: &Matrix, mut note: impl FnMut(ApiKeyId, What)) {
    for Key { row, .. } in before.keys().iter().filter(|key| !key.gone) {
        if was(after, row.id).is_none() {
            note(row.id, What::Revoked(row.name.clone()));
        }
    }
    for Key { row, .. } in after.keys().iter().filter(|key| !key.gone) {
        let before = was(before, row.id).map(|(_, key)| &key.row);
        let name = || row.name.clone();
        match before {
            None => note(row.id, What::Made(name())),
            Some(before) if before.name != row.name => {
                note(row.id, What::Renamed(before.name.clone(), name()));
            }
            Some(_) => {}
        }
        let reached_all = before.is_some_and(|before| before.all_workspaces);
        if reached_all != row.all_workspaces {
            let on = row.all_workspaces;
            note(row.id, What::All { key: name(), on });
        }
    }
}

fn of_cells(before: &Matrix, after: &Matrix, mut note: impl FnMut(&Key, &Workspace, bool)) {
    // Where the workspaces of before stand now; those that are not there any more stand nowhere.
    let now: Vec<Option<usize>> = before
        .workspaces()
        .iter()
        .map(|workspace| after.workspace_at(workspace.column.id))
        .collect();
    let present = after.present();
    for (at, key) in after.keys().iter().enumerate().filter(|(_, key)| !key.gone) {
        let granted = after.grants().of_key(at);
        let old = was(before, key.row.id).map_or(&[][..], |(at, _)| before.grants().of_key(at));
        let old: Mask = ones(old).filter_map(|workspace| now[workspace]).collect();
        let differs: Vec<u64> = differing(granted, old.words()).collect();
        for workspace in ones(&differs).filter(|workspace| present.get(*workspace)) {
            note(key, &after.workspaces()[workspace], !old.get(workspace));
        }
    }
}
