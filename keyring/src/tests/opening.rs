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
async fn a_database_is_locked_wherever_it_lies_and_whatever_it_is_called() {
    let (dir, other, elsewhere) = (data_dir(), data_dir(), data_dir());
    let url = sqlite_url(elsewhere.path());
    let first = open(dir.path(), url.clone(), Clock::System).await;
    let second = Keyring::open(options(other.path(), url, Clock::System)).await;
    assert!(matches!(second, Err(OpenError::Locked(_))));
    #[cfg(unix)]
    {
        let link = other.path().join("link.db");
        std::os::unix::fs::symlink(elsewhere.path().join("keyrack.db"), &link).unwrap();
        let url = format!("sqlite:{}", link.display());
        let second = Keyring::open(options(other.path(), url, Clock::System)).await;
        assert!(matches!(second, Err(OpenError::Locked(_))));
    }
    drop(first);
}

#[tokio::test]
async fn a_path_is_taken_as_it_is() {
    let parent = data_dir();
    let dir = parent.path().join("what? 100%20#1 file:x");
    open(&dir, "sqlite:".to_owned(), Clock::System).await;
    assert!(dir.join("keyrack.db").is_file());
    let other = dir.join("a?mode=memory%41.db");
    open(&dir, format!("sqlite://{}", other.display()), Clock::System).await;
    assert!(other.is_file());
}

#[cfg(unix)]
#[tokio::test]
async fn no_file_can_be_read_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, elsewhere) = (data_dir(), data_dir());
    let keyrings = [
        open(dir.path(), "sqlite:".to_owned(), Clock::System).await,
        open(dir.path(), sqlite_url(elsewhere.path()), Clock::System).await,
    ];
    keyrings[0].migrate().await.unwrap();
    let mut names = Vec::new();
    for folder in [&dir, &elsewhere] {
        for entry in fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            names.push(entry.file_name().into_string().unwrap());
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?}", entry.path());
        }
    }
    for name in ["keyrack.db", "keyrack.db-wal", "keyrack.db-lock", "pepper"] {
        assert!(names.iter().any(|found| found == name), "{name}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn an_open_data_directory_is_closed_when_it_is_ours_and_refused_when_it_is_not() {
    use std::os::unix::fs::PermissionsExt;
    let dir = data_dir();
    let path = dir.path();
    let mode = || fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let loosen = || fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    loosen();
    open(path, sqlite_url(path), Clock::System).await;
    assert_eq!(mode(), 0o700, "nothing was in it");
    loosen();
    open(path, sqlite_url(path), Clock::System).await;
    assert_eq!(mode(), 0o700, "our files were in it");

    let home = data_dir();
    fs::write(home.path().join("letter.txt"), "somebody's").unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let refused = Keyring::open(options(home.path(), "sqlite:".to_owned(), Clock::System)).await;
    let said = refused.err().unwrap().to_string();
    assert!(
        said.contains("0755") && said.contains("chmod 700"),
        "{said}"
    );
    let below = home.path().join("keyrack");
    open(&below, "sqlite:".to_owned(), Clock::System).await;
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
    let demo = crate::demo::Demo {
        keys: 40,
        workspaces: 18,
        granted: 30,
        told: 0,
    };
    crate::demo::fill(&bench.keyring, &bench.owner, demo)
        .await
        .unwrap();
    let matrix = crate::access::matrix(&bench.keyring, &bench.owner, crate::access::SHOWN)
        .await
        .unwrap();
    assert_eq!((matrix.keys.len(), matrix.workspaces.len()), (41, 18));
    let error = crate::demo::fill(&bench.keyring, &bench.owner, demo)
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, contract::Kind::FailedPrecondition);
}
