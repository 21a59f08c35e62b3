//! Others change the matrix while somebody works at it.

use std::collections::BTreeMap;

use contract::access::{CellChange, Change, MOST_KEYS, MOST_WORKSPACES};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::{Beneath, FRESH, Lock, News, Touched, Whole};

pub(super) const ME: u128 = 1;
pub(super) const JONAS: u128 = 2;

#[derive(Clone, Debug)]
enum Event {
    Mine(Deed),
    Cell {
        by: u128,
        key: usize,
        workspace: usize,
        granted: bool,
    },
    /// 0: as it was. 1: disabled. 2: reaches all. 3: locked. 4: gone. Of a key that may be new.
    Key(usize, u8),
    /// Of a workspace that may be new: whether it is gone.
    Workspace(usize, bool),
}

fn any_event() -> impl Strategy<Value = Event> {
    let by = prop::sample::select(vec![ME, JONAS]);
    let cell = (by, 0_usize..12, 0_usize..80, any::<bool>());
    prop_oneof![
        4 => any_deed().prop_map(Event::Mine),
        4 => cell.prop_map(|(by, key, workspace, granted)| Event::Cell { by, key, workspace, granted }),
        2 => (0_usize..14, 0_u8..5).prop_map(|(key, kind)| Event::Key(key, kind)),
        1 => (0_usize..82, any::<bool>()).prop_map(|(workspace, gone)| Event::Workspace(workspace, gone)),
    ]
}

pub(super) fn cell(by: u128, key: usize, workspace: usize, granted: bool) -> Change {
    Change::Cell(CellChange {
        key: key_id(key),
        workspace: workspace_id(workspace),
        granted,
        by: person(by),
        by_name: "Jonas".to_owned(),
        at: NOW,
        batch: None,
    })
}

impl Event {
    fn change(&self) -> Option<Change> {
        Some(match self {
            Self::Mine(_) => return None,
            Self::Cell {
                by,
                key,
                workspace,
                granted,
            } => cell(*by, *key, *workspace, *granted),
            Self::Key(at, 4) => Change::KeyGone { id: key_id(*at) },
            Self::Key(at, kind) => {
                let mut key = a_key(*at, "ci");
                key.all_workspaces = *kind == 2;
                if *kind == 1 {
                    key.state = KeyState::Disabled;
                }
                let lock = (*kind == 3).then(|| "not yours any more".to_owned());
                Change::Key { key, lock }
            }
            Self::Workspace(at, true) => Change::WorkspaceGone {
                id: workspace_id(*at),
            },
            Self::Workspace(at, false) => Change::Workspace {
                workspace: a_workspace(*at, "new"),
            },
        })
    }
}

fn staged(board: &Board) -> BTreeMap<Place, bool> {
    board
        .staged()
        .map(|place| (place, board.will_be_granted(place)))
        .collect()
}

proptest! {
    #[test]
    fn nothing_staged_is_lost_but_what_the_change_is_about(
        snapshot in any_snapshot(), events in vec(any_event(), 0..25),
    ) {
        let mut board = Board::new(snapshot, person(ME));
        let mut granted: BTreeMap<_, _> =
            places(board.matrix()).into_iter().map(|place| (place, board.matrix().granted(place))).collect();
        for event in events {
            let before = staged(&board);
            if let Event::Mine(deed) = &event {
                deed.perform(&mut board);
            }
            if let Some(change) = event.change() {
                let changed = board.change(change);
                if let Touched::Cell(place) = changed.touched {
                    granted.insert(place, board.matrix().granted(place));
                    prop_assert!(!board.is_staged(place));
                    let agreed = changed.news.contains(&News::Agreed(place));
                    prop_assert_eq!(agreed, before.contains_key(&place));
                }
                let mut expected = before;
                expected.retain(|place, _| changed.touched != Touched::Cell(*place) && board.lock(*place).is_none());
                prop_assert_eq!(staged(&board), expected);
                prop_assert!(changed.news.iter().all(|news| !news.text(&board).is_empty()));
            }
            if let Event::Cell { key, workspace, granted: told, .. } = event
                && let Some(place) = board.matrix().place(key_id(key), workspace_id(workspace))
            {
                granted.insert(place, told);
            }
            for place in places(board.matrix()) {
                let is = granted.get(&place).copied().unwrap_or_default();
                prop_assert_eq!(board.matrix().granted(place), is, "only what was told has changed");
                prop_assert!(!board.is_staged(place) || board.lock(place).is_none());
            }
            for key in 0..board.matrix().keys().len() {
                let whole = board.whole(key).map(|whole| whole == Whole::On);
                let all = board.matrix().reaches_all(key);
                prop_assert_eq!(board.reaches_all(key), whole.unwrap_or(all));
                prop_assert!(whole != Some(all), "a key that is so already is not staged");
            }
            for conflict in board.conflicts() {
                prop_assert!(!board.is_staged(conflict.place));
                prop_assert!(conflict.mine != board.matrix().granted(conflict.place));
            }
        }
        while board.undo() {}
        prop_assert!(board.is_empty(), "undoing stages nothing that was not staged");
    }

    #[test]
    fn what_comes_twice_changes_nothing(snapshot in any_snapshot(), events in vec(any_event(), 0..12)) {
        let mut board = Board::new(snapshot, person(ME));
        for change in events.iter().filter_map(Event::change) {
            board.change(change.clone());
            let cells: Vec<_> = places(board.matrix()).into_iter().map(|place| board.cell(place, NOW)).collect();
            let again = board.change(change);
            prop_assert_eq!(again.news, []);
            let after: Vec<_> = places(board.matrix()).into_iter().map(|place| board.cell(place, NOW)).collect();
            prop_assert_eq!(after, cells);
        }
    }
}

pub(super) const PLACE: Place = Place {
    key: 0,
    workspace: 0,
};

/// Two keys and two workspaces without a grant; the first key is to reach both workspaces.
pub(super) fn staging_two() -> Board {
    let snapshot = bare(
        vec![a_key(0, "ci"), a_key(1, "etl")],
        vec![a_workspace(0, "prod"), a_workspace(1, "docs")],
    );
    let mut board = Board::new(snapshot, person(ME));
    board.paint(&[0], &board.matrix().present(), true).unwrap();
    board
}

#[test]
fn ones_own_changeset_arrives_by_the_stream_before_the_answer() {
    let mut board = staging_two();
    board.begin();
    assert_eq!(board.lock(PLACE), Some(Lock::Applying));
    assert_eq!(board.change(cell(ME, 0, 0, true)).news, []);
    assert_eq!(board.change(cell(JONAS, 0, 0, false)).news, [], "after it");
    board.applied();
    assert!(!board.matrix().granted(PLACE), "the later change holds");
    assert!(board.matrix().granted(Place {
        workspace: 1,
        ..PLACE
    }));
    assert!(board.is_empty());
}

#[test]
fn grants_staged_beneath_outlive_all_workspaces() {
    let mut board = staging_two();
    let mut key = a_key(0, "ci");
    key.all_workspaces = true;
    let news = board.change(Change::Key { key, lock: None }).news;
    assert!(matches!(&news[..], [News::Dropped { places, lock: Lock::All }] if places.len() == 2));
    assert!(board.set_whole(0, Whole::Off(Beneath::Keep)).unwrap());
    board.paint(&[0], &board.matrix().present(), true).unwrap();
    let key = a_key(0, "ci");
    let news = board.change(Change::Key { key, lock: None }).news;
    assert_eq!(news, [News::WholeDropped { key: 0, lock: None }]);
    assert_eq!(board.staged().count(), 2);
}

#[test]
fn a_mark_goes_when_it_is_not_fresh_any_more() {
    let mut board = staging_two();
    board.change(cell(JONAS, 1, 1, true));
    board.change(cell(ME, 1, 0, true));
    let theirs = Place {
        key: 1,
        workspace: 1,
    };
    assert!(board.cell(theirs, NOW).fresh);
    assert!(
        !board
            .cell(
                Place {
                    key: 1,
                    workspace: 0
                },
                NOW
            )
            .fresh,
        "mine is not somebody else's"
    );
    assert_eq!(board.fade(NOW), []);
    let later = NOW.plus(FRESH);
    assert!(!board.cell(theirs, later).fresh);
    assert_eq!(board.fade(later), [theirs]);
}

#[test]
fn a_draft_says_what_is_not_in_it_any_more() {
    let draft = staging_two().draft();
    let mut board = staging_two();
    board.discard();
    board.change(cell(JONAS, 0, 0, true));
    board.change(Change::WorkspaceGone {
        id: workspace_id(1),
    });
    let gone = Place {
        workspace: 1,
        ..PLACE
    };
    let dropped = News::Dropped {
        places: vec![gone],
        lock: Lock::Archived,
    };
    assert_eq!(board.resume(&draft), [News::Agreed(PLACE), dropped]);
    let nobody = bare(Vec::new(), Vec::new());
    assert_eq!(
        Board::new(nobody, person(ME)).resume(&draft),
        [News::Gone(2)]
    );
    let mut board = staging_two();
    board.discard();
    board.change(Change::KeyGone { id: key_id(0) });
    let dropped = News::Dropped {
        places: vec![PLACE, gone],
        lock: Lock::Revoked,
    };
    assert_eq!(board.resume(&draft), [dropped], "in one sentence");
}

#[test]
fn a_grant_that_was_made_while_one_looks_is_not_unused() {
    let mut snapshot = bare(
        vec![a_key(0, "ci")],
        (0..3).map(|at| a_workspace(at, "prod")).collect(),
    );
    snapshot.granted.set(0, 0, true);
    let mut board = Board::new(snapshot, person(ME));
    let all = board.matrix().present();
    board.change(cell(JONAS, 0, 1, true));
    board.paint(&[0], &[2].into_iter().collect(), true).unwrap();
    board.begin();
    board.applied();
    assert_eq!(board.reach(0, &all).on, 3);
    assert_eq!(board.unused(&[0], &all), 1);
    board.revoke_unused(&[0], &all).unwrap();
    assert_eq!(board.staged().collect::<Vec<_>>(), [PLACE]);
}

#[test]
fn what_had_no_room_in_the_snapshot_does_not_come_by_the_stream() {
    let most = usize::try_from(MOST_KEYS).unwrap();
    let keys = |from: usize, count| (from..from + count).map(|at| a_key(at, "ci")).collect();
    let key = |at| Change::Key {
        key: a_key(at, "etl"),
        lock: None,
    };
    let new = |at| Touched::Key { at, new: true };
    let told = |board: &mut Board, change| board.change(change).touched;

    let mut full = Board::new(bare(keys(1, most), Vec::new()), person(ME));
    assert_eq!(told(&mut full, key(0)), Touched::Nothing, "older");
    assert_eq!(told(&mut full, key(most + 1)), new(most), "made since");
    assert!(matches!(
        told(&mut full, key(1)),
        Touched::Key { at: 0, new: false }
    ));
    let mut all = Board::new(bare(keys(1, most - 1), Vec::new()), person(ME));
    assert_eq!(
        told(&mut all, key(0)),
        new(most - 1),
        "it has all there are"
    );

    let most = usize::try_from(MOST_WORKSPACES).unwrap();
    let workspaces = (0..most).map(|at| a_workspace(at, "prod")).collect();
    let mut full = Board::new(bare(Vec::new(), workspaces), person(ME));
    let workspace = |at| Change::Workspace {
        workspace: a_workspace(at, "docs"),
    };
    assert_eq!(told(&mut full, workspace(most)), Touched::Nothing);
    let known = Touched::Workspace { at: 0, new: false };
    assert_eq!(told(&mut full, workspace(0)), known);
    full.change(Change::WorkspaceGone {
        id: workspace_id(0),
    });
    let at = most;
    let new = Touched::Workspace { at, new: true };
    assert_eq!(told(&mut full, workspace(most)), new, "there is room");
}
