//! Which rows and columns are shown, in which order, and what their headers say.

use std::collections::BTreeSet;

use contract::access::Change;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::*;
use crate::{Arrangement, Column, Count, Filter, Group, Grouping, Pos, Sort, SortBy, View, csv};

fn any_arrangement() -> impl Strategy<Value = Arrangement> {
    let filter = prop::sample::select(vec![
        "",
        "ci",
        "@prod",
        "ci@prod",
        "is:all",
        "is:unused @stag",
    ]);
    let by = prop::sample::select(vec![
        SortBy::Made,
        SortBy::Name,
        SortBy::Reach,
        SortBy::LastUsed,
    ]);
    let grouping = prop::sample::select(vec![
        Grouping::Common,
        Grouping::None,
        Grouping::Label("env".to_owned()),
        Grouping::Label("nothing".to_owned()),
    ]);
    let names = prop::sample::select(vec!["production", "staging", Group::OTHER]);
    let collapsed = btree_set(names.prop_map(str::to_owned), 0..3);
    let pins = (btree_set(0_usize..14, 0..3), btree_set(0_usize..82, 0..3));
    (filter, by, any::<bool>(), grouping, collapsed, pins).prop_map(
        |(filter, by, reversed, grouping, collapsed, (keys, workspaces))| Arrangement {
            filter: Filter::parse(filter).unwrap(),
            sort: Sort { by, reversed },
            grouping,
            collapsed,
            pinned_keys: keys.into_iter().rev().map(key_id).collect(),
            pinned_workspaces: workspaces.into_iter().rev().map(workspace_id).collect(),
        },
    )
}

/// What rows are sorted by, so that a smaller one comes first.
fn rank(board: &Board, view: &View, by: SortBy, key: usize) -> (i64, String) {
    let row = &board.matrix().keys()[key].row;
    let number = |n: usize| i64::try_from(n).unwrap();
    match by {
        SortBy::Made => (number(key), String::new()),
        SortBy::Name => (0, row.name.to_lowercase()),
        SortBy::Reach if board.reaches_all(key) => (-1_000, String::new()),
        SortBy::Reach => {
            let shown = view.workspaces().iter();
            let reached = shown.filter(|at| {
                board.will_be_granted(Place {
                    key,
                    workspace: *at,
                })
            });
            (-number(reached.count()), String::new())
        }
        SortBy::LastUsed => (
            row.last_used_at.map_or(0, |at| -at.unix_millis()),
            String::new(),
        ),
    }
}

proptest! {
    #[test]
    fn rows_are_those_let_through_in_their_order(
        snapshot in any_snapshot(), deeds in vec(any_deed(), 0..5), arrangement in any_arrangement(),
    ) {
        let board = worked_on(snapshot, &deeds);
        let view = View::new(&board, &arrangement, NOW).unwrap();
        let (keys, _) = arrangement.filter.apply(&board, NOW).unwrap();
        let shown: BTreeSet<_> = view.rows().iter().copied().collect();
        prop_assert_eq!(&shown, &keys.iter().collect());
        prop_assert_eq!(view.rows().len(), shown.len());

        let (pinned, rest) = view.rows().split_at(view.pinned().0);
        let ids = |rows: &[usize]| rows.iter().map(|at| key_id(*at)).collect::<Vec<_>>();
        let pins = arrangement.pinned_keys.iter().copied();
        let pins = pins.filter(|id| board.matrix().key_at(*id).is_some_and(|at| shown.contains(&at)));
        prop_assert_eq!(ids(pinned), pins.collect::<Vec<_>>());
        for pair in rest.windows(2) {
            let ranks = [0, 1].map(|at| rank(&board, &view, arrangement.sort.by, pair[at]));
            let [first, second] = ranks;
            let in_order = if arrangement.sort.reversed { first >= second } else { first <= second };
            prop_assert!(in_order);
        }
    }

    #[test]
    fn columns_are_those_let_through_with_their_group(
        snapshot in any_snapshot(), deeds in vec(any_deed(), 0..5), arrangement in any_arrangement(),
    ) {
        let board = worked_on(snapshot, &deeds);
        let view = View::new(&board, &arrangement, NOW).unwrap();
        let (_, workspaces) = arrangement.filter.apply(&board, NOW).unwrap();
        let mut shown: Vec<_> = view.workspaces_in_order().collect();
        prop_assert_eq!(&view.workspaces_in(0..view.columns().len()).iter().collect::<Vec<_>>(), &workspaces.iter().collect::<Vec<_>>());
        shown.sort_unstable();
        prop_assert_eq!(shown, workspaces.iter().collect::<Vec<_>>(), "each once");
        prop_assert_eq!(view.column(0), Some(Column::All));

        let label = arrangement.grouping.label(board.matrix());
        let value = |at: usize| {
            let labels = &board.matrix().workspaces()[at].column.labels;
            let found = labels.iter().find(|(key, _)| Some(*key) == label.as_deref());
            found.map(|(_, value)| value.to_owned())
        };
        for group in view.groups() {
            prop_assert!(group.members.iter().all(|at| value(*at) == group.name));
            prop_assert!(group.members.is_sorted());
            prop_assert_eq!(group.collapsed, label.is_some() && arrangement.collapsed.contains(group.title()));
        }
        let names = view.groups().iter().map(|group| (group.name.is_none(), group.name.clone()));
        prop_assert!(names.is_sorted());
        let mut next = view.pinned().1;
        for (group, span) in view.groups().iter().zip(view.group_spans()) {
            prop_assert_eq!(span.start, next);
            next = span.end;
            let members: Vec<_> = view.workspaces_in(span).iter().collect();
            prop_assert_eq!(&members, &group.members);
        }
        prop_assert_eq!(next, view.columns().len());
        for (row, key) in view.rows().iter().enumerate() {
            for column in 0..view.columns().len() {
                let pos = Pos { row, column };
                let Some(place) = view.place(pos) else { continue };
                prop_assert_eq!(place.key, *key);
                prop_assert_eq!(view.pos(place), Some(pos));
            }
        }
    }

    #[test]
    fn headers_say_what_is_counted(
        snapshot in any_snapshot(), deeds in vec(any_deed(), 0..5), arrangement in any_arrangement(),
    ) {
        let board = worked_on(snapshot, &deeds);
        let view = View::new(&board, &arrangement, NOW).unwrap();
        let count = |keys: &[usize], workspaces: &[usize]| {
            let pairs = keys.iter().flat_map(|key| workspaces.iter().map(|workspace| (*key, *workspace)));
            let reaches = |(key, workspace): &(usize, usize)| {
                board.reaches_all(*key) || board.will_be_granted(Place { key: *key, workspace: *workspace })
            };
            Count { on: pairs.filter(reaches).count(), of: keys.len() * workspaces.len() }
        };
        let all: Vec<_> = view.workspaces_in_order().collect();
        for (row, key) in view.rows().iter().enumerate() {
            prop_assert_eq!(view.row_count(&board, row), count(&[*key], &all));
        }
        for (at, column) in view.columns().iter().enumerate() {
            let expected = match column {
                Column::All => Count {
                    on: view.rows().iter().filter(|key| board.reaches_all(**key)).count(),
                    of: view.rows().len(),
                },
                Column::Workspace(workspace) => count(view.rows(), &[*workspace]),
                Column::Group(group) => count(view.rows(), &view.groups()[*group].members),
            };
            prop_assert_eq!(view.column_count(&board, at), expected);
        }
        for (at, group) in view.groups().iter().enumerate() {
            for (row, key) in view.rows().iter().enumerate() {
                prop_assert_eq!(view.group_cell(&board, row, at), count(&[*key], &group.members));
            }
        }
    }

    #[test]
    fn the_order_survives_its_text(reversed: bool, by in 0_usize..4) {
        let by = [SortBy::Made, SortBy::Name, SortBy::Reach, SortBy::LastUsed][by];
        let sort = Sort { by, reversed };
        prop_assert_eq!(sort.to_string().parse::<Sort>().unwrap(), sort);
    }

    #[test]
    fn a_table_has_a_line_for_each_key_that_is_there(
        snapshot in any_snapshot(), arrangement in any_arrangement(),
        gone_keys in btree_set(0_usize..12, 0..4), gone_workspaces in btree_set(0_usize..80, 0..20),
    ) {
        let mut board = Board::new(snapshot, person(1));
        for at in &gone_keys {
            board.change(Change::KeyGone { id: key_id(*at) });
        }
        for at in &gone_workspaces {
            board.change(Change::WorkspaceGone { id: workspace_id(*at) });
        }
        let view = View::new(&board, &arrangement, NOW).unwrap();
        let keys: Vec<_> = view.rows().iter().copied().filter(|at| !gone_keys.contains(at)).collect();
        let workspaces: Vec<_> = view.workspaces_in_order().filter(|at| !gone_workspaces.contains(at)).collect();
        let text = csv(board.matrix(), &view);
        let lines: Vec<_> = text.split_terminator("\r\n").collect();
        prop_assert_eq!(lines.len(), 1 + keys.len());
        let width = 3 + workspaces.len();
        prop_assert!(lines.iter().all(|line| line.split(',').count() == width));
        for (line, key) in lines[1..].iter().zip(keys) {
            let granted: Vec<_> = line.split(',').skip(3).map(|cell| cell == "yes").collect();
            let cells = workspaces.iter().map(|workspace| Place { key, workspace: *workspace });
            prop_assert_eq!(granted, cells.map(|place| board.matrix().granted(place)).collect::<Vec<_>>());
        }
        let titles: BTreeSet<_> = lines[0].split(',').collect();
        prop_assert_eq!(titles.len(), width, "no two columns are called the same");
    }
}
