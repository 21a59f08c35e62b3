//! Opening a Keyring: the lock, the directory, the settings of the database.

use std::fs;

use super::bench::{START, data_dir, open, options, sqlite_url};
use super::{Bench, on_both};
use crate::{Clock, Keyring, OpenError};

on_both!(
    migrating_again_changes_nothing,
    the_demo_fills_an_empty_account_only
);

#[tokio::test]
async fn a_second_process_is_refused_and_a_later_one_is_not() {
    let dir = data_dir();
    let first = open(dir.path(), sqlite_url(dir.path()), Clock::manual(START)).await;
    let second = Keyring::open(options(dir.path(), sqlite_url(dir.path()), Clock::System)).await;
    assert!(matches!(second, Err(OpenError::Locked(_))));
    drop(first);
    assert!(
        Keyring::open(options(dir.path(), sqlite_url(dir.path()), Clock::System))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn the_data_directory_is_private_and_its_trouble_is_named() {
    let parent = data_dir();
    let dir = parent.path().join("deeper/data");
    open(&dir, sqlite_url(&dir), Clock::System).await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&dir).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }
    let file = parent.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let Err(error) = Keyring::open(options(&file, sqlite_url(&file), Clock::System)).await else {
        panic!("a file is not a directory");
    };
    assert!(error.to_string().contains("file"));
    let Err(error) = Keyring::open(options(&dir, "mysql://x".to_owned(), Clock::System)).await
    else {
        panic!("there is no such database here");
    };
    assert!(matches!(error, OpenError::UnknownScheme));
}

#[tokio::test]
async fn sqlite_tables_are_strict() {
    use sea_orm::{ConnectionTrait, Statement};
    let bench = Bench::sqlite().await;
    let list = Statement::from_string(
        sea_orm::DbBackend::Sqlite,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 ORDER BY name",
    );
    let loose = bench.keyring.reader().query_all_raw(list).await.unwrap();
    let names: Vec<String> = loose
        .iter()
        .map(|row| row.try_get("", "name").unwrap())
        .collect();
    assert_eq!(
        names,
        ["seaql_migrations", "sqlite_schema"].map(str::to_owned),
        "only what is not ours"
    );
}

#[tokio::test]
async fn a_database_refuses_a_pepper_that_is_not_its_own() {
    let dir = data_dir();
    let first = open(dir.path(), sqlite_url(dir.path()), Clock::manual(START)).await;
    first.migrate().await.unwrap();
    drop(first);
    fs::remove_file(dir.path().join("pepper")).unwrap();
    let second = open(dir.path(), sqlite_url(dir.path()), Clock::manual(START)).await;
    let error = second.migrate().await.unwrap_err();
    assert!(error.to_string().contains("another pepper"), "{error}");
}

async fn migrating_again_changes_nothing(bench: Bench) {
    let (_, token) = bench.key("ci", &[], &[]).await;
    bench.keyring.migrate().await.unwrap();
    assert!(bench.bearer(&token).await.is_ok());
    bench.keyring.ready().await.unwrap();
}

async fn the_demo_fills_an_empty_account_only(bench: Bench) {
    crate::demo::fill(&bench.keyring, &bench.owner, 40, 18)
        .await
        .unwrap();
    let matrix = crate::access::matrix(&bench.keyring, &bench.owner)
        .await
        .unwrap();
    assert_eq!((matrix.keys.len(), matrix.workspaces.len()), (41, 18));
    let error = crate::demo::fill(&bench.keyring, &bench.owner, 40, 18)
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, contract::Kind::FailedPrecondition);
}
