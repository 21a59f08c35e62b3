//! A database of an earlier version is brought up to date with everything in it.

use contract::ProfileId;
use contract::text::Email;
use migrations::Migrator;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use uuid::Uuid;

use super::bench::{START, account, data_dir, open, person, postgres_url, sqlite_url};
use super::issue_request;
use crate::pepper::hex;
use crate::{Clock, keys, store, usage};

/// The last migration before people were invited by link.
const BEFORE_PEOPLE: u32 = 4;
/// The last one before counts that wait were kept by the span of their keys.
const BEFORE_SPANS: u32 = 9;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_stay_on_sqlite() {
    let dir = data_dir();
    let url = sqlite_url(dir.path());
    people_stay(dir, url, |id| format!("x'{}'", id.simple())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_stay_on_postgres() {
    let url = postgres_url().await;
    people_stay(data_dir(), url, |id| format!("'{id}'::uuid")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_that_wait_are_added_on_sqlite() {
    let dir = data_dir();
    let url = sqlite_url(dir.path());
    counts_that_wait_are_added(dir, url, |bytes| format!("x'{}'", hex(bytes))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_that_wait_are_added_on_postgres() {
    let url = postgres_url().await;
    let literal = |bytes: &[u8]| match Uuid::from_slice(bytes) {
        Ok(id) => format!("'{id}'::uuid"),
        Err(_) => format!("'\\x{}'::bytea", hex(bytes)),
    };
    counts_that_wait_are_added(data_dir(), url, literal).await;
}

async fn counts_that_wait_are_added(
    dir: tempfile::TempDir,
    url: String,
    literal: impl Fn(&[u8]) -> String,
) {
    let keyring = open(dir.path(), url, Clock::manual(START)).await;
    let db = keyring.0.database.writer_for_tests();
    Migrator::up(db, Some(BEFORE_SPANS)).await.unwrap();
    let account = account(&keyring, "Northwind", "mira@northwind.example").await;
    let owner = person(&keyring, "mira@northwind.example").await;
    let request = issue_request("ci", &[], &[]);
    let (key, token) = keys::issue(&keyring, &owner, request).await.unwrap();
    let key = key.metadata.id;
    let token = keyring.facts((&token).into()).await.unwrap().unwrap().token;
    let at = keyring.clock().now().unix_millis();
    let hour = at - at % 3_600_000;
    // As they were written: buckets, last uses, sources and denials.
    let ids = (account.uuid(), key.uuid(), token, Uuid::nil());
    let bucket = (ids.0, ids.1, hour, ids.2, ids.3, 5_i64, 1_i64, Some(at));
    let last = (
        ids.2,
        ids.0,
        ids.1,
        at,
        ids.3,
        Some("192.0.2.1"),
        Some("curl/8.9"),
    );
    let nothing = Vec::<u8>::new();
    let counts = (vec![bucket], vec![last], &nothing, &nothing);
    let counts = postcard::to_extend(&counts, vec![1]).unwrap();
    for id in 1..=40 {
        db.execute_unprepared(&format!(
            "INSERT INTO usage_pending (id, part, counts) VALUES ({}, 7, {})",
            literal(Uuid::from_u128(id).as_bytes()),
            literal(&counts),
        ))
        .await
        .unwrap();
    }
    keyring.migrate().await.unwrap();

    for _ in 0..16 {
        usage::flush(&keyring).await.unwrap();
    }
    let waiting = store::usage::pending::count(db).await.unwrap();
    assert_eq!(waiting, 0);
    let used = usage::of_key(&keyring, &owner, key).await.unwrap();
    let hour = used.hours.last().unwrap();
    assert_eq!((hour.calls, hour.denials), (200, 40));
    let last = &used.last_uses[0];
    assert_eq!(last.at, keyring.clock().now());
    assert_eq!(last.address.as_deref(), Some("192.0.2.1"));
    assert_eq!(last.user_agent.as_deref(), Some("curl/8.9"));
}

async fn people_stay(dir: tempfile::TempDir, url: String, literal: impl Fn(Uuid) -> String) {
    let keyring = open(dir.path(), url, Clock::manual(START)).await;
    let db = keyring.0.database.writer_for_tests();
    Migrator::up(db, Some(BEFORE_PEOPLE)).await.unwrap();
    let id = |number| literal(Uuid::from_u128(number));
    let (one, other, mira, hank) = (id(1), id(2), id(3), id(4));
    let bytes = if literal(Uuid::nil()).contains("uuid") {
        "'\\x05'"
    } else {
        "x'05'"
    };
    let session = id(5);
    db.execute_unprepared(&format!(
        "INSERT INTO account (id, name, created_at) VALUES ({one}, 'Northwind', 1), ({other}, 'Globex', 2);
         INSERT INTO profile (id, account_id, kind, name, email, role, password_hash, created_by, created_at, search)
            VALUES ({mira}, {one}, 'user', 'Mira', 'mira@x.example', 'owner', 'hash', {mira}, 3, 'mira'),
                ({hank}, {other}, 'user', 'Hank', 'hank@x.example', 'owner', 'hash', {hank}, 4, 'hank');
         INSERT INTO session (id, account_id, profile_id, digest, created_at, last_seen_at, expires_at)
            VALUES ({session}, {one}, {mira}, {bytes}, 5, 6, 7);"
    ))
    .await
    .unwrap();
    keyring.migrate().await.unwrap();

    let found = store::profiles::find(db, ProfileId::from_uuid(Uuid::from_u128(3)));
    let found = found.await.unwrap().unwrap();
    assert_eq!(
        (
            found.name.as_str(),
            found.search.as_str(),
            found.last_seen_at
        ),
        ("Mira", "mira", Some(6))
    );
    // An address is unique within an account, and in no other.
    let add = async |account: &str, number| {
        let profile = id(number);
        let row = format!(
            "INSERT INTO profile (id, account_id, kind, name, email, role, created_by, created_at, search)
                VALUES ({profile}, {account}, 'user', 'Hank', 'hank@x.example', 'member', {profile}, 8, 'hank')"
        );
        db.execute_unprepared(&row).await
    };
    add(&one, 6).await.unwrap();
    add(&one, 7).await.unwrap_err();
    let email = Email::parse("hank@x.example").unwrap();
    let all = store::profiles::all_by_email(db, &email).await.unwrap();
    assert_eq!(all.len(), 2);
    // Rows of one account still cannot point into another.
    let astray = format!(
        "INSERT INTO session (id, account_id, profile_id, digest, created_at, last_seen_at, expires_at)
            VALUES ({}, {other}, {mira}, {}, 5, 6, 7)",
        id(8),
        bytes.replace("05", "08"),
    );
    db.execute_unprepared(&astray).await.unwrap_err();
}
