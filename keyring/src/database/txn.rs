//! A transaction as use cases see it.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::DatabaseTransaction;

use crate::cache::Changed;
use crate::error::{Error, Result};

/// A transaction, and what was changed in it. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Txn(Arc<Transaction>);

struct Transaction {
    database: DatabaseTransaction,
    changed: Mutex<HashSet<Changed>>,
}

impl Txn {
    pub(super) fn new(database: DatabaseTransaction) -> Self {
        Self(Arc::new(Transaction {
            database,
            changed: Mutex::default(),
        }))
    }

    /// Announced when the transaction is committed.
    pub(crate) fn note(&self, changed: Changed) {
        let mut noted = self
            .0
            .changed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        noted.insert(changed);
    }

    pub(super) fn into_parts(self) -> Result<(DatabaseTransaction, HashSet<Changed>)> {
        let Transaction { database, changed } = Arc::into_inner(self.0)
            .ok_or_else(|| Error::internal("a transaction was kept beyond its work"))?;
        let changed = changed.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok((database, changed))
    }
}

impl Deref for Txn {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.0.database
    }
}
