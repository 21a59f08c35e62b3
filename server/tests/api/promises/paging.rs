//! Paging visits every key that is there from beginning to end exactly once, whatever is added
//! and removed meanwhile.

use std::collections::BTreeMap;

use contract::page::{PageRequest, SortOrder};
use contract::request::ListKeys;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::TestApp;

/// What happens between one page and the next.
#[derive(Clone, Debug)]
enum Meanwhile {
    Issue,
    /// Revokes the nth of the keys that are there, if there is one.
    Revoke(usize),
    Nothing,
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    prop_oneof![
        Just(Meanwhile::Issue),
        (0..30_usize).prop_map(Meanwhile::Revoke),
        Just(Meanwhile::Nothing),
    ]
}

#[test]
fn every_lasting_key_is_visited_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::start());
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    });
    let strategy = (
        0..12_usize,
        1..6_u32,
        any::<bool>(),
        prop::collection::vec(meanwhile(), 0..12),
    );
    runner
        .run(&strategy, |(before, limit, ascending, meanwhile)| {
            let order = if ascending {
                SortOrder::Asc
            } else {
                SortOrder::Desc
            };
            runtime.block_on(visit(&app, before, limit, order, meanwhile))
        })
        .unwrap();
}

async fn visit(
    app: &TestApp,
    before: usize,
    limit: u32,
    order: SortOrder,
    meanwhile: Vec<Meanwhile>,
) -> Result<(), TestCaseError> {
    for _ in 0..before {
        app.key([]).await;
    }
    let (keyring, caller) = (&app.keyring, &app.owner().operator);
    let mut lasting: Vec<_> = app
        .keys()
        .await
        .into_iter()
        .map(|key| key.metadata.id)
        .collect();
    let mut visits = BTreeMap::new();
    let mut meanwhile = meanwhile.into_iter();
    let mut cursor = None;
    loop {
        let page = PageRequest {
            cursor,
            limit: Some(limit),
        };
        let list = ListKeys {
            page,
            order,
            ..ListKeys::default()
        };
        let page = keyring::keys::list(keyring, caller, list).await.unwrap();
        for key in page.items {
            *visits.entry(key.metadata.id).or_insert(0) += 1;
        }
        cursor = page.pagination.next_cursor;
        if cursor.is_none() {
            break;
        }
        match meanwhile.next().unwrap_or(Meanwhile::Nothing) {
            Meanwhile::Issue => drop(app.key([]).await),
            Meanwhile::Revoke(number) if number < lasting.len() => {
                keyring::keys::revoke(keyring, caller, lasting.remove(number), None)
                    .await
                    .unwrap();
            }
            Meanwhile::Revoke(_) | Meanwhile::Nothing => {}
        }
    }
    prop_assert!(
        visits.values().all(|count| *count == 1),
        "a key was visited twice"
    );
    prop_assert!(
        lasting.iter().all(|id| visits.contains_key(id)),
        "a key was missed"
    );
    for key in app.keys().await {
        keyring::keys::revoke(keyring, caller, key.metadata.id, None)
            .await
            .unwrap();
    }
    Ok(())
}
