//! Two moments compared.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::differences;

proptest! {
    /// Rows and columns of the two are not in the same places, and not the same ones.
    #[test]
    fn cells_that_differ_are_told(before in any_snapshot(), after in any_snapshot(), turned in 1_usize..7) {
        let mut after = after;
        let (rows, columns) = (after.keys.len(), after.workspaces.len());
        let mut granted = Bits::new(rows, columns);
        for row in 0..rows {
            for column in 0..columns {
                let (to_row, to_column) = ((row + turned) % rows, (column + turned) % columns);
                granted.set(to_row, to_column, after.granted.get(row, column));
            }
        }
        after.granted = granted;
        after.keys.rotate_right(turned.checked_rem(rows).unwrap_or(0));
        after.workspaces.rotate_right(turned.checked_rem(columns).unwrap_or(0));
        let (before, after) = (Matrix::new(before), Matrix::new(after));

        let mut expected = BTreeSet::new();
        for place in places(&after) {
            let (key, workspace) = after.ids(place).unwrap();
            let was = before.place(key, workspace).is_some_and(|place| before.granted(place));
            if was != after.granted(place) {
                expected.insert((key, workspace));
            }
        }
        let told = differences(&before, &after, usize::MAX);
        let cells = told.shown.iter().filter_map(|found| Some((found.key?, found.workspace?)));
        prop_assert_eq!(cells.collect::<BTreeSet<_>>(), expected);
        prop_assert_eq!(told.total, told.shown.len());
        let some = differences(&before, &after, 3);
        prop_assert_eq!(&some.shown[..], &told.shown[..told.total.min(3)]);
        prop_assert_eq!(some.total, told.total);
        prop_assert_eq!(differences(&after, &after, 1).total, 0);
    }
}

/// An id that was made so long after the matrix was read.
fn made_later(millis: i64) -> Uuid {
    let at = u128::try_from(NOW.unix_millis() + millis).unwrap();
    Uuid::from_u128(at << 80)
}

#[test]
fn what_was_there_once_is_not_new() {
    let none = Matrix::new(bare(Vec::new(), Vec::new()));
    let workspace = |id, name| WorkspaceColumn {
        id: WorkspaceId::from_uuid(id),
        ..a_workspace(0, name)
    };
    let mut made = a_key(0, "ci");
    made.id = ApiKeyId::from_uuid(made_later(1));
    let workspaces = vec![
        workspace(made_later(-1), "attic"),
        workspace(made_later(0), "lab"),
    ];
    let told = differences(&none, &Matrix::new(bare(vec![made], workspaces)), 9).shown;
    let told: Vec<_> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["attic is back.", "lab is new.", "ci is new."]);
}

#[test]
fn a_key_that_was_disabled_or_expires_is_told() {
    let key = |state, expires_at| {
        let key = KeyRow {
            state,
            expires_at,
            ..a_key(0, "ci")
        };
        Matrix::new(bare(vec![key], Vec::new()))
    };
    let usual = key(KeyState::Enabled, None);
    let other = key(KeyState::Disabled, Some(NOW));
    let told = |before, after| {
        let told = differences(before, after, usize::MAX).shown;
        told.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let expires = format!("ci expires on {}.", NOW.date_and_time());
    assert_eq!(told(&usual, &other), ["ci was disabled.", expires.as_str()]);
    assert_eq!(
        told(&other, &usual),
        ["ci was enabled.", "ci no longer expires."]
    );
}

#[test]
fn it_is_told_in_words() {
    let snapshot = |keys, workspaces, cells: &[(usize, usize)]| {
        let mut snapshot = bare(keys, workspaces);
        for (row, column) in cells {
            snapshot.granted.set(*row, *column, true);
        }
        Matrix::new(snapshot)
    };
    let mut all = a_key(3, "global");
    let before = snapshot(
        vec![a_key(0, "ci"), a_key(1, "old"), all.clone()],
        vec![
            a_workspace(0, "prod"),
            a_workspace(1, "attic"),
            a_workspace(2, "docs"),
        ],
        &[(0, 0), (1, 0), (0, 1)],
    );
    all.all_workspaces = true;
    let after = snapshot(
        vec![a_key(0, "ci-deploy"), a_key(2, "new"), all],
        vec![
            a_workspace(0, "prod"),
            a_workspace(2, "docs"),
            a_workspace(3, "lab"),
        ],
        &[(1, 0), (0, 1)],
    );
    let told = differences(&before, &after, usize::MAX).shown;
    let told: Vec<_> = told.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "attic was archived.",
            "lab is back.",
            "old was revoked.",
            "ci is called ci-deploy.",
            "new is back.",
            "global reaches all workspaces, present and future.",
            "ci-deploy no longer reaches prod.",
            "ci-deploy reaches docs.",
            "new reaches prod.",
        ]
    );
}
