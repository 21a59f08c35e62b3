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
            "lab is new.",
            "old was revoked.",
            "ci is called ci-deploy.",
            "new is new.",
            "global reaches all workspaces, present and future.",
            "ci-deploy no longer reaches prod.",
            "ci-deploy reaches docs.",
            "new reaches prod.",
        ]
    );
}
