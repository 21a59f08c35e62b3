//! The trail cannot be bent: what was written is found to be so, and whatever else is found and named.

use std::collections::BTreeSet;

use contract::audit::{Action, AuditEvent};
use contract::chain::{Break, Fault};
use contract::request::{Cell, Changeset};
use contract::{AuditHead, BatchId, EventHash, EventId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder,
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
    a_row_that_was_altered_is_named,
    a_row_that_is_gone_or_moved_is_named,
    a_trail_that_ends_too_early_is_found,
    what_was_written_again_as_a_whole_is_found_by_a_head_that_was_kept,
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

async fn broken(bench: &Bench) -> Break {
    match trail(bench, None).await {
        Trail::Broken(broken) => broken,
        Trail::Whole(_) => panic!("the trail is taken for whole"),
    }
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

/// As somebody would who has the file, or the database's own user.
async fn drop_triggers(bench: &Bench) {
    let sql = match writer(bench).get_database_backend() {
        DbBackend::Postgres => {
            "ALTER TABLE audit_event DISABLE TRIGGER USER; ALTER TABLE audit_head DISABLE TRIGGER USER"
        }
        _ => {
            "DROP TRIGGER audit_event_unchanged; DROP TRIGGER audit_event_kept;
             DROP TRIGGER audit_event_new; DROP TRIGGER audit_head_onward; DROP TRIGGER audit_head_kept"
        }
    };
    run(bench, sql).await;
}

async fn put_back(bench: &Bench, row: &Model) {
    run(
        bench,
        &format!("DELETE FROM audit_event WHERE sequence = {}", row.sequence),
    )
    .await;
    let row = row.clone().into_active_model().reset_all();
    Entity::insert(row)
        .exec_without_returning(writer(bench))
        .await
        .unwrap();
}

fn sequence(row: &Model) -> u64 {
    row.sequence.try_into().unwrap()
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

async fn a_row_that_was_altered_is_named(bench: Bench) {
    fill(&bench).await;
    drop_triggers(&bench).await;
    let (random, zeros) = match writer(&bench).get_database_backend() {
        DbBackend::Postgres => ("gen_random_uuid()", "decode(repeat('00', 31), 'hex')"),
        _ => ("randomblob(16)", "zeroblob(31)"),
    };
    let random_id = format!("id = {random}");
    let random_actor = format!("actor_id = {random}");
    let random_batch = format!("batch_id = {random}");
    let zero_hash = format!("hash = {zeros}");
    let alterations = [
        random_id.as_str(),
        &random_actor,
        &random_batch,
        &zero_hash,
        "created_at = created_at + 1",
        "actor_name = actor_name || ' '",
        "entrance = CASE entrance WHEN 'key' THEN 'session' ELSE 'key' END",
        "action = CASE action WHEN 'api_key.issued' THEN 'api_key.revoked' ELSE 'api_key.issued' END",
        "action = 'nothing.known'",
        "target = target || 'x'",
        "target_name = ''",
        "details = '{\"after\": {}}'",
        "details = '[]'",
        "request_id = 'forged'",
        "address = '192.0.2.1'",
        "hash = previous_hash",
        "previous_hash = hash",
    ];
    for row in rows(&bench).await {
        for alteration in alterations {
            let place = row.sequence;
            run(
                &bench,
                &format!("UPDATE audit_event SET {alteration} WHERE sequence = {place}"),
            )
            .await;
            let found = broken(&bench).await;
            assert_eq!(found.sequence, sequence(&row), "{alteration}: {found}");
            assert!(
                matches!(found.fault, Fault::Altered | Fault::Unreadable),
                "{alteration}: {found}"
            );
            put_back(&bench, &row).await;
        }
        if row.leads {
            run(
                &bench,
                &format!(
                    "UPDATE audit_event SET leads = NOT leads WHERE sequence = {}",
                    row.sequence
                ),
            )
            .await;
            let found = broken(&bench).await;
            let id = Some(EventId::from_uuid(row.id));
            assert_eq!(
                (found.sequence, found.event_id, found.fault),
                (sequence(&row), id, Fault::Hidden)
            );
            put_back(&bench, &row).await;
        }
    }
    assert!(matches!(trail(&bench, None).await, Trail::Whole(Some(_))));

    // What cannot even be read as the type that it is.
    if writer(&bench).get_database_backend() == DbBackend::Sqlite {
        let row = &rows(&bench).await[3];
        for alteration in ["details = 'no JSON'", "actor_id = x'00'"] {
            run(
                &bench,
                &format!(
                    "UPDATE audit_event SET {alteration} WHERE sequence = {}",
                    row.sequence
                ),
            )
            .await;
            let found = broken(&bench).await;
            assert_eq!(
                (found.sequence, found.fault),
                (sequence(row), Fault::Unreadable),
                "{alteration}"
            );
            put_back(&bench, row).await;
        }
    }
}

async fn a_row_that_is_gone_or_moved_is_named(bench: Bench) {
    fill(&bench).await;
    drop_triggers(&bench).await;
    let all = rows(&bench).await;
    for row in &all {
        let place = row.sequence;
        run(
            &bench,
            &format!("DELETE FROM audit_event WHERE sequence = {place}"),
        )
        .await;
        let found = broken(&bench).await;
        assert_eq!(
            (found.sequence, found.event_id, found.fault),
            (sequence(row), None, Fault::Missing)
        );
        put_back(&bench, row).await;
    }
    for row in &all[..all.len() - 1] {
        let (one, other) = (row.sequence, row.sequence + 1);
        let swap = format!(
            "UPDATE audit_event SET sequence = -1 WHERE sequence = {one};
             UPDATE audit_event SET sequence = {one} WHERE sequence = {other};
             UPDATE audit_event SET sequence = {other} WHERE sequence = -1"
        );
        run(&bench, &swap).await;
        let found = broken(&bench).await;
        assert_eq!(
            (found.sequence, found.fault),
            (sequence(row), Fault::Altered)
        );
        run(&bench, &swap).await;
    }
    // One from before the beginning, and one too many.
    let invented = |sequence: i64| Model {
        sequence,
        id: uuid::Uuid::from_u128(7),
        ..all[1].clone()
    };
    for (row, place, fault) in [
        (invented(0), 1, Fault::Missing),
        (
            invented(all[all.len() - 1].sequence + 1),
            all.len() as u64 + 1,
            Fault::Altered,
        ),
    ] {
        put_back(&bench, &row).await;
        let found = broken(&bench).await;
        assert_eq!((found.sequence, found.fault), (place, fault));
        run(
            &bench,
            &format!("DELETE FROM audit_event WHERE sequence = {}", row.sequence),
        )
        .await;
    }
    assert!(matches!(trail(&bench, None).await, Trail::Whole(Some(_))));

    let elsewhere = bench::account(&bench.keyring, "Elsewhere", "jo@elsewhere.example").await;
    let moved = Entity::update_many()
        .col_expr(Column::AccountId, elsewhere.uuid().into())
        .filter(Column::Sequence.eq(5));
    moved.exec(writer(&bench)).await.unwrap();
    let found = broken(&bench).await;
    assert_eq!((found.sequence, found.fault), (5, Fault::Missing));
}

async fn a_trail_that_ends_too_early_is_found(bench: Bench) {
    fill(&bench).await;
    let kept = head(&bench).await;
    drop_triggers(&bench).await;
    let all = rows(&bench).await;
    for end in (0..all.len()).rev() {
        let row = &all[end];
        run(
            &bench,
            &format!("DELETE FROM audit_event WHERE sequence = {}", row.sequence),
        )
        .await;
        let found = broken(&bench).await;
        assert_eq!(
            (found.sequence, found.fault),
            (sequence(row), Fault::Missing)
        );

        // With the head put back as well, a head that was kept elsewhere tells. A batch that was cut within
        // is found by its last event, which does not lead.
        if let Some(last) = end
            .checked_sub(1)
            .map(|last| &all[last])
            .filter(|last| last.leads)
        {
            run(&bench, "DELETE FROM audit_head").await;
            let head = crate::entity::audit_head::Model {
                account_id: last.account_id,
                sequence: last.sequence,
                event_id: last.id,
                hash: last.hash.clone(),
            };
            let head = head.into_active_model().reset_all();
            let insert = crate::entity::audit_head::Entity::insert(head);
            insert.exec_without_returning(writer(&bench)).await.unwrap();
            assert!(matches!(trail(&bench, None).await, Trail::Whole(Some(_))));
            let Trail::Broken(found) = trail(&bench, Some(&kept)).await else {
                panic!("a trail that was cut is taken for whole");
            };
            assert_eq!(
                (found.sequence, found.fault),
                (sequence(row), Fault::Missing)
            );
        }
    }
    for row in &all {
        put_back(&bench, row).await;
    }
    let found = broken(&bench).await;
    assert_eq!((found.sequence, found.fault), (2, Fault::Beyond));
    assert_eq!(found.event_id, Some(EventId::from_uuid(all[1].id)));
    run(&bench, "DELETE FROM audit_head").await;
    let found = broken(&bench).await;
    assert_eq!((found.sequence, found.fault), (kept.sequence, Fault::Head));
}

async fn what_was_written_again_as_a_whole_is_found_by_a_head_that_was_kept(bench: Bench) {
    fill(&bench).await;
    let kept = head(&bench).await;
    drop_triggers(&bench).await;
    let mut before = EventHash::NOTHING;
    for row in rows(&bench).await {
        let mut event = store::audit::read(row.clone()).unwrap();
        if event.sequence == 3 {
            event.actor.name = "Somebody Else".to_owned();
        }
        event.previous_hash = before;
        event.hash = store::audit::hash(&event);
        before = event.hash;
        let forged = Model {
            actor_name: event.actor.name,
            previous_hash: event.previous_hash.bytes().to_vec(),
            hash: event.hash.bytes().to_vec(),
            ..row
        };
        put_back(&bench, &forged).await;
    }
    let found = broken(&bench).await;
    assert_eq!((found.sequence, found.fault), (kept.sequence, Fault::Head));
    let hash = before.to_string();
    let hash = match writer(&bench).get_database_backend() {
        DbBackend::Postgres => format!("decode('{hash}', 'hex')"),
        _ => format!("x'{hash}'"),
    };
    run(&bench, &format!("UPDATE audit_head SET hash = {hash}")).await;
    assert!(matches!(trail(&bench, None).await, Trail::Whole(Some(_))));
    let Trail::Broken(found) = trail(&bench, Some(&kept)).await else {
        panic!("a trail that was written again is taken for what was kept");
    };
    assert_eq!((found.sequence, found.fault), (kept.sequence, Fault::Kept));
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
    let changes = Changeset::new(cells.collect()).unwrap();
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
