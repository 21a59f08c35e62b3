//! What two people want differently, and what the server refuses.

use contract::access::{Change, Conflict as Refused};

use super::rebase::{JONAS, ME, PLACE, cell, staging_two};
use super::*;
use crate::{Beneath, Draft, News, Outcome, Side, TooMany, Whole};

#[test]
fn a_cell_that_goes_back_and_forth_is_for_the_person_to_decide() {
    for side in [Side::Mine, Side::Theirs] {
        let mut board = staging_two();
        assert_eq!(
            board.change(cell(JONAS, 0, 0, true)).news,
            [News::Agreed(PLACE)]
        );
        assert_eq!(board.conflicts().count(), 0);
        assert_eq!(
            board.change(cell(JONAS, 0, 0, false)).news,
            [News::Conflict(PLACE)]
        );
        let conflict = board.conflicts().next().unwrap();
        assert_eq!((conflict.mine, conflict.theirs), (true, false));
        assert_eq!(conflict.by, Some(("Jonas".to_owned(), NOW)));
        board.resolve(PLACE, side).unwrap();
        assert_eq!(board.conflicts().count(), 0);
        assert_eq!(board.is_staged(PLACE), side == Side::Mine);
        assert!(
            board.is_staged(Place {
                workspace: 1,
                ..PLACE
            }),
            "the other is not lost"
        );
    }
}

#[test]
fn the_cells_of_a_conflict_leave_the_stage_and_the_others_stay() {
    // By whom the stream told of it before the answer; by oneself is from another page.
    for told_before in [None, Some(JONAS), Some(ME)] {
        let mut board = staging_two();
        assert_eq!(board.begin().cells.len(), 2);
        let mut news = Vec::new();
        if let Some(by) = told_before {
            news.extend(board.change(cell(by, 0, 0, true)).news);
        }
        news.extend(board.conflicted(&[Refused::Cell {
            key: key_id(0),
            workspace: workspace_id(0),
            granted: true,
        }]));
        assert_eq!(news, [News::Agreed(PLACE)], "it is told once");
        assert_eq!(board.conflicts().count(), 0);
        assert_eq!(
            board.staged().collect::<Vec<_>>(),
            [Place {
                workspace: 1,
                ..PLACE
            }]
        );
        assert_eq!(
            board.change(cell(JONAS, 0, 0, false)).news,
            [News::Conflict(PLACE)],
            "what was wanted is remembered"
        );
        assert_eq!(board.begin().cells.len(), 1);
    }
}

#[test]
fn what_was_undone_elsewhere_while_it_was_refused_is_for_the_person_to_decide() {
    let mut board = staging_two();
    board.begin();
    for granted in [true, false] {
        assert_eq!(board.change(cell(ME, 0, 0, granted)).news, []);
    }
    assert_eq!(board.refused(), [News::Conflict(PLACE)]);
    let conflict = board.conflicts().next().unwrap();
    assert_eq!((conflict.mine, conflict.theirs), (true, false));
}

/// Two keys that reach all of two workspaces, the first of them not any more.
fn staging_a_key() -> Board {
    let mut keys = vec![a_key(0, "ci"), a_key(1, "etl")];
    for key in &mut keys {
        key.all_workspaces = true;
    }
    let workspaces = vec![a_workspace(0, "prod"), a_workspace(1, "docs")];
    let mut board = Board::new(bare(keys, workspaces), person(ME));
    assert!(board.set_whole(0, Whole::Off(Beneath::Today)).unwrap());
    board
}

#[test]
fn a_key_that_was_changed_by_somebody_else_leaves_the_stage_and_is_told() {
    for told_before in [true, false] {
        let mut board = staging_a_key();
        assert!(board.set_whole(1, Whole::Off(Beneath::Keep)).unwrap());
        board.begin();
        let mut news = Vec::new();
        if told_before {
            let key = a_key(0, "ci");
            news.extend(board.change(Change::Key { key, lock: None }).news);
        }
        news.extend(board.conflicted(&[Refused::Key {
            key: key_id(0),
            all_workspaces: false,
        }]));
        assert_eq!(news, [News::WholeDropped { key: 0, lock: None }]);
        assert!(!board.matrix().reaches_all(0) && !board.reaches_all(0));
        assert_eq!(board.reach(0, &board.matrix().present()).on, 0);
        assert_eq!(board.whole(1), Some(Whole::Off(Beneath::Keep)), "not lost");
        assert!(!board.is_applying());
    }
}

#[test]
fn nothing_is_told_of_a_key_that_is_changed_by_oneself() {
    let mut board = staging_a_key();
    board.begin();
    let key = a_key(0, "ci");
    assert_eq!(board.change(Change::Key { key, lock: None }).news, []);
    board.applied();
    assert!(board.is_empty() && !board.reaches_all(0));
}

/// A cell that is to be granted, and that somebody else has granted and revoked meanwhile.
fn contested() -> Board {
    let mut board = staging_two();
    board.change(cell(JONAS, 0, 0, true));
    board.change(cell(JONAS, 0, 0, false));
    board
}

#[test]
fn a_conflict_that_is_not_decided_is_kept_in_the_draft() {
    let mut board = contested();
    board
        .paint(&[0], &[1].into_iter().collect(), false)
        .unwrap();
    assert!(board.is_empty());
    let json = serde_json::to_string(&board.draft()).unwrap();
    let draft: Draft = serde_json::from_str(&json).unwrap();
    assert!(!draft.is_empty());
    let mut resumed = staging_two();
    resumed.discard();
    assert_eq!(resumed.resume(&draft), [News::Conflict(PLACE)]);
    let conflict = resumed.conflicts().next().unwrap();
    assert_eq!(
        (conflict.place, conflict.mine, conflict.theirs),
        (PLACE, true, false)
    );
    let nobody = bare(Vec::new(), Vec::new());
    assert_eq!(
        Board::new(nobody, person(ME)).resume(&draft),
        [News::Gone(1)]
    );
    assert!(
        Board::past(bare(Vec::new(), Vec::new()), person(ME))
            .draft()
            .is_empty()
    );
}

#[test]
fn a_conflict_stays_until_mine_is_staged() {
    let mut board = contested();
    let gone = |id| Change::WorkspaceGone { id };
    board.change(gone(workspace_id(0)));
    let locked = Outcome {
        locked: 1,
        ..Outcome::default()
    };
    assert_eq!(board.resolve(PLACE, Side::Mine), Ok(locked));
    assert_eq!(board.conflicts().count(), 1);
    assert_eq!(board.resolve(PLACE, Side::Theirs), Ok(Outcome::default()));
    assert_eq!(board.conflicts().count(), 0);
}

#[test]
fn a_conflict_stays_while_the_stage_is_full() {
    let keys = (0..101).map(|at| a_key(at, "ci")).collect();
    let workspaces = (0..100).map(|at| a_workspace(at, "prod")).collect();
    let mut board = Board::new(bare(keys, workspaces), person(ME));
    let (most, all): (Vec<_>, _) = ((0..100).collect(), board.matrix().present());
    board.paint(&most, &all, true).unwrap();
    board.change(cell(JONAS, 0, 0, true));
    board.change(cell(JONAS, 0, 0, false));
    board
        .paint(&[100], &[0].into_iter().collect(), true)
        .unwrap();
    let full = board.resolve(PLACE, Side::Mine);
    assert!(matches!(full, Err(TooMany::Cells(10_001))));
    assert_eq!(board.conflicts().count(), 1, "it is still to be decided");
}

#[test]
fn a_conflict_of_a_key_that_is_decided_as_a_whole_says_what_is() {
    let mut board = contested();
    let mut key = a_key(0, "ci");
    key.all_workspaces = true;
    board.change(Change::Key { key, lock: None });
    assert!(board.set_whole(0, Whole::Off(Beneath::Today)).unwrap());
    board.change(cell(JONAS, 0, 0, true));
    assert_eq!(board.conflicts().count(), 0, "both want it granted");
}
