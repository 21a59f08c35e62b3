//! The trail cannot be bent: what was written is found to be so, and whatever else is found and named.

mod bent;

use std::collections::BTreeSet;

use contract::audit::{Action, AuditEvent};
use contract::request::{Cell, Changeset};
use contract::{AuditHead, BatchId, EventHash};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, QueryFilter,
    QueryOrder,
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Bench, bench, on_both};
use crate::audit::{Trail, heads, verify};
use crate::entity::audit_event::{Column, Entity, Model};
use crate::store;
use crate::store::audit::NewEvent;

on_both!(
    every_event_carries_the_hash_of_the_one_before_it,
    nothing_that_was_written_can_be_changed,
    old_events_are_chained_in_their_order,
    ten_thousand_events_go_in_one_transaction,
    whoever_writes_at_the_same_time_comes_after,
);

fn writer(bench: &Bench) -> &DatabaseConnection {
    bench.keyring.0.database.writer_for_tests()
}

async fn run(bench: &Bench, sql: &str) {
    writer(bench).execute_unprepared(sql).await.unwrap();
}

/// The account's rows, oldest first.
async fn rows(bench: &Bench) -> Vec<Model> {
    Entity::find()
        .filter(Column::AccountId.eq(bench.account.uuid()))
        .order_by_asc(Column::Sequence)
        .all(writer(bench))
        .await
        .unwrap()
}

async fn events(bench: &Bench) -> Vec<AuditEvent> {
    let rows = rows(bench).await;
    rows.into_iter()
        .map(|row| store::audit::read(row).unwrap())
        .collect()
}

async fn trail(bench: &Bench, kept: Option<&AuditHead>) -> Trail {
    verify(&bench.keyring, &bench.owner, kept).await.unwrap()
}

async fn head(bench: &Bench) -> AuditHead {
    heads(&bench.keyring).await.unwrap()[0]
}

/// An event of every kind there is, some of them in a batch.
async fn fill(bench: &Bench) {
    let batch = BatchId::from_uuid(bench.keyring.new_id(bench.keyring.clock().now()));
    bench
        .keyring
        .write(&bench.owner, |unit| async move {
            for action in Action::ALL {
                let details =
                    json!({ "before": {"name": "ci"}, "after": {"name": "cd ü"}, "reason": "r" });
                unit.record_with(*action, unit.caller.profile, "ci", details)
                    .await?;
            }
            let events = Action::ALL.iter().map(|action| NewEvent {
                id: unit.new_id(),
                at: unit.now,
                action: *action,
                target: unit.caller.profile.to_string(),
                target_name: "ci",
                details: json!({}),
                batch: Some(batch),
            });
            unit.record_all(events.collect()).await
        })
        .await
        .unwrap();
}

async fn every_event_carries_the_hash_of_the_one_before_it(bench: Bench) {
    fill(&bench).await;
    let mut before = EventHash::NOTHING;
    for (place, event) in (1..).zip(events(&bench).await) {
        assert_eq!((event.sequence, event.previous_hash), (place, before));
        // As somebody else would compute it who has nothing but the JSON.
        let mut told = serde_json::to_value(&event).unwrap();
        let hash = told.as_object_mut().unwrap().remove("hash").unwrap();
        let computed = Sha256::digest(told.to_string());
        assert_eq!(hash, EventHash::from_bytes(computed.into()).to_string());
        before = event.hash;
    }
    let head = head(&bench).await;
    assert_eq!(head.hash, before);
    assert_eq!(trail(&bench, Some(&head)).await, Trail::Whole(Some(head)));

    // Each account has a chain of its own.
    bench::account(&bench.keyring, "Elsewhere", "jo@elsewhere.example").await;
    let all = heads(&bench.keyring).await.unwrap();
    assert_eq!((all.len(), all[1].sequence), (2, 1));
    assert_eq!(trail(&bench, None).await, Trail::Whole(Some(head)));
}

async fn nothing_that_was_written_can_be_changed(bench: Bench) {
    fill(&bench).await;
    let mut attempts = vec![
        "UPDATE audit_event SET target_name = 'x'",
        "UPDATE audit_event SET target_name = 'x' WHERE sequence = 2",
        "DELETE FROM audit_event WHERE sequence = 2",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET sequence = sequence - 1",
        "UPDATE audit_head SET hash = hash",
    ];
    match writer(&bench).get_database_backend() {
        DbBackend::Postgres => attempts.extend(["TRUNCATE audit_event", "TRUNCATE audit_head"]),
        _ => attempts.push(
            "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE sequence = 2",
        ),
    }
    let before = rows(&bench).await;
    for attempt in attempts {
        let refused = writer(&bench).execute_unprepared(attempt).await;
        let refused = refused.expect_err(attempt).to_string();
        assert!(
            refused.contains("append-only") || refused.contains("onward"),
            "{refused}"
        );
    }
    assert_eq!(rows(&bench).await, before);
}

async fn old_events_are_chained_in_their_order(bench: Bench) {
    fill(&bench).await;
    let before = rows(&bench).await;
    let head_before = head(&bench).await;
    // As they were before they were chained.
    let columns = "id, account_id, created_at, actor_id, actor_name, entrance, action, target, \
                   target_name, details, request_id, address, batch_id";
    let functions = match writer(&bench).get_database_backend() {
        DbBackend::Postgres => {
            "DROP FUNCTION audit_event_refuse(); DROP FUNCTION audit_head_refuse();"
        }
        _ => "",
    };
    let back = format!(
        "CREATE TABLE old_event AS SELECT {columns} FROM audit_event;
         DROP TABLE audit_event;
         DROP TABLE audit_head;
         {functions}
         ALTER TABLE old_event RENAME TO audit_event;
         DELETE FROM seaql_migrations WHERE version = 'm0004_audit_chain'"
    );
    run(&bench, &back).await;
    bench.keyring.migrate().await.unwrap();
    assert_eq!(rows(&bench).await, before);
    assert_eq!(
        trail(&bench, Some(&head_before)).await,
        Trail::Whole(Some(head_before))
    );
    let refused = writer(&bench)
        .execute_unprepared("DELETE FROM audit_event")
        .await;
    assert!(refused.is_err());
}

async fn ten_thousand_events_go_in_one_transaction(bench: Bench) {
    let (mut keys, mut workspaces) = (Vec::new(), Vec::new());
    for index in 0..100 {
        let request = super::issue_request(&format!("k{index}"), &[], &[]);
        let issued = crate::keys::issue(&bench.keyring, &bench.owner, request).await;
        keys.push(issued.unwrap().0.metadata.id);
        workspaces.push(bench.workspace(&format!("w{index}")).await);
    }
    let pairs = keys
        .iter()
        .flat_map(|key| workspaces.iter().map(move |workspace| (*key, *workspace)));
    let cells = pairs.map(|(key, workspace)| Cell {
        key,
        workspace,
        want: true,
        expected: Some(false),
    });
    let changes = Changeset::new(cells.collect(), Vec::new(), None).unwrap();
    let done = crate::access::apply(&bench.keyring, &bench.owner, &changes)
        .await
        .unwrap();
    assert_eq!(done.granted, 10_000);
    let Trail::Whole(Some(head)) = trail(&bench, None).await else {
        panic!("the trail is broken");
    };
    assert!(head.sequence > 10_000);
    // On the page it is one entry.
    let view = crate::audit::view(
        &bench.keyring,
        &bench.owner,
        &contract::audit::AuditQuery::default(),
    )
    .await
    .unwrap();
    assert_eq!(view.entries[0].batch.map(|batch| batch.size), Some(10_000));
    assert_eq!(view.entries[1].event.action, Action::WorkspaceCreated);
}

async fn whoever_writes_at_the_same_time_comes_after(bench: Bench) {
    let calls: Vec<_> = (0..24)
        .map(|index| {
            let (keyring, owner) = (bench.keyring.clone(), bench.owner.clone());
            tokio::spawn(async move {
                let request = super::issue_request(&format!("k{index}"), &[], &[]);
                crate::keys::issue(&keyring, &owner, request).await
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let Trail::Whole(Some(head)) = trail(&bench, None).await else {
        panic!("the trail is broken");
    };
    let places: BTreeSet<u64> = events(&bench)
        .await
        .iter()
        .map(|event| event.sequence)
        .collect();
    assert_eq!(places.len() as u64, head.sequence);
}
