//! The grammar, and what it lets through.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::Filter;

/// A term as its meaning and as one way to type it.
#[derive(Clone, Debug)]
enum Term {
    Names(&'static str, &'static str),
    All,
    Staged,
    Idle,
    Unused,
    Label(&'static str, &'static str),
}

fn any_term() -> impl Strategy<Value = Term> {
    let keys = prop::sample::select(vec![
        "",
        "CI",
        "ci-",
        "a@b",
        "ärg",
        "is:all",
        "nothing like it",
    ]);
    let workspaces = prop::sample::select(vec!["", "PROD", "prod-eu", "a@b", "stag", "nothing"]);
    let labels = prop::sample::select(vec![
        ("team", "billing"),
        ("env", "production"),
        ("env", "staging"),
        ("env", "nothing"),
        ("nothing", "x"),
    ]);
    prop_oneof![
        4 => (keys, workspaces).prop_map(|(key, workspace)| Term::Names(key, workspace)),
        1 => Just(Term::All),
        1 => Just(Term::Staged),
        1 => Just(Term::Idle),
        1 => Just(Term::Unused),
        1 => labels.prop_map(|(key, value)| Term::Label(key, value)),
    ]
}

impl Term {
    fn typed(&self) -> String {
        match self {
            Self::Names(key, "") => format!("\"{key}\""),
            Self::Names(key, workspace) => format!("\"{key}\"@\"{workspace}\""),
            Self::All => "is:all".to_owned(),
            Self::Staged => "is:staged".to_owned(),
            Self::Idle => "is:idle".to_owned(),
            Self::Unused => "is:unused".to_owned(),
            Self::Label(key, value) => format!("label:{key}={value}"),
        }
    }

    fn lets_workspace(&self, board: &Board, at: usize) -> bool {
        let column = &board.matrix().workspaces()[at].column;
        match self {
            Self::Names(_, part) => {
                let part = part.to_lowercase();
                let values = column.labels.iter().map(|(_, value)| value.to_lowercase());
                values
                    .chain([column.name.to_lowercase()])
                    .any(|text| text.contains(&part))
            }
            Self::Label(key, value) => {
                let mut all = board.matrix().workspaces().iter();
                let used = all.any(|any| has(&any.column.labels, key, value));
                !used || has(&column.labels, key, value)
            }
            _ => true,
        }
    }

    fn lets_key(&self, board: &Board, at: usize, workspaces: &[usize]) -> bool {
        let row = &board.matrix().keys()[at].row;
        let mut cells = workspaces.iter().map(|workspace| Place {
            key: at,
            workspace: *workspace,
        });
        match self {
            Self::Names(part, _) => row.name.to_lowercase().contains(&part.to_lowercase()),
            Self::Label(key, value) => {
                let mut all = board.matrix().keys().iter();
                let used = all.any(|any| has(&any.row.labels, key, value));
                !used || has(&row.labels, key, value)
            }
            Self::All => board.reaches_all(at),
            Self::Staged => board.whole(at).is_some() || cells.any(|place| board.is_staged(place)),
            Self::Idle => row
                .last_used_at
                .is_none_or(|used| NOW.unix_millis() - used.unix_millis() >= 30 * DAY),
            Self::Unused => cells.any(|place| {
                let granted = board.matrix().granted(place) && board.will_be_granted(place);
                granted && !board.matrix().used(place) && !board.reaches_all(at)
            }),
        }
    }

    /// Whether it names a label that there is.
    fn is_known(&self, board: &Board) -> bool {
        let Self::Label(key, value) = self else {
            return true;
        };
        let keys = board.matrix().keys().iter().map(|any| &any.row.labels);
        let workspaces = board
            .matrix()
            .workspaces()
            .iter()
            .map(|any| &any.column.labels);
        keys.chain(workspaces).any(|labels| has(labels, key, value))
    }
}

fn has(labels: &Labels, key: &str, value: &str) -> bool {
    labels.iter().any(|label| label == (key, value))
}

proptest! {
    #[test]
    fn it_lets_through_what_the_slow_oracle_does(
        snapshot in any_snapshot(), deeds in vec(any_deed(), 0..5), terms in vec(any_term(), 0..4),
    ) {
        let board = worked_on(snapshot, &deeds);
        let typed: Vec<_> = terms.iter().map(Term::typed).collect();
        let filter = Filter::parse(&typed.join("  ")).unwrap();
        let passed = filter.apply(&board, NOW);
        prop_assert_eq!(passed.is_ok(), terms.iter().all(|term| term.is_known(&board)));
        let Ok((keys, workspaces)) = passed else { return Ok(()) };

        let columns = 0..board.matrix().workspaces().len();
        let columns: Vec<_> = columns.filter(|at| terms.iter().all(|term| term.lets_workspace(&board, *at))).collect();
        let rows = 0..board.matrix().keys().len();
        let rows: Vec<_> =
            rows.filter(|at| terms.iter().all(|term| term.lets_key(&board, *at, &columns))).collect();
        prop_assert_eq!(workspaces.iter().collect::<Vec<_>>(), columns);
        prop_assert_eq!(keys.iter().collect::<Vec<_>>(), rows);
    }

    #[test]
    fn the_canonical_text_is_the_same_filter(text in "([a-cA-C@\" :=ıİß]|is:all|is:idle|label:a=b){0,12}") {
        if let Ok(filter) = Filter::parse(&text) {
            let canonical = filter.to_string();
            prop_assert_eq!(Filter::parse(&canonical).unwrap(), filter, "{}", canonical);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,60}") {
        let _ = Filter::parse(&text);
    }
}

#[test]
fn it_is_written_in_one_way() {
    for (typed, canonical) in [
        ("", ""),
        ("  ci@Prod   is:idle ", "ci@prod is:idle"),
        ("@production", "@production"),
        ("ci@", "ci"),
        ("\"my key\"@\"prod eu\"", "\"my key\"@\"prod eu\""),
        ("\"ci\"", "ci"),
        ("\"is:all\"", "\"is:all\""),
        ("\"a@b\"", "\"a@b\""),
        ("ci@a@b", "ci@\"a@b\""),
        ("\"say \"\"hi\"\"\"", "\"say \"\"hi\"\"\""),
        ("label:team=billing", "label:team=billing"),
    ] {
        assert_eq!(
            Filter::parse(typed).unwrap().to_string(),
            canonical,
            "{typed}"
        );
    }
}

#[test]
fn an_error_says_what_to_type() {
    for (typed, remedy) in [
        ("is:foo", "Use is:all, is:staged, is:idle or is:unused."),
        ("label:team", "Write a label as label:team=billing."),
        ("\"ci", "Close the quotation mark."),
    ] {
        let error = Filter::parse(typed).unwrap_err().to_string();
        assert!(error.contains(remedy), "{error}");
    }
    let mut workspace = a_workspace(0, "prod");
    workspace.labels = labels("env", Some("production"));
    let snapshot = bare(Vec::new(), vec![workspace]);
    let board = Board::new(snapshot, person(1));
    for (typed, remedy) in [
        ("label:env=prod", "Try label:env=production."),
        ("label:team=data", "Try label:env=…."),
    ] {
        let error = Filter::parse(typed)
            .unwrap()
            .apply(&board, NOW)
            .unwrap_err()
            .to_string();
        assert!(error.contains(remedy), "{error}");
    }
}
