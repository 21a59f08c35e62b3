//! A disk that is full: no change gets through without its event, and there is no harm once there is room.

use contract::audit::Action;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{Bench, issue_request};
use crate::audit::{Trail, verify};
use crate::entity::{api_key, audit_event};
use crate::keys;

async fn limit_pages(bench: &Bench, to: &str) {
    let writer = bench.keyring.0.database.writer_for_tests();
    let pragma = format!("PRAGMA max_page_count = {to}");
    writer.execute_unprepared(&pragma).await.unwrap();
}

/// The owner's keys, and the events that say they were issued.
async fn counted(bench: &Bench) -> (u64, u64) {
    let db = bench.keyring.reader();
    let keys = api_key::Entity::find().filter(api_key::Column::System.eq(false));
    let events = audit_event::Entity::find()
        .filter(audit_event::Column::Action.eq(Action::KeyIssued.as_str()));
    (
        keys.count(db).await.unwrap(),
        events.count(db).await.unwrap(),
    )
}

#[tokio::test]
async fn no_change_gets_through_without_its_event() {
    let bench = Bench::sqlite().await;
    // As many pages as there are: SQLite takes the present size for less.
    limit_pages(&bench, "1").await;
    let mut refused = 0;
    let mut issued = 0;
    for index in 0..400 {
        let name = format!("k{index}");
        match keys::issue(&bench.keyring, &bench.owner, issue_request(&name, &[], &[])).await {
            Ok(_) => issued += 1,
            Err(error) => {
                let cause = error.cause().expect("it was not the caller's").to_string();
                assert!(cause.contains("full"), "{cause}");
                refused += 1;
            }
        }
        assert_eq!(counted(&bench).await, (issued, issued));
        if refused == 5 {
            break;
        }
    }
    assert_eq!(refused, 5, "the disk was never full");
    let whole = verify(&bench.keyring, &bench.owner, None).await.unwrap();
    assert!(matches!(whole, Trail::Whole(Some(_))));

    limit_pages(&bench, "1073741823").await;
    keys::issue(
        &bench.keyring,
        &bench.owner,
        issue_request("again", &[], &[]),
    )
    .await
    .unwrap();
    assert_eq!(counted(&bench).await, (issued + 1, issued + 1));
    let whole = verify(&bench.keyring, &bench.owner, None).await.unwrap();
    assert!(matches!(whole, Trail::Whole(Some(_))));
}
