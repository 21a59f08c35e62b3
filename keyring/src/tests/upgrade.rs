//! A database of an earlier version is brought up to date with everything in it.

use contract::ProfileId;
use contract::text::Email;
use migrations::Migrator;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use uuid::Uuid;

use super::bench::{START, data_dir, open, postgres_url, sqlite_url};
use crate::{Clock, store};

/// The last migration before people were invited by link.
const BEFORE_PEOPLE: u32 = 4;

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
