//! Searching: the index finds what reading every text would find, and lists need few statements.

use std::collections::BTreeSet;

use contract::page::PageRequest;
use contract::request::{KeyChanges, ListKeys, Rotate};
use contract::text::KeyName;

use super::{Bench, issue_request, on_both};
use crate::keys;

on_both!(
    the_index_finds_what_reading_would_find,
    what_many_keys_hold_is_found_in_order,
    a_list_needs_as_many_statements_for_many_keys_as_for_one,
);

async fn found(bench: &Bench, query: &str) -> Vec<String> {
    let list = ListKeys {
        page: PageRequest {
            cursor: None,
            limit: Some(100),
        },
        query: Some(query.to_owned()),
        ..ListKeys::default()
    };
    let page = keys::list(&bench.keyring, &bench.owner, list)
        .await
        .unwrap();
    page.items
        .into_iter()
        .map(|key| key.metadata.name)
        .collect()
}

const NAMES: [&str; 9] = [
    "ci-deploy",
    "CI-Deploy 2",
    "say \"hi\" now",
    "100% sure_thing",
    "a*b NOT c OR d",
    "🗝️🗄️ rack",
    "Straße nach ÖSTERREICH",
    "{near: 3} ^x",
    "ab",
];

async fn the_index_finds_what_reading_would_find(bench: Bench) {
    for name in NAMES {
        bench.key(name, &[], &[]).await;
    }
    let texts: BTreeSet<String> = NAMES.iter().map(|name| name.to_lowercase()).collect();
    let mut parts: BTreeSet<String> = ["", "zzz", "\"\"\"", "* *", "ci-deploy x"]
        .map(str::to_owned)
        .into();
    for text in &texts {
        let letters: Vec<char> = text.chars().collect();
        for length in [1, 2, 3, 4, 7] {
            parts.extend(
                letters
                    .windows(length)
                    .map(|part| part.iter().collect::<String>()),
            );
        }
    }
    for part in parts
        .iter()
        .filter(|part| part.trim() == part.as_str() && !part.is_empty())
    {
        let mut names = found(&bench, part).await;
        names.retain(|name| name != "global account key");
        names.sort();
        // A token's hint and a description are searched as well, so there may be more.
        for name in NAMES
            .iter()
            .filter(|name| name.to_lowercase().contains(part.as_str()))
        {
            assert!(
                names.iter().any(|found| found == name),
                "{part:?} is in {name:?}"
            );
        }
        if part.chars().count() > 4 {
            let wanted = NAMES
                .iter()
                .filter(|name| name.to_lowercase().contains(part.as_str()));
            assert_eq!(names.len(), wanted.count(), "{part:?}");
        }
    }
}

async fn what_many_keys_hold_is_found_in_order(bench: Bench) {
    for index in 0..1_100 {
        let request = issue_request(&format!("common {index:04}"), &[], &[]);
        keys::issue(&bench.keyring, &bench.owner, request)
            .await
            .unwrap();
    }
    let names = found(&bench, "common").await;
    let newest: Vec<_> = (1_000..1_100)
        .rev()
        .map(|index| format!("common {index:04}"))
        .collect();
    assert_eq!(names, newest);
    assert_eq!(found(&bench, "COMMON 0007").await, ["common 0007"]);

    // Renamed, rotated, revoked: the index follows.
    let list = ListKeys {
        query: Some("common 0007".to_owned()),
        ..ListKeys::default()
    };
    let page = keys::list(&bench.keyring, &bench.owner, list)
        .await
        .unwrap();
    let id = page.items[0].metadata.id;
    let renamed = KeyChanges {
        name: Some(KeyName::parse("singular").unwrap()),
        ..KeyChanges::default()
    };
    keys::update(&bench.keyring, &bench.owner, id, renamed)
        .await
        .unwrap();
    assert!(found(&bench, "common 0007").await.is_empty());
    assert_eq!(found(&bench, "singular").await, ["singular"]);
    let (_, token) = keys::rotate(&bench.keyring, &bench.owner, id, Rotate::default())
        .await
        .unwrap();
    assert_eq!(found(&bench, &token.hint()).await, ["singular"]);
    keys::revoke(&bench.keyring, &bench.owner, id, None)
        .await
        .unwrap();
    assert!(found(&bench, "singular").await.is_empty());
}

async fn a_list_needs_as_many_statements_for_many_keys_as_for_one(bench: Bench) {
    let workspace = bench.workspace("a").await;
    let count = async |list: ListKeys| {
        let before = bench.keyring.0.database.statements();
        keys::list(&bench.keyring, &bench.owner, list)
            .await
            .unwrap();
        bench.keyring.0.database.statements() - before
    };
    let with_info = |include_info| ListKeys {
        page: PageRequest {
            cursor: None,
            limit: Some(100),
        },
        include_info,
        ..ListKeys::default()
    };
    bench.key("first", &[], &[workspace]).await;
    let (few, few_with_info) = (count(with_info(false)).await, count(with_info(true)).await);
    for index in 0..40 {
        bench.key(&format!("k{index}"), &[], &[workspace]).await;
    }
    assert_eq!(count(with_info(false)).await, few);
    assert_eq!(count(with_info(true)).await, few_with_info);
    assert_eq!(few, 1);
    // Rows, profiles, hints, uses, previews, and the two of "all workspaces" for the global key.
    assert_eq!(few_with_info, 7);
}
