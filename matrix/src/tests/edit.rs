//! Staging, counting, undoing, keeping.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::{Beneath, Count, Draft, Lock, Risk, Summary, Whole};

/// Everything that is wanted: cells and whole keys.
fn wanted(board: &Board) -> (Vec<bool>, BTreeMap<usize, Whole>) {
    let cells = places(board.matrix())
        .into_iter()
        .map(|place| board.will_be_granted(place));
    let keys = 0..board.matrix().keys().len();
    let wholes = keys.filter_map(|key| Some((key, board.whole(key)?)));
    (cells.collect(), wholes.collect())
}

/// What a deed makes of a cell that can be changed.
fn painted(board: &Board, deed: &Deed, place: Place) -> bool {
    let is = board.will_be_granted(place);
    let within = |keys: &[usize], workspaces: &[usize]| {
        keys.contains(&place.key) && workspaces.contains(&place.workspace)
    };
    match deed {
        Deed::Paint(keys, workspaces, want) if within(keys, workspaces) => *want,
        Deed::RevokeUnused(keys, workspaces) if within(keys, workspaces) => {
            let unused = board.matrix().granted(place) && !board.matrix().used(place);
            is && !unused
        }
        Deed::Paste(from, keys, workspaces)
            if within(keys, workspaces) && *from < board.matrix().keys().len() =>
        {
            let of = Place {
                key: *from,
                ..place
            };
            board.reaches_all(*from) || board.will_be_granted(of)
        }
        _ => is,
    }
}

fn summary(board: &Board) -> Summary {
    let staged = places(board.matrix())
        .into_iter()
        .filter(|place| board.is_staged(*place));
    let staged: Vec<_> = staged.collect();
    let wholes = wanted(board).1;
    let grants = staged
        .iter()
        .filter(|place| board.will_be_granted(**place))
        .count();
    let keys: BTreeSet<_> = staged
        .iter()
        .map(|place| place.key)
        .chain(wholes.keys().copied())
        .collect();
    let workspaces: BTreeSet<_> = staged.iter().map(|place| place.workspace).collect();
    Summary {
        grants,
        revocations: staged.len() - grants,
        wholes: wholes.len(),
        keys: keys.len(),
        workspaces: workspaces.len(),
    }
}

proptest! {
    #[test]
    fn a_deed_changes_what_it_names_and_can_be_changed(snapshot in any_snapshot(), deeds in vec(any_deed(), 0..12)) {
        let mut board = Board::new(snapshot, person(1));
        for deed in deeds {
            let cells = places(board.matrix()).into_iter();
            let expected: Vec<bool> = cells
                .map(|place| match board.lock(place) {
                    None => painted(&board, &deed, place),
                    Some(_) => board.will_be_granted(place),
                })
                .collect();
            deed.perform(&mut board);
            if matches!(deed, Deed::Paint(..) | Deed::RevokeUnused(..) | Deed::Paste(..)) {
                prop_assert_eq!(wanted(&board).0, expected);
            }
            prop_assert_eq!(board.summary(), summary(&board));
            prop_assert_eq!(board.is_empty(), board.staged().next().is_none() && wanted(&board).1.is_empty());
        }
    }

    #[test]
    fn undo_and_redo_walk_through_what_was(snapshot in any_snapshot(), deeds in vec(any_deed(), 0..20)) {
        let mut board = Board::new(snapshot, person(1));
        let (mut past, mut future) = (Vec::new(), Vec::new());
        for deed in deeds {
            let before = wanted(&board);
            let (could_undo, could_redo) = (board.can_undo(), board.can_redo());
            prop_assert_eq!((could_undo, could_redo), (!past.is_empty(), !future.is_empty()));
            deed.perform(&mut board);
            let after = wanted(&board);
            match deed {
                Deed::Undo => {
                    let expected = past.pop().unwrap_or_else(|| before.clone());
                    prop_assert_eq!(&after, &expected);
                    if could_undo { future.push(before) }
                }
                Deed::Redo => {
                    let expected = future.pop().unwrap_or_else(|| before.clone());
                    prop_assert_eq!(&after, &expected);
                    if could_redo { past.push(before) }
                }
                _ if after != before => {
                    past.push(before);
                    future.clear();
                }
                _ => {}
            }
        }
    }

    #[test]
    fn counts_are_what_is_counted(snapshot in any_snapshot(), deeds in vec(any_deed(), 0..8), some: Vec<u8>) {
        let board = worked_on(snapshot, &deeds);
        let (keys, workspaces) = (board.matrix().keys().len(), board.matrix().workspaces().len());
        let some_keys = Mask::of(keys, |at| !some.contains(&u8::try_from(at).unwrap()));
        let some_workspaces = Mask::of(workspaces, |at| at % 3 != some.len() % 3);
        let reaches = |key, workspace| board.reaches_all(key) || board.will_be_granted(Place { key, workspace });
        for key in 0..keys {
            let on = some_workspaces.iter().filter(|workspace| reaches(key, *workspace)).count();
            prop_assert_eq!(board.reach(key, &some_workspaces), Count { on, of: some_workspaces.count() });
        }
        for workspace in 0..workspaces {
            let on = some_keys.iter().filter(|key| reaches(*key, workspace)).count();
            prop_assert_eq!(board.reached_by(workspace, &some_keys), Count { on, of: some_keys.count() });
        }
    }

    #[test]
    fn a_draft_is_the_stage_again(snapshot in any_snapshot(), deeds in vec(any_deed(), 0..12)) {
        let mut board = worked_on(snapshot.clone(), &deeds);
        let json = serde_json::to_string(&board.draft()).unwrap();
        let draft: Draft = serde_json::from_str(&json).unwrap();
        let mut resumed = Board::new(snapshot.clone(), person(1));
        prop_assert_eq!(resumed.resume(&draft), []);
        prop_assert_eq!(wanted(&resumed), wanted(&board));
        while board.undo() {
            prop_assert!(resumed.undo());
            prop_assert_eq!(wanted(&resumed), wanted(&board));
        }
        prop_assert!(!resumed.undo());
        let mut other = Board::new(snapshot, person(2));
        prop_assert_eq!(other.resume(&draft), []);
        prop_assert!(other.is_empty());
    }

    #[test]
    fn what_is_sent_makes_of_what_is_what_is_wanted(snapshot in any_snapshot(), deeds in vec(any_deed(), 0..12)) {
        let mut board = worked_on(snapshot, &deeds);
        let (cells, wholes) = wanted(&board);
        let mut server: BTreeMap<_, _> =
            places(board.matrix()).into_iter().map(|place| (place, board.matrix().granted(place))).collect();
        let changes = board.begin();
        for key in &changes.keys {
            let at = board.matrix().key_at(key.key).unwrap();
            prop_assert_eq!(key.expected, Some(board.matrix().reaches_all(at)));
            prop_assert_eq!(wholes[&at] == Whole::On, key.all_workspaces);
            for (place, granted) in server.iter_mut().filter(|(place, _)| place.key == at) {
                match key.grants {
                    Beneath::Today => *granted = !board.matrix().workspaces()[place.workspace].gone,
                    Beneath::None => *granted = false,
                    Beneath::Keep => {}
                }
            }
        }
        for cell in changes.cells {
            let place = board.matrix().place(cell.key, cell.workspace).unwrap();
            prop_assert_eq!(cell.expected, server.insert(place, cell.want));
        }
        prop_assert!(board.paint(&[0], &Mask::of(80, |_| true), true).unwrap().changed() == 0, "not while it is applied");
        board.applied();
        prop_assert!(board.is_empty() && !board.can_undo());
        prop_assert_eq!(wanted(&board).0, cells);
        prop_assert_eq!(server.into_values().collect::<Vec<_>>(), wanted(&board).0);
        for (key, whole) in wholes {
            prop_assert_eq!(board.matrix().reaches_all(key), whole == Whole::On);
        }
    }

    #[test]
    fn a_brush_shows_what_it_will_do(snapshot in any_snapshot(), deeds in vec(any_deed(), 0..6), want: bool) {
        let mut board = worked_on(snapshot, &deeds);
        board.begin();
        board.refused();
        let all: Vec<_> = places(board.matrix());
        let shown: Vec<_> = all.iter().map(|place| board.cell(*place, NOW).painted(want)).collect();
        let keys: Vec<_> = (0..board.matrix().keys().len()).collect();
        let would = board.would_paint(&keys, &Mask::of(80, |_| true).and(&board.matrix().present()), want);
        let did = board.paint(&keys, &board.matrix().present(), want).unwrap();
        prop_assert_eq!(would, did);
        let is: Vec<_> = all.iter().map(|place| board.cell(*place, NOW)).collect();
        prop_assert_eq!(is, shown);
    }
}

pub(super) fn square(keys: usize, workspaces: usize) -> Board {
    let snapshot = bare(
        (0..keys).map(|at| a_key(at, "ci")).collect(),
        (0..workspaces).map(|at| a_workspace(at, "prod")).collect(),
    );
    Board::new(snapshot, person(1))
}

#[test]
fn what_is_staged_is_told_in_a_line() {
    let text = |grants, revocations, wholes, keys, workspaces| {
        let summary = Summary {
            grants,
            revocations,
            wholes,
            keys,
            workspaces,
        };
        summary.to_string()
    };
    assert_eq!(text(12, 3, 0, 4, 5), "+12 −3, 4 keys, 5 workspaces");
    assert_eq!(text(1, 0, 0, 1, 1), "+1, 1 key, 1 workspace");
    assert_eq!(text(0, 0, 2, 2, 0), "all workspaces of 2 keys, 2 keys");
}

#[test]
fn a_bulk_toggle_grants_unless_all_is_granted() {
    let mut board = square(3, 2);
    let (keys, all) = ([0, 1, 2], board.matrix().present());
    board.paint(&[0], &all, true).unwrap();
    assert!(board.brush(&keys, &all));
    board.paint(&keys, &all, true).unwrap();
    assert!(!board.brush(&keys, &all));
    assert_eq!(
        board.reached_by(0, &keys.into_iter().collect()),
        Count { on: 3, of: 3 }
    );
}

#[test]
fn a_copy_means_the_same_workspaces_on_another_board() {
    let all = |columns: [usize; 3]| {
        let columns = columns.map(|at| a_workspace(at, "prod"));
        let keys = vec![a_key(0, "ci"), a_key(1, "etl")];
        Board::new(bare(keys, columns.into()), person(1))
    };
    let mut before = all([0, 1, 2]);
    before
        .paint(&[0], &[0, 1].into_iter().collect(), true)
        .unwrap();
    let copied = before.copy(0).unwrap();
    // The first was archived meanwhile, and another has come.
    let mut after = all([1, 2, 3]);
    let shown = after.matrix().present();
    after.paste(&copied, &[1], &shown).unwrap();
    let staged: Vec<_> = after
        .staged()
        .map(|place| after.matrix().ids(place))
        .collect();
    assert_eq!(staged, [Some((key_id(1), workspace_id(1)))]);
}

#[test]
fn whoever_looks_at_the_past_changes_nothing() {
    let snapshot = bare(vec![a_key(0, "ci")], vec![a_workspace(0, "prod")]);
    let mut board = Board::past(snapshot, person(1));
    let place = Place {
        key: 0,
        workspace: 0,
    };
    assert_eq!(board.lock(place), Some(Lock::Past));
    assert_eq!(board.set_whole(0, Whole::On), Ok(false));
    board.paint(&[0], &board.matrix().present(), true).unwrap();
    assert!(board.is_empty());
}

#[test]
fn what_is_risky_is_marked() {
    let mut used = a_key(0, "etl");
    used.last_used_at = Some(NOW);
    let mut production = a_workspace(1, "eu");
    production.labels = labels("env", Some("Production"));
    let mut cells = Bits::new(1, 2);
    cells.set(0, 0, true);
    let snapshot = Snapshot {
        granted: cells.clone(),
        used: cells,
        ..bare(vec![used], vec![a_workspace(0, "docs"), production])
    };
    let mut board = Board::new(snapshot, person(1));
    board
        .paint(&[0], &[0].into_iter().collect(), false)
        .unwrap();
    board.paint(&[0], &[1].into_iter().collect(), true).unwrap();
    let risks = |uses: &BTreeMap<Place, Timestamp>| {
        let review = board.review(NOW, uses);
        review.keys[0]
            .cells
            .iter()
            .map(|cell| cell.risk)
            .collect::<Vec<_>>()
    };
    let revoked = Place {
        key: 0,
        workspace: 0,
    };
    let long_ago = Timestamp::from_unix_millis(NOW.unix_millis() - DAY);
    assert_eq!(
        risks(&BTreeMap::new()),
        [Some(Risk::MayBeInUse(NOW)), Some(Risk::Production)]
    );
    assert_eq!(
        risks(&BTreeMap::from([(revoked, NOW)]))[0],
        Some(Risk::InUse(NOW))
    );
    assert_eq!(risks(&BTreeMap::from([(revoked, long_ago)]))[0], None);
}
