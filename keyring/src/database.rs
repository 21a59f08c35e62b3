//! The two databases behind one door: how they are opened, what is asserted about them, and how a
//! transaction begins, is tried again, and ends.

mod open;
mod txn;

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use contract::AccountId;
use migrations::Migrator;
use sea_orm::sqlx::{self, PgPool};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use tokio::sync::{Mutex, broadcast};

use crate::cache::Cache;
use crate::clock::Entropy;
use crate::error::{Error, Result};

pub use open::OpenError;
pub(crate) use txn::Txn;

/// How often a transaction is tried again after the database called it off.
const MOST_TRIES: u32 = 8;
/// From this try on nobody else writes an event meanwhile.
const ALONE: u32 = 4;
/// How many commits somebody who waits may be behind. Beyond that they are told that there were some.
const COMMITS: usize = 64;
/// Any number, as long as every node uses the same one.
const MIGRATION_LOCK: i64 = 0x6b65_7972_6163_6b31;

pub(crate) struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    postgres: Option<PgPool>,
    /// Held by whoever tries again.
    turn: Mutex<()>,
    /// What was read for verdicts. Not with PostgreSQL, which other nodes change as well.
    cache: Option<Arc<Cache>>,
    /// For whoever waits for the next that is committed in an account.
    commits: broadcast::Sender<AccountId>,
    /// Held for as long as the process lives; the operating system lets go of it with the process.
    _lock: Option<File>,
    #[cfg(test)]
    statements: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Database {
    fn new(
        #[cfg_attr(not(test), expect(unused_mut, reason = "only tests listen in"))]
        mut reader: DatabaseConnection,
        writer: DatabaseConnection,
        postgres: Option<sqlx::PgPool>,
        lock: Option<File>,
    ) -> Self {
        #[cfg(test)]
        let statements = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        #[cfg(test)]
        {
            let statements = statements.clone();
            reader.set_metric_callback(move |_| {
                statements.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            });
        }
        Self {
            reader,
            writer,
            cache: postgres.is_none().then(Arc::default),
            postgres,
            commits: broadcast::Sender::new(COMMITS),
            turn: Mutex::default(),
            _lock: lock,
            #[cfg(test)]
            statements,
        }
    }

    /// How many statements have been read with so far.
    #[cfg(test)]
    pub(crate) fn statements(&self) -> usize {
        self.statements.load(std::sync::atomic::Ordering::SeqCst)
    }

    /// For reading outside a transaction.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// What was read for verdicts, where it may be believed.
    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.cache.as_deref()
    }

    /// The account of every transaction of this process that left an event.
    pub(crate) fn commits(&self) -> broadcast::Receiver<AccountId> {
        self.commits.subscribe()
    }

    /// For breaking things on purpose.
    #[cfg(test)]
    pub(crate) fn writer_for_tests(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Brings the schema up to date. On PostgreSQL one node migrates and the others wait for it.
    pub(crate) async fn migrate(&self) -> Result<()> {
        let Some(pool) = &self.postgres else {
            // What a migration sorts may be more than there is memory.
            self.writer
                .execute_unprepared("PRAGMA temp_store = FILE")
                .await?;
            Migrator::up(&self.writer, None).await?;
            self.writer
                .execute_unprepared("PRAGMA temp_store = MEMORY")
                .await?;
            return Ok(());
        };
        let mut holder = pool.acquire().await.map_err(Error::unavailable)?;
        for wait in 0.. {
            let locked: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
                .bind(MIGRATION_LOCK)
                .fetch_one(&mut *holder)
                .await
                .map_err(Error::unavailable)?;
            if locked {
                break;
            }
            if wait == 600 {
                return Err(Error::unavailable(
                    "another node has been migrating for a minute",
                ));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let migrated = Migrator::up(&self.writer, None).await;
        let unlocked = sqlx::query("SELECT pg_advisory_unlock($1)")
            .bind(MIGRATION_LOCK)
            .execute(&mut *holder)
            .await;
        migrated?;
        unlocked.map_err(Error::internal)?;
        Ok(())
    }

    /// One transaction, from beginning to commit, tried again as a whole when the database called
    /// it off (serialization failure, deadlock). `work` must be able to run more than once.
    pub(crate) async fn transaction<T, F>(
        &self,
        entropy: &Entropy,
        work: impl Fn(Txn) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let mut tries = 0;
        let mut turn = None;
        loop {
            tries += 1;
            match self.attempt(&work, tries >= ALONE).await {
                Err(error) if tries < MOST_TRIES && called_off(&error) => {
                    // Whoever writes an event waits for the account's head. Those that lost it to each
                    // other go one by one from here on; other nodes are met by chance, and so are
                    // those that try for the first time, until they are made to wait.
                    if turn.is_none() {
                        turn = Some(self.turn.lock().await);
                    } else {
                        pause(entropy, tries).await;
                    }
                }
                Err(error) if called_off(&error) => return Err(Error::aborted(error)),
                outcome => return outcome,
            }
        }
    }

    async fn attempt<T, F>(&self, work: impl Fn(Txn) -> F, alone: bool) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let options = match self.postgres {
            Some(_) => TransactionOptions {
                isolation_level: Some(IsolationLevel::Serializable),
                ..Default::default()
            },
            None => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            },
        };
        // In a task of its own as well: whoever is called off while it begins would leave a connection
        // to the next one with a transaction open on it.
        let writer = self.writer.clone();
        let begun = tokio::spawn(async move { writer.begin_with_options(options).await });
        let txn = Txn::new(begun.await.map_err(Error::internal)??);
        let outcome = match self.alone(&txn, alone).await {
            Ok(()) => work(txn.clone()).await,
            Err(error) => Err(error),
        };
        let (txn, news) = txn.into_parts()?;
        match outcome {
            Ok(value) => {
                self.commit(txn, news).await?;
                Ok(value)
            }
            Err(error) => {
                // What went wrong first is what matters; a transaction that cannot be rolled back
                // is gone with its connection.
                let _ = txn.rollback().await;
                Err(error)
            }
        }
    }

    /// Makes whoever else writes an event wait until this transaction ends, if asked to: many short changes
    /// one after the other would call off a long one for ever, such as the removal of somebody who goes on
    /// issuing keys. `LOCK` comes before the transaction's snapshot is taken, so nothing that is committed
    /// while it waits calls it off (PostgreSQL, "LOCK"). SQLite has one writer anyway.
    async fn alone(&self, txn: &DatabaseTransaction, alone: bool) -> Result<()> {
        if alone && self.postgres.is_some() {
            txn.execute_unprepared("LOCK TABLE audit_head IN EXCLUSIVE MODE")
                .await?;
        }
        Ok(())
    }

    /// Commits, and only then announces what was changed. In a task of its own: the request may be called
    /// off in between, and what is committed must be announced.
    async fn commit(&self, txn: DatabaseTransaction, news: txn::News) -> Result<()> {
        let (cache, commits) = (self.cache.clone(), self.commits.clone());
        let committed = tokio::spawn(async move {
            let committed = txn.commit().await;
            // Whatever came of it: not to be believed costs a reading, nothing else.
            if let Some(cache) = cache {
                cache.forget(&news.changed);
            }
            if let Some(account) = news.logged {
                // Nobody may be waiting.
                let _ = commits.send(account);
            }
            committed
        });
        Ok(committed.await.map_err(Error::internal)??)
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<()> {
        self.reader
            .execute_unprepared("SELECT 1")
            .await
            .map_err(Error::unavailable)?;
        Ok(())
    }
}

/// SQLSTATE 40001 (serialization failure) and 40P01 (deadlock): trying the whole transaction again
/// is what the database asks for.
fn called_off(error: &Error) -> bool {
    let Some(DbErr::Exec(cause) | DbErr::Query(cause) | DbErr::Conn(cause)) = error
        .cause()
        .and_then(|cause| cause.downcast_ref::<DbErr>())
    else {
        return false;
    };
    let RuntimeErr::SqlxError(error) = cause else {
        return false;
    };
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == "40001" || code == "40P01")
}

/// A short wait that grows, with chance in it, so that two transactions do not meet again.
async fn pause(entropy: &Entropy, tries: u32) {
    let longest = 5_u64 << tries.min(6);
    let chance = u64::from_le_bytes(entropy.bytes());
    tokio::time::sleep(Duration::from_millis(1 + chance % longest)).await;
}

/// Whether the error is a unique violation of a constraint or column with that name in it.
/// PostgreSQL names the constraint, SQLite the columns.
pub(crate) fn violates(error: &DbErr, name: &str) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(text)) if text.contains(name))
}

/// What a refused insert or update of something with an external id means.
pub(crate) fn duplicate(error: DbErr) -> Error {
    if violates(&error, "external_id") {
        Error::duplicate_external_id()
    } else {
        error.into()
    }
}
