//! The promises of the matrix, tested against oracles that go cell by cell.

mod conflict;
mod edit;
mod filter;
mod history;
mod limits;
mod rebase;
mod view;

use std::collections::BTreeMap;

use contract::access::{Bits, KeyRow, Snapshot, WorkspaceColumn};
use contract::resource::KeyState;
use contract::{ApiKeyId, Labels, ProfileId, Timestamp, WorkspaceId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use crate::{Board, Mask, Matrix, Place};

pub(crate) const NOW: Timestamp = Timestamp::from_unix_millis(1_800_000_000_000);
const DAY: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn key_id(at: usize) -> ApiKeyId {
    ApiKeyId::from_uuid(Uuid::from_u128(at as u128))
}

pub(crate) fn workspace_id(at: usize) -> WorkspaceId {
    WorkspaceId::from_uuid(Uuid::from_u128(at as u128))
}

pub(crate) fn person(at: u128) -> ProfileId {
    ProfileId::from_uuid(Uuid::from_u128(at))
}

pub(crate) fn labels(key: &str, value: Option<&str>) -> Labels {
    let labels = value.map(|value| (key.to_owned(), value.to_owned()));
    Labels::parse("labels", labels.into_iter().collect::<BTreeMap<_, _>>()).unwrap()
}

pub(crate) fn a_key(at: usize, name: &str) -> KeyRow {
    KeyRow {
        id: key_id(at),
        name: name.to_owned(),
        state: KeyState::Enabled,
        expires_at: None,
        all_workspaces: false,
        system: false,
        labels: Labels::default(),
        last_used_at: None,
        lock: None,
    }
}

pub(crate) fn a_workspace(at: usize, name: &str) -> WorkspaceColumn {
    WorkspaceColumn {
        id: workspace_id(at),
        name: name.to_owned(),
        labels: Labels::default(),
        held: true,
    }
}

prop_compose! {
    fn any_key(at: usize)(
        name in prop::sample::select(vec!["ci-deploy", "CI", "billing", "a@b", "ÄRGER", "is:all"]),
        kind in 0_u8..12,
        used in option::of(0_i64..60),
        team in option::of(prop::sample::select(vec!["billing", "data"])),
    ) -> KeyRow {
        let mut key = a_key(at, name);
        key.all_workspaces = kind < 3;
        key.system = kind == 3;
        key.lock = (kind == 4).then_some(0);
        if kind == 5 {
            key.state = KeyState::Disabled;
        }
        key.last_used_at = used.map(|days| Timestamp::from_unix_millis(NOW.unix_millis() - days * DAY));
        key.labels = labels("team", team);
        key
    }
}

prop_compose! {
    fn any_workspace(at: usize)(
        name in prop::sample::select(vec!["prod-eu", "Prod", "stage", "docs", "a@b"]),
        held in 0_u8..8,
        env in option::of(prop::sample::select(vec!["production", "staging"])),
    ) -> WorkspaceColumn {
        let mut workspace = a_workspace(at, name);
        workspace.held = held > 0;
        workspace.labels = labels("env", env);
        workspace
    }
}

prop_compose! {
    /// Up to 12 keys and, so that a row has more words than one, up to 80 workspaces.
    pub(crate) fn any_snapshot()(rows in 0_usize..12, columns in prop_oneof![0_usize..6, 60_usize..80])(
        keys in (0..rows).map(any_key).collect::<Vec<_>>(),
        workspaces in (0..columns).map(any_workspace).collect::<Vec<_>>(),
        cells in vec(0_u8..4, rows * columns),
    ) -> Snapshot {
        let (rows, columns) = (keys.len(), workspaces.len());
        let (mut granted, mut used) = (Bits::new(rows, columns), Bits::new(rows, columns));
        for (at, cell) in cells.into_iter().enumerate() {
            granted.set(at / columns, at % columns, cell & 1 != 0);
            used.set(at / columns, at % columns, cell & 2 != 0);
        }
        let locks = vec!["not yours".to_owned()];
        Snapshot { at: NOW, last: 0, keys, workspaces, locks, granted, used, used_days: 30 }
    }
}

/// Keys and workspaces, and no grants.
pub(crate) fn bare(keys: Vec<KeyRow>, workspaces: Vec<WorkspaceColumn>) -> Snapshot {
    let none = Bits::new(keys.len(), workspaces.len());
    Snapshot {
        at: NOW,
        last: 0,
        keys,
        workspaces,
        locks: Vec::new(),
        granted: none.clone(),
        used: none,
        used_days: 30,
    }
}

/// Every cell of a matrix.
pub(crate) fn places(matrix: &Matrix) -> Vec<Place> {
    let (keys, workspaces) = (matrix.keys().len(), matrix.workspaces().len());
    let keys = 0..keys;
    keys.flat_map(|key| (0..workspaces).map(move |workspace| Place { key, workspace }))
        .collect()
}

/// Something a person does at a board.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Paint(Vec<usize>, Vec<usize>, bool),
    RevokeUnused(Vec<usize>, Vec<usize>),
    Paste(usize, Vec<usize>, Vec<usize>),
    Whole(usize, crate::Whole),
    Discard,
    Undo,
    Redo,
}

pub(crate) fn any_deed() -> impl Strategy<Value = Deed> {
    use crate::{Beneath, Whole};
    let keys = || vec(0_usize..12, 0..6);
    let workspaces = || vec(0_usize..80, 0..40);
    let whole = prop::sample::select(vec![
        Whole::On,
        Whole::Off(Beneath::Keep),
        Whole::Off(Beneath::Today),
        Whole::Off(Beneath::None),
    ]);
    prop_oneof![
        4 => (keys(), workspaces(), any::<bool>()).prop_map(|(k, w, on)| Deed::Paint(k, w, on)),
        1 => (keys(), workspaces()).prop_map(|(k, w)| Deed::RevokeUnused(k, w)),
        1 => (0_usize..12, keys(), workspaces()).prop_map(|(from, k, w)| Deed::Paste(from, k, w)),
        2 => (0_usize..12, whole).prop_map(|(key, whole)| Deed::Whole(key, whole)),
        1 => Just(Deed::Discard),
        3 => Just(Deed::Undo),
        2 => Just(Deed::Redo),
    ]
}

impl Deed {
    /// Does it, as far as what it names is there.
    pub(crate) fn perform(&self, board: &mut Board) {
        let rows = board.matrix().keys().len();
        let columns = board.matrix().workspaces().len();
        let some = |keys: &[usize]| -> Vec<usize> {
            let mut keys: Vec<_> = keys.iter().copied().filter(|at| *at < rows).collect();
            keys.sort_unstable();
            keys.dedup();
            keys
        };
        let mask = |workspaces: &[usize]| -> Mask {
            workspaces
                .iter()
                .copied()
                .filter(|at| *at < columns)
                .collect()
        };
        match self {
            Self::Paint(keys, workspaces, want) => {
                board.paint(&some(keys), &mask(workspaces), *want).unwrap();
            }
            Self::RevokeUnused(keys, workspaces) => {
                board.revoke_unused(&some(keys), &mask(workspaces)).unwrap();
            }
            Self::Paste(from, keys, workspaces) => {
                if let Some(copied) = board.copy(*from) {
                    board
                        .paste(&copied, &some(keys), &mask(workspaces))
                        .unwrap();
                }
            }
            Self::Whole(key, want) if *key < rows => {
                board.set_whole(*key, *want).unwrap();
            }
            Self::Whole(..) => {}
            Self::Discard => board.discard(),
            Self::Undo => {
                board.undo();
            }
            Self::Redo => {
                board.redo();
            }
        }
    }
}

pub(crate) fn worked_on(snapshot: Snapshot, deeds: &[Deed]) -> Board {
    let mut board = Board::new(snapshot, person(1));
    for deed in deeds {
        deed.perform(&mut board);
    }
    board
}
