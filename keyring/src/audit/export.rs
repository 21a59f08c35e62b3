//! The audit log as lines of JSON.

use std::collections::VecDeque;

use contract::audit::{Action, AuditEvent};
use contract::request::ListEvents;
use contract::{AccountId, AuditHead};
use serde_json::{Map, Value, json};

use super::admit;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::{Keyring, store};

/// How many events are held in memory at a time.
const AT_ONCE: u64 = 200;

/// Events on their way out, oldest first.
pub struct Export {
    keyring: Keyring,
    account: AccountId,
    list: ListEvents,
    /// The last event that goes along: the export itself.
    head: AuditHead,
    sequence: u64,
    next: VecDeque<AuditEvent>,
}

/// Begins an export of what the list holds, whatever page it names. That is an event itself, and the last
/// one that may be in the export: what happens later is not. Who has a second factor gave a code lately.
pub async fn export(keyring: &Keyring, caller: &Caller, list: ListEvents) -> Result<Export> {
    admit(caller, &list)?;
    let told = &told(&list);
    let head = keyring
        .write(caller, |unit| async move {
            admit(&unit.caller, &ListEvents::default())?;
            unit.caller.confirmed(unit.now)?;
            let account = unit.caller.account;
            let details = json!({ "filter": told });
            unit.record_with(Action::AuditExported, account, "Audit log", details)
                .await?;
            let head = store::audit::head(&*unit.txn, account).await?;
            head.ok_or_else(|| Error::internal("an event was written and there is no head"))
        })
        .await?;
    Ok(Export {
        keyring: keyring.clone(),
        account: caller.account,
        list,
        head,
        sequence: 0,
        next: VecDeque::new(),
    })
}

impl Export {
    /// The next event; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<AuditEvent>> {
        if self.next.is_empty() && self.sequence < self.head.sequence {
            let db = self.keyring.reader();
            let (from, to) = (self.sequence, self.head.sequence);
            let rows =
                store::audit::between(db, self.account, &self.list, from, to, AT_ONCE).await?;
            let events = rows.into_iter().map(store::audit::read);
            self.next = events.collect::<Result<_>>()?;
            let last = self.next.back().map(|event| event.sequence);
            self.sequence = last.unwrap_or(self.head.sequence);
        }
        Ok(self.next.pop_front())
    }
}

/// What was asked for, as it is written down.
fn told(list: &ListEvents) -> Map<String, Value> {
    let mut told = Map::new();
    let mut tell = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            told.insert(name.to_owned(), Value::String(value));
        }
    };
    tell("actor", list.actor.map(|id| id.to_string()));
    tell(
        "entrance",
        list.entrance.map(|kind| kind.as_str().to_owned()),
    );
    tell(
        "action",
        list.action.map(|action| action.as_str().to_owned()),
    );
    tell("refused", list.refused.then(|| "true".to_owned()));
    tell("target", list.target.clone());
    tell("batchId", list.batch.map(|id| id.to_string()));
    tell("query", list.query.clone());
    tell("since", list.since.map(|at| at.to_string()));
    tell("until", list.until.map(|at| at.to_string()));
    told
}
