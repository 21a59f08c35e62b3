//! What is different between the matrix at one moment and at another.

use std::fmt;

use contract::access::KeyRow;
use contract::resource::KeyState;
use contract::{ApiKeyId, Timestamp, WorkspaceId};

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
    /// It is older than the first moment, at which it was not there: a workspace was restored.
    Back(String),
    Revoked(String),
    Renamed(String, String),
    Archived(String),
    State(String, KeyState),
    Expires(String, Option<Timestamp>),
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
            What::Back(name) => write!(f, "{name} is back."),
            What::State(name, KeyState::Enabled) => write!(f, "{name} was enabled."),
            What::State(name, KeyState::Disabled) => write!(f, "{name} was disabled."),
            What::Revoked(name) | What::State(name, KeyState::Revoked) => {
                write!(f, "{name} was revoked.")
            }
            What::Expires(name, Some(at)) => write!(f, "{name} expires on {}.", at.date_and_time()),
            What::Expires(name, None) => write!(f, "{name} no longer expires."),
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

/// Something that is there and was not.
fn come(name: String, made: Timestamp, before: &Matrix) -> What {
    if made < before.at() {
        What::Back(name)
    } else {
        What::Made(name)
    }
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
            (None, Some(name)) => note(id, come(name, id.made_at(), before)),
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
        match was(before, row.id) {
            None => note(row.id, come(row.name.clone(), row.id.made_at(), before)),
            Some((_, old)) => of_key(&old.row, row, |what| note(row.id, what)),
        }
        let reached_all = was(before, row.id).is_some_and(|(_, old)| old.row.all_workspaces);
        if reached_all != row.all_workspaces {
            let (key, on) = (row.name.clone(), row.all_workspaces);
            note(row.id, What::All { key, on });
        }
    }
}

/// What is different about a key that was there before.
fn of_key(before: &KeyRow, after: &KeyRow, mut note: impl FnMut(What)) {
    let name = || after.name.clone();
    if before.name != after.name {
        note(What::Renamed(before.name.clone(), name()));
    }
    if before.state != after.state {
        note(What::State(name(), after.state));
    }
    if before.expires_at != after.expires_at {
        note(What::Expires(name(), after.expires_at));
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
