//! A unit of work: one transaction on behalf of one caller, whose right is looked up again inside
//! it. A key that was revoked, or a person who was demoted, while the request was on its way
//! changes nothing any more.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use contract::audit::Action;
use contract::text::Reason;
use contract::{BatchId, Timestamp, WorkspaceId};
use sea_orm::DatabaseConnection;
use serde_json::json;
use uuid::Uuid;

use crate::cache::Changed;
use crate::caller::Caller;
use crate::database::Txn;
use crate::error::Result;
use crate::store::audit::NewEvent;
use crate::{Keyring, callers, store};

/// What a use case works with inside its transaction.
#[derive(Clone)]
pub(crate) struct Unit {
    pub(crate) keyring: Keyring,
    pub(crate) txn: Txn,
    /// The caller as the transaction sees them.
    pub(crate) caller: Caller,
    pub(crate) now: Timestamp,
    /// Set while what is done is one batch.
    batch: Option<Arc<Batch>>,
}

/// What several changes have in common, and the events they leave, until these are written down together.
struct Batch {
    id: BatchId,
    reason: Option<Reason>,
    events: Mutex<Vec<(String, NewEvent<'static>)>>,
}

impl Batch {
    fn keep(&self, events: Vec<NewEvent<'_>>) {
        let mut kept = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        for mut event in events {
            if let Some(reason) = &self.reason {
                event.details["reason"] = json!(reason);
            }
            let name = event.target_name.to_owned();
            let event = NewEvent {
                target_name: "",
                batch: Some(self.id),
                ..event
            };
            kept.push((name, event));
        }
    }
}

impl Unit {
    pub(crate) fn new_id(&self) -> Uuid {
        self.keyring.new_id(self.now)
    }

    /// Writes down what was done. In the same transaction as the change, or the change does not
    /// happen.
    pub(crate) async fn record(
        &self,
        action: Action,
        target: impl ToString,
        name: &str,
    ) -> Result<()> {
        self.record_with(action, target, name, json!({})).await
    }

    /// Like [`Unit::record`], with what changed. `details` is an object and never holds a secret.
    pub(crate) async fn record_with(
        &self,
        action: Action,
        target: impl ToString,
        name: &str,
        details: serde_json::Value,
    ) -> Result<()> {
        let event = NewEvent {
            id: self.new_id(),
            at: self.now,
            action,
            target: target.to_string(),
            target_name: name,
            details,
            batch: None,
        };
        self.record_all(vec![event]).await
    }

    /// Writes down several. Whatever is written down to have changed is announced after the commit, so no
    /// change can be forgotten by what was read before it.
    pub(crate) async fn record_all(&self, events: Vec<NewEvent<'_>>) -> Result<()> {
        if let Some(batch) = &self.batch {
            batch.keep(events);
            return Ok(());
        }
        for event in &events {
            if let Ok(key) = event.target.parse() {
                self.txn.note(Changed::Key(key));
            } else if event.target.parse::<WorkspaceId>().is_ok() {
                self.txn.note(Changed::Workspaces(self.caller.account));
            }
        }
        self.txn.logged(self.caller.account);
        let by = self.caller.author();
        // On the heap: every use case would hold it.
        Box::pin(store::audit::insert(&*self.txn, &by, events)).await
    }

    /// The same unit of work, whose events are one batch and wait for [`Unit::record_together`].
    pub(crate) fn together(&self, reason: Option<Reason>) -> Self {
        let batch = Batch {
            id: BatchId::from_uuid(self.new_id()),
            reason,
            events: Mutex::default(),
        };
        Self {
            batch: Some(Arc::new(batch)),
            ..self.clone()
        }
    }

    /// Writes down what waited; `None` if nothing did.
    pub(crate) async fn record_together(mut self) -> Result<Option<BatchId>> {
        let Some(batch) = self.batch.take() else {
            return Ok(None);
        };
        let kept = mem::take(&mut *batch.events.lock().unwrap_or_else(PoisonError::into_inner));
        if kept.is_empty() {
            return Ok(None);
        }
        let (names, events): (Vec<_>, Vec<_>) = kept.into_iter().unzip();
        let mut all: Vec<NewEvent<'_>> = events;
        for (event, name) in all.iter_mut().zip(&names) {
            event.target_name = name;
        }
        self.record_all(all).await?;
        Ok(Some(batch.id))
    }
}

impl Keyring {
    /// For reading outside a transaction.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        self.0.database.reader()
    }

    /// Runs `work` in one transaction and commits it. No use case begins or commits by itself.
    pub(crate) async fn write<T, F>(&self, caller: &Caller, work: impl Fn(Unit) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        self.transaction(|txn| {
            let work = &work;
            async move {
                let now = self.clock().now();
                let present = callers::refresh(&*txn, caller, now).await?;
                let done = work(self.unit(&txn, &present, now)).await?;
                if let Some(claim) = caller.claim {
                    claim.carried_out(&txn).await?;
                }
                Ok(done)
            }
        })
        .await
    }

    /// A unit of work on behalf of somebody who was found inside this very transaction.
    pub(crate) fn unit(&self, txn: &Txn, caller: &Caller, now: Timestamp) -> Unit {
        Unit {
            keyring: self.clone(),
            txn: txn.clone(),
            caller: caller.clone(),
            now,
            batch: None,
        }
    }

    /// For the few changes nobody is signed in for yet: setup and sign-in.
    pub(crate) async fn transaction<T, F>(&self, work: impl Fn(Txn) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        self.0.database.transaction(&self.0.entropy, work).await
    }
}
