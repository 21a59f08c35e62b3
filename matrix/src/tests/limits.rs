//! No more is staged than can be applied, and no more kept than can be stored.

use contract::access::Change;
use contract::request::{MAX_CELLS, MAX_KEYS};

use super::edit::square;
use super::*;
use crate::{Beneath, TooMany, Whole};

#[test]
fn more_than_can_be_applied_is_not_staged() {
    let mut board = square(101, 100);
    let keys: Vec<_> = (0..101).collect();
    let all = board.matrix().present();
    let most = board.paint(&keys[..100], &all, true).unwrap();
    assert_eq!(most.granted, MAX_CELLS);
    let too_many = board.paint(&keys[100..], &all, true).unwrap_err();
    assert_eq!(too_many, TooMany::Cells(MAX_CELLS + 100));
    assert_eq!(board.summary().changes(), MAX_CELLS, "nothing is lost");
    assert!(board.paint(&keys[..1], &all, false).is_ok());
    assert!(
        board.paint(&keys[100..], &all, true).is_ok(),
        "there is room again"
    );
}

/// Keys that reach all of so many workspaces.
fn reaching_all(keys: usize, workspaces: usize) -> Board {
    let key = |at| KeyRow {
        all_workspaces: true,
        ..a_key(at, "ci")
    };
    let snapshot = bare(
        (0..keys).map(key).collect(),
        (0..workspaces).map(|at| a_workspace(at, "prod")).collect(),
    );
    Board::new(snapshot, person(1))
}

#[test]
fn cells_that_a_whole_key_decides_are_counted_too() {
    let mut board = reaching_all(3, 4_000);
    for key in [0, 1] {
        let today = board.set_whole(key, Whole::Off(Beneath::Today));
        assert_eq!(today, Ok(true));
    }
    let too_many = board.set_whole(2, Whole::Off(Beneath::Today));
    assert_eq!(too_many, Err(TooMany::Cells(12_000)));
    assert_eq!(board.set_whole(2, Whole::Off(Beneath::Keep)), Ok(true));
    let (all, some) = (board.matrix().present(), (0..2_000).collect());
    assert_eq!(
        board.paint(&[2], &all, true),
        Err(TooMany::Cells(12_000)),
        "a cell of its own is one more"
    );
    assert!(board.paint(&[2], &some, true).is_ok());
    assert_eq!(board.set_whole(0, Whole::Off(Beneath::None)), Ok(true));
    assert!(board.paint(&[2], &all, true).is_ok(), "there is room again");
}

#[test]
fn more_than_can_be_applied_by_others_can_be_made_less() {
    let mut board = reaching_all(11, 999);
    for key in 0..10 {
        assert_eq!(board.set_whole(key, Whole::Off(Beneath::Today)), Ok(true));
    }
    assert_eq!(board.set_whole(10, Whole::Off(Beneath::Keep)), Ok(true));
    let (ten, one) = ((0..10).collect(), [0].into_iter().collect());
    board.paint(&[10], &ten, true).unwrap();
    // Each of the ten keys is to reach it too.
    let workspace = a_workspace(999, "new");
    board.change(Change::Workspace { workspace });
    assert!(board.paint(&[10], &one, false).is_ok());
    let too_many = Err(TooMany::Cells(MAX_CELLS + 10));
    assert_eq!(board.paint(&[10], &one, true), too_many);
}

#[test]
fn no_more_keys_are_turned_over_than_can_be_applied() {
    let mut board = reaching_all(MAX_KEYS + 1, 1);
    let off = Whole::Off(Beneath::Keep);
    for key in 0..MAX_KEYS {
        assert_eq!(board.set_whole(key, off), Ok(true));
    }
    let too_many = Err(TooMany::Keys(MAX_KEYS + 1));
    assert_eq!(board.set_whole(MAX_KEYS, off), too_many);
    assert_eq!(board.set_whole(0, Whole::On), Ok(true));
    assert_eq!(board.set_whole(MAX_KEYS, off), Ok(true));
}

#[test]
fn what_can_be_undone_is_little_enough_for_a_draft() {
    let mut board = square(20_000, 1);
    let all = board.matrix().present();
    // Each step is about other keys, so that a draft names all there can be.
    for from in [0, 10_000, 0, 10_000, 0] {
        let keys: Vec<_> = (from..from + 10_000).collect();
        board.discard();
        board.paint(&keys, &all, true).unwrap();
    }
    let json = serde_json::to_string(&board.draft()).unwrap();
    assert!(json.len() < 2 << 20, "{} bytes", json.len());
    let mut steps = 0;
    while board.undo() {
        steps += 1;
    }
    assert_eq!(steps, 5, "of 10,000 cells each");
}
