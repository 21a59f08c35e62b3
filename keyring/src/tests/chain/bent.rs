//! What somebody can do to the trail who has the database, and what is found of it.

use contract::EventHash;
use contract::EventId;
use contract::chain::{Break, Fault};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
};

use super::{fill, head, rows, run, trail, writer};
use crate::audit::Trail;
use crate::entity::audit_event::{Column, Entity, Model};
use crate::store;
use crate::tests::{Bench, bench, on_both};

on_both!(
    a_row_that_was_altered_is_named,
    a_row_that_is_gone_or_moved_is_named,
    a_trail_that_ends_too_early_is_found,
    what_was_written_again_as_a_whole_is_found_by_a_head_that_was_kept,
);

async fn broken(bench: &Bench) -> Break {
    match trail(bench, None).await {
        Trail::Broken(broken) => broken,
        Trail::Whole(_) => panic!("the trail is taken for whole"),
    }
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
