//! A transaction as use cases see it.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contract::AccountId;
use sea_orm::DatabaseTransaction;

use crate::cache::Changed;
use crate::error::{Error, Result};

/// A transaction, and what was changed in it. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Txn(Arc<Transaction>);

struct Transaction {
    database: DatabaseTransaction,
    news: Mutex<News>,
}

/// What is announced when the transaction is committed.
#[derive(Default)]
pub(super) struct News {
    pub(super) changed: HashSet<Changed>,
    /// In whose audit log something was written.
    pub(super) logged: Option<AccountId>,
}

impl Txn {
    pub(super) fn new(database: DatabaseTransaction) -> Self {
        Self(Arc::new(Transaction {
            database,
            news: Mutex::default(),
        }))
    }

    fn news(&self) -> MutexGuard<'_, News> {
        self.0.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn note(&self, changed: Changed) {
        self.news().changed.insert(changed);
    }

    pub(crate) fn logged(&self, account: AccountId) {
        self.news().logged = Some(account);
    }

    pub(super) fn into_parts(self) -> Result<(DatabaseTransaction, News)> {
        let Transaction { database, news } = Arc::into_inner(self.0)
            .ok_or_else(|| Error::internal("a transaction was kept beyond its work"))?;
        Ok((
            database,
            news.into_inner().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

impl Deref for Txn {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.0.database
    }
}
