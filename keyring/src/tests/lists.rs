//! Filters and cursors.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::page::{PageRequest, SortOrder};
use contract::request::ListKeys;
use contract::resource::ApiKey;
use contract::{ApiKeyId, Labels, Page};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::{Bench, issue_request, on_both};
use crate::{grants, keys};

on_both!(
    filters_find_what_they_say,
    a_search_takes_its_text_literally,
    pages_go_both_ways,
    a_made_up_cursor_is_refused,
    a_walk_visits_each_key_once_while_keys_come_and_go,
    a_preview_holds_five,
);

async fn list(bench: &Bench, list: ListKeys) -> Page<ApiKey> {
    keys::list(&bench.keyring, &bench.owner, list)
        .await
        .unwrap()
}

fn names(page: &Page<ApiKey>) -> Vec<&str> {
    page.items
        .iter()
        .map(|key| key.metadata.name.as_str())
        .collect()
}

async fn filters_find_what_they_say(bench: Bench) {
    for (name, labels) in [
        ("alpha", "env=prod,team=billing"),
        ("beta", "env=prod"),
        ("gamma", "env=production"),
    ] {
        let mut request = issue_request(name, &[], &[]);
        request.labels = Labels::parse_pairs("labels", labels).unwrap();
        request.description = Some(format!("The {name} one, ÄÖÜ"));
        keys::issue(&bench.keyring, &bench.owner, request)
            .await
            .unwrap();
    }
    let labelled = |text: &str| ListKeys {
        labels: Labels::parse_pairs("labels", text).unwrap(),
        ..Default::default()
    };
    assert_eq!(
        names(&list(&bench, labelled("env=prod")).await),
        ["beta", "alpha"]
    );
    assert_eq!(
        names(&list(&bench, labelled("env=prod team=billing")).await),
        ["alpha"]
    );
    assert!(
        list(&bench, labelled("env=Prod")).await.items.is_empty(),
        "label values are exact"
    );
    let query = |text: &str| ListKeys {
        query: Some(text.to_owned()),
        ..Default::default()
    };
    assert_eq!(names(&list(&bench, query("ALPHA")).await), ["alpha"]);
    assert_eq!(
        list(&bench, query("äöü")).await.items.len(),
        3,
        "in any case, beyond ASCII as well"
    );
    let ascending = ListKeys {
        order: SortOrder::Asc,
        ..Default::default()
    };
    assert_eq!(
        names(&list(&bench, ascending).await),
        ["global account key", "alpha", "beta", "gamma"]
    );

    let all = list(&bench, ListKeys::default()).await;
    let id = all.items[0].metadata.id.to_string();
    for length in [0, 3, 7, 8, 20, id.len()] {
        let found = list(
            &bench,
            ListKeys {
                prefix: Some(id[..length].to_owned()),
                ..Default::default()
            },
        )
        .await;
        let wanted = all
            .items
            .iter()
            .filter(|key| key.metadata.id.to_string().starts_with(&id[..length]));
        assert_eq!(found.items.len(), wanted.count(), "{length}");
    }
    for nothing in [
        "apikey_8",
        "apikey_z",
        "workspace_",
        "APIKEY_",
        &format!("{id}0"),
    ] {
        let found = list(
            &bench,
            ListKeys {
                prefix: Some(nothing.to_owned()),
                ..Default::default()
            },
        )
        .await;
        assert!(found.items.is_empty(), "{nothing}");
    }
}

async fn a_search_takes_its_text_literally(bench: Bench) {
    for name in ["100%", "100x", "a_b", "axb", r"back\slash"] {
        bench.key(name, &[], &[]).await;
    }
    for (text, found) in [("100%", "100%"), ("a_b", "a_b"), (r"k\s", r"back\slash")] {
        let page = list(
            &bench,
            ListKeys {
                query: Some(text.to_owned()),
                ..Default::default()
            },
        )
        .await;
        assert_eq!(names(&page), [found]);
    }
}

async fn pages_go_both_ways(bench: Bench) {
    for index in 0..7 {
        bench.key(&format!("k{index}"), &[], &[]).await;
        bench.advance(Duration::from_millis(1));
    }
    let at = |cursor: Option<String>| ListKeys {
        page: PageRequest {
            cursor,
            limit: Some(3),
        },
        query: Some("k".to_owned()),
        ..Default::default()
    };
    let first = list(&bench, at(None)).await;
    assert!(first.pagination.previous_cursor.is_none());
    let second = list(&bench, at(first.pagination.next_cursor.clone())).await;
    assert_eq!(names(&first), ["k6", "k5", "k4"]);
    assert_eq!(names(&second), ["k3", "k2", "k1"]);
    let back = list(&bench, at(second.pagination.previous_cursor.clone())).await;
    assert_eq!(names(&back), names(&first));
    assert!(back.pagination.previous_cursor.is_none() && back.pagination.next_cursor.is_some());
}

async fn a_made_up_cursor_is_refused(bench: Bench) {
    for index in 0..3 {
        bench.key(&format!("k{index}"), &[], &[]).await;
    }
    let with = |cursor: &str, order| ListKeys {
        page: PageRequest {
            cursor: Some(cursor.to_owned()),
            limit: Some(1),
        },
        order,
        ..Default::default()
    };
    let first = list(
        &bench,
        ListKeys {
            page: PageRequest {
                cursor: None,
                limit: Some(1),
            },
            ..Default::default()
        },
    );
    let good = first.await.pagination.next_cursor.unwrap();
    assert!(
        keys::list(&bench.keyring, &bench.owner, with(&good, SortOrder::Desc))
            .await
            .is_ok()
    );
    let altered = format!(
        "{}{}",
        if good.starts_with("00") { "01" } else { "00" },
        &good[2..]
    );
    for (bad, order) in [
        ("nonsense", SortOrder::Desc),
        (&altered, SortOrder::Desc),
        (&good[1..], SortOrder::Desc),
        (&good, SortOrder::Asc),
    ] {
        let error = keys::list(&bench.keyring, &bench.owner, with(bad, order))
            .await
            .unwrap_err();
        assert!(error.public().field("cursor").is_some(), "{bad}");
    }
}

/// What happens to the keys between two pages of a walk.
#[derive(Clone, Debug)]
enum Between {
    Issue,
    Revoke(usize),
}

async fn a_walk_visits_each_key_once_while_keys_come_and_go(bench: Bench) {
    let between = prop_oneof![
        Just(Between::Issue),
        (0_usize..30).prop_map(Between::Revoke)
    ];
    let plan = (
        1_u32..6,
        proptest::collection::vec(proptest::collection::vec(between, 0..3), 0..8),
        any::<bool>(),
    );
    let mut runner = TestRunner::new_with_rng(
        Config {
            cases: 8,
            ..Config::default()
        },
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    for _ in 0..8 {
        let (limit, steps, ascending) = plan.new_tree(&mut runner).unwrap().current();
        walk(&bench, limit, &steps, ascending).await;
    }
}

async fn walk(bench: &Bench, limit: u32, steps: &[Vec<Between>], ascending: bool) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    let order = if ascending {
        SortOrder::Asc
    } else {
        SortOrder::Desc
    };
    let mut alive: Vec<ApiKeyId> = Vec::new();
    for _ in 0..10 {
        alive.push(bench.key("walked", &[], &[]).await.0.metadata.id);
        bench.advance(Duration::from_millis(1));
    }
    let mut stayed: BTreeSet<ApiKeyId> = alive.iter().copied().collect();
    let mut visited = Vec::new();
    let mut cursor = None;
    for step in 0.. {
        let request = ListKeys {
            page: PageRequest {
                cursor,
                limit: Some(limit),
            },
            query: Some("walked".to_owned()),
            order,
            ..Default::default()
        };
        let page = keys::list(keyring, owner, request).await.unwrap();
        visited.extend(page.items.iter().map(|key| key.metadata.id));
        cursor = page.pagination.next_cursor;
        if cursor.is_none() {
            break;
        }
        for event in steps.get(step).into_iter().flatten() {
            match event {
                Between::Issue => {
                    alive.push(bench.key("walked", &[], &[]).await.0.metadata.id);
                    bench.advance(Duration::from_millis(1));
                }
                Between::Revoke(at) if !alive.is_empty() => {
                    let gone = alive.remove(at % alive.len());
                    stayed.remove(&gone);
                    keys::revoke(keyring, owner, gone, None).await.unwrap();
                }
                Between::Revoke(_) => {}
            }
        }
    }
    let once: BTreeSet<_> = visited.iter().copied().collect();
    assert_eq!(once.len(), visited.len(), "no key twice");
    assert!(
        stayed.is_subset(&once),
        "every key that was there throughout"
    );
    for id in alive {
        keys::revoke(keyring, owner, id, None).await.unwrap();
    }
}

async fn a_preview_holds_five(bench: Bench) {
    let mut reach = Vec::new();
    for index in 0..7 {
        reach.push(bench.workspace(&format!("w{index}")).await);
        bench.advance(Duration::from_millis(1));
    }
    let (many, _) = bench.key("many", &[], &reach).await;
    let (few, _) = bench.key("few", &[], &reach[5..]).await;
    let page = list(
        &bench,
        ListKeys {
            include_info: true,
            ..Default::default()
        },
    )
    .await;
    let info = |id: ApiKeyId| {
        page.items
            .iter()
            .find(|key| key.metadata.id == id)
            .and_then(|key| key.info.clone())
            .unwrap()
    };
    let preview = info(many.metadata.id);
    assert_eq!(preview.workspaces_total, 7);
    let shown: Vec<_> = preview
        .workspaces_preview
        .iter()
        .map(|w| w.name.as_str())
        .collect();
    assert_eq!(shown, ["w0", "w1", "w2", "w3", "w4"]);
    assert_eq!(info(few.metadata.id).workspaces_total, 2);
    let system = page
        .items
        .iter()
        .find(|key| key.spec.system)
        .unwrap()
        .info
        .clone()
        .unwrap();
    assert_eq!(
        (system.workspaces_total, system.workspaces_preview.len()),
        (7, 5)
    );
    let on_page = grants::list(
        &bench.keyring,
        &bench.owner,
        many.metadata.id,
        Labels::default(),
        PageRequest {
            cursor: None,
            limit: Some(500),
        },
    );
    assert_eq!(
        on_page.await.unwrap().items.len(),
        7,
        "an over-large limit is clamped, not refused"
    );
}
