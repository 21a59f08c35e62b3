//! Several nodes on one PostgreSQL, whose clocks are not the same: the ids of events are out of the order in
//! which these are seen.

use std::time::Duration;

use contract::access::{Change, PageId};
use contract::audit::Action;
use contract::{ApiKeyId, WorkspaceId};
use serde_json::json;
use tokio::time::timeout;

use super::Bench;
use crate::access::{Live, News, live, snapshot};
use crate::store::audit::NewEvent;
use crate::{grants, store};

/// Takes a grant as a node does whose clock is half a minute late.
async fn taken_by_a_late_node(bench: &Bench, key: ApiKeyId, workspace: WorkspaceId) {
    let at = bench.keyring.clock().now().minus(Duration::from_secs(30));
    let millis = u64::try_from(at.unix_millis()).unwrap();
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &[7; 10]).into_uuid();
    let owner = &bench.owner;
    bench
        .keyring
        .transaction(|txn| async move {
            let event = NewEvent {
                id,
                at,
                action: Action::WorkspaceUngranted,
                target: key.to_string(),
                target_name: "ci",
                details: json!({ "workspaceId": workspace, "workspaceName": "a" }),
                batch: None,
            };
            store::audit::insert(&*txn, &owner.author(), vec![event]).await?;
            store::grants::delete(&*txn, key, workspace).await
        })
        .await
        .unwrap();
}

/// Listens until the stream has said what it has to say, and answers what the cell came to.
async fn cell(live: &mut Live) -> Option<bool> {
    let mut granted = None;
    loop {
        let news = timeout(Duration::from_secs(20), live.next());
        match news.await.expect("news").unwrap().expect("it goes on") {
            News::Present(_) => return granted,
            News::Changes(changes) => {
                for (_, change) in changes {
                    if let Change::Cell(cell) = change {
                        granted = Some(cell.granted);
                    }
                }
                if granted.is_some() {
                    return granted;
                }
            }
        }
    }
}

mod postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_event_with_an_id_before_the_last_is_told_as_it_left_the_cell() {
        let bench = Bench::postgres().await;
        let (keyring, owner) = (&bench.keyring, &bench.owner);
        let a = bench.workspace("a").await;
        let (key, _) = bench.key("ci", &[], &[]).await;
        let key = key.metadata.id;
        bench.advance(Duration::from_mins(1));
        let page = |name: &str| PageId::parse(&format!("page-{name}")).unwrap();
        let after = snapshot(keyring, owner).await.unwrap().last;
        let mut first = live(keyring, owner, page("one"), Some(after))
            .await
            .unwrap();
        cell(&mut first).await;
        grants::grant(keyring, owner, key, a).await.unwrap();
        assert_eq!(cell(&mut first).await, Some(true));
        taken_by_a_late_node(&bench, key, a).await;
        assert_eq!(cell(&mut first).await, Some(false));
        // Whoever comes now sees it so and hears nothing of it any more.
        let seen = snapshot(keyring, owner).await.unwrap();
        assert!(!seen.granted.get(seen.keys.len() - 1, 0));
        let mut second = live(keyring, owner, page("two"), Some(seen.last))
            .await
            .unwrap();
        assert_eq!(cell(&mut second).await, None);
    }
}
