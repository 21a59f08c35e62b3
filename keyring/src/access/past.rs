//! The matrix as it was: what is, with everything taken back that the audit log says was done since.

use std::collections::HashMap;
use std::sync::Arc;

use contract::access::{AccessColumn, AccessMatrix, AccessRow, Snapshot};
use contract::audit::{Action, AuditEvent};
use contract::resource::{KeyState, WorkspaceStatus};
use contract::{ApiKeyId, Invalid, Permission, Timestamp, WorkspaceId};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::grants::{self, Grants};
use super::rows::Rows;
use super::snapshot::{MOST_KEYS, MOST_WORKSPACES, State, Used};
use crate::caller::Caller;
use crate::entity::{api_key, workspace};
use crate::error::Result;
use crate::{Keyring, keys, store};

/// How many events are read at once.
const AT_ONCE: u64 = 5_000;
/// What [`Past::undo`] takes back.
const UNDONE: [Action; 8] = [
    Action::WorkspaceGranted,
    Action::WorkspaceUngranted,
    Action::KeyUpdated,
    Action::KeyDisabled,
    Action::KeyEnabled,
    Action::WorkspaceUpdated,
    Action::WorkspaceArchived,
    Action::WorkspaceRestored,
];
/// Why nothing in it can be changed.
const OVER: &str = "This is how it was. What is over cannot be changed.";

/// The matrix at a moment that is over: the keys and workspaces there were, of those that the caller may
/// see today. What was used when is not known any more.
pub async fn as_of(keyring: &Keyring, caller: &Caller, at: Timestamp) -> Result<Snapshot> {
    caller.require(&Permission::read("api_keys"))?;
    if at > keyring.clock().now() {
        let refused = Invalid::new("choose a time that is over");
        return Err(refused.at("asOf").into());
    }
    let mut state = Past::read(keyring, caller, at).await?;
    let mut before = None;
    while !state.is_empty() {
        // After what is, so that nothing is in it that is not taken back. Taking back what is not in it
        // changes nothing: an event tells what was before it.
        let db = keyring.reader();
        let events = store::audit::later(db, caller.account, &UNDONE, at, before, AT_ONCE).await?;
        let Some(oldest) = events.last() else { break };
        before = Some(oldest.sequence);
        for event in &events {
            state.undo(event);
        }
    }
    let mut snapshot = state.finish().project(caller, &Used::default());
    snapshot.at = at;
    snapshot.locks = vec![OVER.to_owned()];
    for key in &mut snapshot.keys {
        key.lock = Some(0);
    }
    Ok(snapshot)
}

/// The same as programs read it.
pub async fn matrix_as_of(
    keyring: &Keyring,
    caller: &Caller,
    at: Timestamp,
) -> Result<AccessMatrix> {
    let past = as_of(keyring, caller, at).await?;
    let columns = || (0..).zip(0..past.workspaces.len());
    let row = |(at, key): (usize, &contract::access::KeyRow)| AccessRow {
        id: key.id,
        name: key.name.clone(),
        state: key.state,
        expires_at: key.expires_at,
        all_workspaces: key.all_workspaces,
        system: key.system,
        locked: Some(OVER.to_owned()),
        grants: columns()
            .filter(|(_, column)| past.granted.get(at, *column))
            .map(|(number, _)| number)
            .collect(),
    };
    let column = |workspace: &contract::access::WorkspaceColumn| AccessColumn {
        id: workspace.id,
        name: workspace.name.clone(),
        labels: workspace.labels.clone(),
        held: workspace.held,
    };
    Ok(AccessMatrix {
        keys: past.keys.iter().enumerate().rev().map(row).collect(),
        workspaces: past.workspaces.iter().map(column).collect(),
    })
}

/// What is, on its way back.
struct Past {
    key_rows: Vec<api_key::Model>,
    workspace_rows: Vec<workspace::Model>,
    grants: Arc<Grants>,
    keys: HashMap<ApiKeyId, usize>,
    workspaces: HashMap<WorkspaceId, usize>,
}

impl Past {
    /// Whether there was nothing, so that nothing can be taken back.
    fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.workspaces.is_empty()
    }

    /// The keys and workspaces that there were, as they are now.
    async fn read(keyring: &Keyring, caller: &Caller, at: Timestamp) -> Result<Self> {
        let (db, account) = (keyring.reader(), caller.account);
        let last = store::audit::place(db, account).await?;
        let mut keys = store::keys::rows_at(db, keys::visible_to(caller), at, MOST_KEYS).await?;
        keys.reverse();
        let (revoked, present): (Vec<_>, Vec<_>) = keys
            .iter()
            .cloned()
            .partition(|key| key.revoked_at.is_some());
        let mut grants =
            grants::read(keyring, account, present.iter().map(|key| key.id), last).await?;
        let revoked: Vec<Uuid> = revoked.iter().map(|key| key.id).collect();
        if !revoked.is_empty() {
            let cells = &mut Arc::make_mut(&mut grants).cells;
            cells.read_again(db, &revoked).await?;
        }
        // What was revoked since was there, in the state that is taken back from here.
        for key in &mut keys {
            key.revoked_at = None;
        }
        let seen = caller.known_workspaces();
        let mut workspaces = store::workspaces::all(db, account).await?;
        workspaces
            .retain(|row| row.created_at <= at.unix_millis() && seen.includes(row.typed_id()));
        Ok(Self {
            keys: (0..)
                .zip(&keys)
                .map(|(at, key)| (key.typed_id(), at))
                .collect(),
            workspaces: (0..)
                .zip(&workspaces)
                .map(|(at, workspace)| (workspace.typed_id(), at))
                .collect(),
            key_rows: keys,
            workspace_rows: workspaces,
            grants,
        })
    }

    fn undo(&mut self, event: &AuditEvent) {
        let key = event.target.parse().ok();
        let key = key.and_then(|id: ApiKeyId| self.keys.get(&id).copied());
        let workspace = event.target.parse().ok();
        let workspace = workspace.and_then(|id: WorkspaceId| self.workspaces.get(&id).copied());
        match (event.action, key, workspace) {
            (Action::WorkspaceGranted, Some(key), _) => self.set(key, event, false),
            (Action::WorkspaceUngranted, Some(key), _) => self.set(key, event, true),
            (Action::KeyUpdated, Some(key), _) => self.undo_key(key, event),
            (Action::KeyDisabled, Some(key), _) => {
                store::keys::put_state(&mut self.key_rows[key], KeyState::Enabled);
            }
            (Action::KeyEnabled, Some(key), _) => {
                store::keys::put_state(&mut self.key_rows[key], KeyState::Disabled);
            }
            (Action::WorkspaceUpdated, _, Some(at)) => self.undo_workspace(at, event),
            (Action::WorkspaceArchived, _, Some(at)) => {
                let row = &mut self.workspace_rows[at];
                store::workspaces::put_status(row, WorkspaceStatus::Enabled);
            }
            (Action::WorkspaceRestored, _, Some(at)) => {
                let row = &mut self.workspace_rows[at];
                store::workspaces::put_status(row, WorkspaceStatus::Archived);
            }
            // What was made since is not in it, what was revoked since is, and nothing else shows.
            _ => {}
        }
    }

    fn set(&mut self, key: usize, event: &AuditEvent, on: bool) {
        let workspace = event.details.get("workspaceId").and_then(Value::as_str);
        if let Some(workspace) = workspace.and_then(|id| id.parse::<WorkspaceId>().ok()) {
            let key = self.key_rows[key].id;
            let cells = &mut Arc::make_mut(&mut self.grants).cells;
            cells.set(key, workspace.uuid(), on);
        }
    }

    fn undo_key(&mut self, key: usize, event: &AuditEvent) {
        let Some(before) = before(event) else { return };
        let row = &mut self.key_rows[key];
        if let Some(name) = before.get("name").and_then(Value::as_str) {
            name.clone_into(&mut row.name);
        }
        if let Some(labels) = before.get("labels") {
            row.labels = labels.clone();
        }
        if let Some(all) = before.get("allWorkspaces").and_then(Value::as_bool) {
            row.all_workspaces = all;
        }
        if let Some(at) = before.get("expiresAt") {
            let at = at.as_str().and_then(|at| Timestamp::parse(at).ok());
            row.expires_at = at.map(Timestamp::unix_millis);
        }
    }

    fn undo_workspace(&mut self, at: usize, event: &AuditEvent) {
        let Some(before) = before(event) else { return };
        let row = &mut self.workspace_rows[at];
        if let Some(name) = before.get("name").and_then(Value::as_str) {
            name.clone_into(&mut row.name);
        }
        if let Some(labels) = before.get("labels") {
            row.labels = labels.clone();
        }
    }

    fn finish(mut self) -> State {
        let archived = WorkspaceStatus::Archived;
        let workspaces = &mut self.workspace_rows;
        workspaces.retain(|row| row.status() != archived);
        workspaces.truncate(usize::try_from(MOST_WORKSPACES).unwrap_or(usize::MAX));
        State {
            rows: Arc::new(Rows::new(self.key_rows, self.workspace_rows)),
            grants: self.grants,
        }
    }
}

fn before(event: &AuditEvent) -> Option<&Map<String, Value>> {
    event.details.get("before")?.as_object()
}
