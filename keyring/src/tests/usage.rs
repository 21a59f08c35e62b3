//! Usage: what is told equals the calls that were made.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use contract::attention::Attention;
use contract::request::{Change, ChangeKeys, ListKeys, Rotate, Verify, VerifyToken, Which};
use contract::usage::KeyUsage;
use contract::verdict::Denial;
use contract::{ApiKeyId, Kind, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait};
use serde_json::json;
use uuid::Uuid;

use super::bench::{account, person};
use super::{Bench, on_both};
use crate::entity::usage_pending;
use crate::usage::Call;
use crate::{PlainToken, access, keys, store, usage, verification};

on_both!(
    every_call_is_counted_where_it_belongs,
    the_last_use_names_its_token_and_source,
    what_cannot_be_written_waits,
    what_is_too_much_at_once_is_kept_and_added,
    what_waits_to_be_added_is_a_use,
    what_is_too_much_and_cannot_be_kept_waits,
    what_waits_is_added_some_at_a_time,
    what_was_taken_to_be_written_is_written,
    what_waits_of_one_key_is_added_whatever_there_is,
    what_is_chosen_by_its_last_use_is_looked_up_first,
    sources_are_told_apart_up_to_a_limit,
    old_hours_are_rolled_up_and_older_ones_removed,
    another_accounts_questions_count_for_nothing,
    whoever_waits_for_the_first_call_is_told,
    usage_is_for_who_sees_the_key,
    the_matrix_says_what_was_used_in_so_many_days,
);

const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);

async fn ask(bench: &Bench, token: &PlainToken, workspace: Option<WorkspaceId>, address: &str) {
    let wire = json!({
        "token": token.expose(), "workspaceId": workspace, "permission": "tools:read",
        "clientIp": address, "userAgent": "curl/8.9",
    });
    let wire: VerifyToken = serde_json::from_value(wire).unwrap();
    let asked: Verify = wire.try_into().unwrap();
    verification::verify(&bench.keyring, &bench.owner, &asked)
        .await
        .unwrap();
}

async fn told(bench: &Bench, key: ApiKeyId) -> KeyUsage {
    usage::flush(&bench.keyring).await.unwrap();
    usage::of_key(&bench.keyring, &bench.owner, key)
        .await
        .unwrap()
}

async fn every_call_is_counted_where_it_belongs(bench: Bench) {
    let (here, there) = (
        bench.workspace("here").await,
        bench.workspace("there").await,
    );
    let (key, token) = bench.key("ci", &["tools:read"], &[here]).await;
    let id = key.metadata.id;
    for _ in 0..3 {
        ask(&bench, &token, Some(here), "192.0.2.1").await;
    }
    ask(&bench, &token, None, "192.0.2.2").await;
    ask(&bench, &token, Some(there), "192.0.2.1").await;
    assert!(
        usage::of_key(&bench.keyring, &bench.owner, id)
            .await
            .unwrap()
            .last_uses
            .is_empty(),
        "nothing is written yet"
    );
    told(&bench, id).await;
    bench.advance(HOUR);
    ask(&bench, &token, Some(here), "192.0.2.1").await;
    bench.bearer(&token).await.unwrap();
    let used = told(&bench, id).await;

    let hours: Vec<_> = used
        .hours
        .iter()
        .map(|hour| (hour.calls, hour.denials))
        .collect();
    assert_eq!(hours.len(), 48);
    assert_eq!(hours[46..], [(5, 1), (2, 0)]);
    assert!(hours[..46].iter().all(|hour| *hour == (0, 0)));
    assert_eq!(used.days.len(), 30);
    assert_eq!(used.days.iter().map(|day| day.calls).sum::<u64>(), 7);
    let denials: Vec<_> = used.denials.iter().map(|d| (d.code, d.calls)).collect();
    assert_eq!(denials, [(Denial::WorkspaceNotGranted, 1)]);
    let places: Vec<_> = used
        .workspaces
        .iter()
        .map(|w| (w.workspace_id, w.calls))
        .collect();
    assert_eq!(
        places,
        [(here, 4)],
        "a denied call is no use of a workspace"
    );
    assert_eq!(used.workspaces[0].last_at, bench.keyring.clock().now());
    let sources: Vec<_> = used
        .sources
        .iter()
        .map(|s| (s.address.as_deref(), s.calls))
        .collect();
    assert_eq!(sources, [(Some("192.0.2.1"), 5), (Some("192.0.2.2"), 1)]);

    let page = keys::view(&bench.keyring, &bench.owner, ListKeys::default())
        .await
        .unwrap();
    let row = page
        .rows
        .iter()
        .find(|row| row.key.metadata.id == id)
        .unwrap();
    assert_eq!(row.trend.days.iter().sum::<u64>(), 7);
    assert_eq!(row.trend.days.len(), 30);
    let unused = page.rows.iter().find(|row| row.key.spec.system).unwrap();
    assert_eq!(unused.trend, contract::usage::Trend::default());
}

async fn the_last_use_names_its_token_and_source(bench: Bench) {
    let here = bench.workspace("here").await;
    let (key, old) = bench.key("ci", &["tools:read"], &[here]).await;
    let id = key.metadata.id;
    ask(&bench, &old, Some(here), "192.0.2.1").await;
    let grace = Rotate::new(HOUR, None).unwrap();
    let (_, new) = keys::rotate(&bench.keyring, &bench.owner, id, grace)
        .await
        .unwrap();
    let at_old = bench.keyring.clock().now();
    bench.advance(Duration::from_mins(1));
    ask(&bench, &new, None, "2001:db8::1").await;
    let at_new = bench.keyring.clock().now();
    let used = told(&bench, id).await;

    let [last, before] = used.last_uses.as_slice() else {
        panic!("{:?}", used.last_uses)
    };
    assert_eq!(
        (last.at, last.token_hint.as_str(), last.current),
        (at_new, new.hint().as_str(), true)
    );
    assert_eq!(last.address.as_deref(), Some("2001:db8::1"));
    assert_eq!(last.user_agent.as_deref(), Some("curl/8.9"));
    assert_eq!(last.workspace_id, None);
    assert_eq!(
        (before.at, before.token_hint.as_str(), before.current),
        (at_old, old.hint().as_str(), false)
    );
    assert_eq!(before.workspace_id, Some(here));

    let info = keys::get(&bench.keyring, &bench.owner, id)
        .await
        .unwrap()
        .info
        .unwrap();
    assert_eq!(info.last_used_at, Some(at_new));
    assert_eq!(info.retiring_token.unwrap().last_used_at, Some(at_old));
    let question = contract::request::Question::parse(Some(&here.to_string()), None, "").unwrap();
    let why = verification::explain(&bench.keyring, &bench.owner, id, &question)
        .await
        .unwrap();
    assert_eq!(why.last_used_at, Some(at_old));

    bench.advance(HOUR);
    ask(&bench, &old, None, "192.0.2.1").await;
    let used = told(&bench, id).await;
    assert_eq!(used.last_uses[0].at, at_new, "a denied call is no use");
}

async fn what_cannot_be_written_waits(bench: Bench) {
    let (key, token) = bench.key("ci", &["tools:read"], &[]).await;
    ask(&bench, &token, None, "192.0.2.1").await;
    let writer = bench.keyring.0.database.writer_for_tests();
    let broken = "ALTER TABLE usage_source RENAME TO elsewhere";
    writer.execute_unprepared(broken).await.unwrap();
    usage::flush(&bench.keyring).await.unwrap_err();
    ask(&bench, &token, None, "192.0.2.1").await;
    usage::flush(&bench.keyring).await.unwrap_err();
    let mended = "ALTER TABLE elsewhere RENAME TO usage_source";
    writer.execute_unprepared(mended).await.unwrap();
    let used = told(&bench, key.metadata.id).await;
    assert_eq!(used.hours[47].calls, 2);
    assert_eq!(used.sources[0].calls, 2);
}

/// A call in each of so many workspaces.
async fn count(bench: &Bench, token: &PlainToken, workspaces: u128) {
    let facts = bench.keyring.facts(token.into()).await.unwrap().unwrap();
    for number in 1..=workspaces {
        bench.keyring.0.counts.count(&Call {
            facts: &facts,
            workspace: Some(WorkspaceId::from_uuid(Uuid::from_u128(number))),
            denied: None,
            at: bench.keyring.clock().now(),
            address: None,
            user_agent: None,
        });
    }
}

async fn what_is_too_much_at_once_is_kept_and_added(bench: Bench) {
    let (key, token) = bench.key("ci", &["tools:read"], &[]).await;
    let id = key.metadata.id;
    let reader = bench.keyring.reader();
    let last = async |workspace: u128| {
        let workspace = WorkspaceId::from_uuid(Uuid::from_u128(workspace));
        let last = store::usage::last_in(reader, id, workspace).await;
        last.unwrap()
    };
    let early = bench.keyring.clock().now();
    count(&bench, &token, 2_100).await;
    drop(usage::written(&bench.keyring).await.unwrap());
    let waiting = async || store::usage::pending::count(reader).await.unwrap();
    assert_eq!(waiting().await, 11, "two hundred together");
    assert_eq!(last(1).await, None, "it is kept, and not added yet");
    let unknown = usage_pending::ActiveModel {
        id: Set(Uuid::from_u128(7)),
        first_key: Set(id.uuid()),
        last_key: Set(id.uuid()),
        counts: Set(vec![0, 1, 2]),
    };
    let writer = bench.keyring.0.database.writer_for_tests();
    unknown.insert(writer).await.unwrap();

    bench.advance(Duration::from_mins(1));
    let late = bench.keyring.clock().now();
    count(&bench, &token, 1).await;
    drop(usage::written(&bench.keyring).await.unwrap());
    assert_eq!(last(1).await, Some(late));

    let used = usage::of_key(&bench.keyring, &bench.owner, id).await;
    let used = used.unwrap();
    assert_eq!(used.days.iter().map(|day| day.calls).sum::<u64>(), 2_101);
    assert_eq!(
        used.last_uses[0].at, late,
        "what is added late is not later"
    );
    assert_eq!(
        [last(1).await, last(2_100).await],
        [Some(late), Some(early)]
    );

    count(&bench, &token, 2_100).await;
    usage::flush(&bench.keyring).await.unwrap();
    assert_eq!(last(2_100).await, Some(late), "its turn has come");
    assert_eq!(
        waiting().await,
        1,
        "what another version has written waits for it"
    );
}

async fn what_is_too_much_and_cannot_be_kept_waits(bench: Bench) {
    let mut keys = Vec::new();
    for name in ["one", "two", "three"] {
        let (key, token) = bench.key(name, &["tools:read"], &[]).await;
        keys.push((key.metadata.id, token));
    }
    let writer = bench.keyring.0.database.writer_for_tests();
    let broken = "ALTER TABLE usage_pending RENAME TO elsewhere";
    writer.execute_unprepared(broken).await.unwrap();
    for _ in 0..2 {
        for (_, token) in &keys {
            count(&bench, token, 1_100).await;
        }
        usage::flush(&bench.keyring).await.unwrap_err();
    }
    // All of it waits in one place and leaves room for what comes.
    assert_eq!(bench.keyring.0.counts.rows(), 3 * 1_100);
    let mended = "ALTER TABLE elsewhere RENAME TO usage_pending";
    writer.execute_unprepared(mended).await.unwrap();
    for (id, _) in keys {
        let days = told(&bench, id).await.days;
        assert_eq!(days.iter().map(|day| day.calls).sum::<u64>(), 2_200);
    }
}

async fn what_waits_is_added_some_at_a_time(bench: Bench) {
    let mut keys = Vec::new();
    for index in 0..40 {
        let (key, token) = bench.key(&format!("key-{index}"), &[], &[]).await;
        keys.push((key.metadata.id, token));
    }
    let reader = bench.keyring.reader();
    let waiting = async || store::usage::pending::count(reader).await.unwrap();
    let call_all = async || {
        for (_, token) in &keys {
            count(&bench, token, 60).await;
        }
    };
    call_all().await;
    drop(usage::written(&bench.keyring).await.unwrap());
    assert_eq!(waiting().await, 12);
    usage::flush(&bench.keyring).await.unwrap();
    let left = waiting().await;
    assert!(0 < left && left < 12, "some at a time, not {left} of 12");
    call_all().await;
    for _ in 0..16 {
        usage::flush(&bench.keyring).await.unwrap();
    }
    assert_eq!(waiting().await, 0);
    for (id, _) in &keys {
        let used = usage::of_key(&bench.keyring, &bench.owner, *id).await;
        let days = used.unwrap().days;
        assert_eq!(days.iter().map(|day| day.calls).sum::<u64>(), 120);
    }
}

/// Whoever has the counts written may go away before they are.
async fn what_was_taken_to_be_written_is_written(bench: Bench) {
    let (key, token) = bench.key("ci", &["tools:read"], &[]).await;
    for workspaces in [1, 2_100] {
        count(&bench, &token, workspaces).await;
        let mut writing = Box::pin(usage::written(&bench.keyring));
        // Begun, and gone.
        poll_fn(|context| Poll::Ready(writing.as_mut().poll(context).is_ready())).await;
    }
    let days = told(&bench, key.metadata.id).await.days;
    assert_eq!(days.iter().map(|day| day.calls).sum::<u64>(), 2_101);
}

/// More than one transaction adds, all of the same keys.
async fn what_waits_of_one_key_is_added_whatever_there_is(bench: Bench) {
    let (key, token) = bench.key("ci", &["tools:read"], &[]).await;
    let reader = bench.keyring.reader();
    count(&bench, &token, 8_100).await;
    drop(usage::written(&bench.keyring).await.unwrap());
    let waiting = store::usage::pending::count(reader).await.unwrap();
    assert_eq!(waiting, 41);
    let used = usage::of_key(&bench.keyring, &bench.owner, key.metadata.id).await;
    let days = used.unwrap().days;
    assert_eq!(days.iter().map(|day| day.calls).sum::<u64>(), 8_100);
    assert_eq!(store::usage::pending::count(reader).await.unwrap(), 0);
}

/// Keys that were called are not revoked as never used, though their calls are not added up yet.
async fn what_is_chosen_by_its_last_use_is_looked_up_first(bench: Bench) {
    let (_, token) = bench.key("called", &[], &[]).await;
    bench.key("spare", &[], &[]).await;
    let never = ChangeKeys {
        which: Which::Listed(Box::new(ListKeys {
            attention: Some(Attention::NeverUsed),
            ..ListKeys::default()
        })),
        change: Change::Disable,
        reason: None,
        dry_run: false,
    };
    count(&bench, &token, 2_100).await;
    drop(usage::written(&bench.keyring).await.unwrap());
    let done = keys::change_all(&bench.keyring, &bench.owner, &never).await;
    let names: Vec<_> = done.unwrap().keys.into_iter().map(|key| key.name).collect();
    assert_eq!(names, ["spare", "global account key"]);
}

async fn what_waits_to_be_added_is_a_use(bench: Bench) {
    let (key, token) = bench.key("ci", &["tools:read"], &[]).await;
    count(&bench, &token, 2_100).await;
    drop(usage::written(&bench.keyring).await.unwrap());
    let (id, owner) = (key.metadata.id, &bench.owner);
    let refused = keys::revoke_by_name(&bench.keyring, owner, id, "", None).await;
    assert!(refused.unwrap_err().public().field("name").is_some());
    let named = keys::revoke_by_name(&bench.keyring, owner, id, "ci", None).await;
    named.unwrap();
}

async fn sources_are_told_apart_up_to_a_limit(bench: Bench) {
    let (key, token) = bench.key("ci", &["tools:read"], &[]).await;
    for index in 0..150 {
        ask(&bench, &token, None, &format!("192.0.2.{index}")).await;
        if index == 70 {
            usage::flush(&bench.keyring).await.unwrap();
        }
    }
    ask(&bench, &token, None, "192.0.2.0").await;
    let used = told(&bench, key.metadata.id).await;
    let apart: Vec<_> = used
        .sources
        .iter()
        .filter(|source| source.address.is_some())
        .collect();
    let others: Vec<_> = used
        .sources
        .iter()
        .filter(|source| source.address.is_none())
        .collect();
    assert_eq!(apart.len() + others.len(), 100, "as many as are told");
    let all = used.sources.iter().map(|source| source.calls).sum::<u64>();
    assert!(
        (150..=151).contains(&all),
        "the oldest may be left out: {all}"
    );
    assert_eq!(others.iter().map(|source| source.calls).sum::<u64>(), 50);
    let first = apart
        .iter()
        .find(|source| source.address.as_deref() == Some("192.0.2.0"));
    assert_eq!(first.unwrap().calls, 2, "known ones stay apart");
    assert_eq!(used.hours[47].calls, 151);
}

async fn old_hours_are_rolled_up_and_older_ones_removed(bench: Bench) {
    let (here, there) = (
        bench.workspace("here").await,
        bench.workspace("there").await,
    );
    let (key, token) = bench.key("ci", &["tools:read"], &[here]).await;
    let id = key.metadata.id;
    // To the beginning of a day.
    let late = bench.keyring.clock().now().unix_millis() % 86_400_000;
    bench.advance(DAY.saturating_sub(Duration::from_millis(late.unsigned_abs())));
    for _ in 0..24 {
        ask(&bench, &token, Some(here), "192.0.2.1").await;
        ask(&bench, &token, Some(there), "192.0.2.1").await;
        usage::flush(&bench.keyring).await.unwrap();
        bench.advance(HOUR);
    }
    let rows = async || {
        let all = "SELECT count(*) AS n FROM usage_bucket";
        let db = bench.keyring.reader();
        let row = db.query_one_raw(sea_orm::Statement::from_string(
            db.get_database_backend(),
            all,
        ));
        row.await.unwrap().unwrap().try_get::<i64>("", "n").unwrap()
    };
    assert_eq!(rows().await, 48);
    usage::tidy(&bench.keyring).await.unwrap();
    assert_eq!(rows().await, 48, "too early");
    bench.advance(DAY * 3);
    usage::tidy(&bench.keyring).await.unwrap();
    usage::tidy(&bench.keyring).await.unwrap();
    assert_eq!(rows().await, 2);
    let used = told(&bench, id).await;
    assert_eq!((used.days[25].calls, used.days[25].denials), (48, 24));
    assert_eq!(used.workspaces[0].calls, 24);
    assert!(used.sources.is_empty());

    ask(&bench, &token, Some(here), "192.0.2.1").await;
    told(&bench, id).await;
    bench.advance(DAY * 397);
    usage::tidy(&bench.keyring).await.unwrap();
    assert_eq!(
        rows().await,
        1,
        "the first day is gone, the other is 397 days old"
    );
    bench.advance(DAY * 4);
    usage::tidy(&bench.keyring).await.unwrap();
    assert_eq!(rows().await, 0);
    assert_eq!(
        told(&bench, id).await.last_uses.len(),
        1,
        "the last use is never forgotten"
    );
}

async fn another_accounts_questions_count_for_nothing(bench: Bench) {
    let k = &bench.keyring;
    account(k, "Globex", "hank@globex.example").await;
    let hank = person(k, "hank@globex.example").await;
    let (key, token) = bench.key("ci", &["tools:read"], &[]).await;
    let wire = json!({"token": token.expose()});
    let wire: VerifyToken = serde_json::from_value(wire).unwrap();
    let asked: Verify = wire.try_into().unwrap();
    verification::verify(k, &hank, &asked).await.unwrap();
    let used = told(&bench, key.metadata.id).await;
    assert_eq!(used.hours[47].calls, 0);
    let foreign = usage::of_key(k, &hank, key.metadata.id).await.unwrap_err();
    assert_eq!(foreign.public().kind, Kind::NotFound);
}

async fn whoever_waits_for_the_first_call_is_told(bench: Bench) {
    let k = &bench.keyring;
    let (key, old) = bench.key("ci", &["tools:read"], &[]).await;
    let id = key.metadata.id;
    ask(&bench, &old, None, "192.0.2.1").await;
    let grace = Rotate::new(HOUR, None).unwrap();
    let (_, new) = keys::rotate(k, &bench.owner, id, grace).await.unwrap();
    let waiting = tokio::spawn({
        let (k, owner) = (k.clone(), bench.owner.clone());
        async move { usage::first_call(&k, &owner, id).await.unwrap() }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    ask(&bench, &old, None, "192.0.2.1").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished(), "that was the token before");
    ask(&bench, &new, None, "192.0.2.1").await;
    let at = tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(at, k.clock().now());
    usage::flush(k).await.unwrap();
    let again = tokio::time::timeout(
        Duration::from_secs(30),
        usage::first_call(k, &bench.owner, id),
    );
    assert_eq!(again.await.unwrap().unwrap(), at, "and whoever asks later");
}

async fn usage_is_for_who_sees_the_key(bench: Bench) {
    let k = &bench.keyring;
    let (key, _) = bench.key("ci", &["tools:read"], &[]).await;
    let id = key.metadata.id;
    let member = bench.member("noor@northwind.example", &[]).await;
    let (_, weak) = bench.key("weak", &["tools:read"], &[]).await;
    let weak = bench.bearer(&weak).await.unwrap();
    let (_, reader) = bench.key("reader", &["api_keys:read"], &[]).await;
    let reader = bench.bearer(&reader).await.unwrap();
    let of_key = usage::of_key(k, &member, id).await;
    assert_eq!(of_key.unwrap_err().public().kind, Kind::NotFound);
    let of_key = usage::of_key(k, &weak, id).await;
    assert_eq!(of_key.unwrap_err().public().kind, Kind::PermissionDenied);
    assert!(usage::of_key(k, &reader, id).await.is_ok());
    let first_call = usage::first_call(k, &member, id).await;
    assert_eq!(first_call.unwrap_err().public().kind, Kind::NotFound);
    let first_call = usage::first_call(k, &weak, id).await;
    assert_eq!(
        first_call.unwrap_err().public().kind,
        Kind::PermissionDenied
    );
}

async fn the_matrix_says_what_was_used_in_so_many_days(bench: Bench) {
    let here = bench.workspace("here").await;
    let (_, token) = bench.key("ci", &["tools:read"], &[here]).await;
    ask(&bench, &token, Some(here), "192.0.2.1").await;
    usage::flush(&bench.keyring).await.unwrap();
    bench.advance(10 * DAY);
    let used = async |days| {
        let seen = access::snapshot_used(&bench.keyring, &bench.owner, days).await;
        let seen = seen.unwrap();
        assert_eq!(seen.used_days, days);
        seen.used.get(seen.keys.len() - 1, 0)
    };
    assert!(used(30).await);
    assert!(!used(7).await);
    assert!(used(365).await);
}
