//! From the audit log to what a page of the matrix is told.

use std::collections::{BTreeSet, HashMap};

use contract::access::{CellChange, Change, KeyRow};
use contract::audit::{Action, AuditEvent};
use contract::resource::WorkspaceStatus;
use contract::{ApiKeyId, WorkspaceId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::cells::Cells;
use super::{lock, rows, snapshot};
use crate::caller::{Caller, Reach};
use crate::entity::{api_key, workspace};
use crate::error::Result;
use crate::{Keyring, store, usage};

/// What there is to tell of some events.
#[derive(Default)]
pub(super) struct Told {
    /// An event may be several changes; the last of them carries its place in the log.
    pub(super) changes: Vec<(Option<u64>, Change)>,
    /// Whether keys were changed, and with them when they expire.
    pub(super) keys: bool,
}

/// Events as far as the caller sees what they changed. Cells are told as they became, keys and workspaces as
/// they are now.
pub(super) async fn tell(
    keyring: &Keyring,
    caller: &Caller,
    events: Vec<AuditEvent>,
) -> Result<Told> {
    let mut told = Told::default();
    if events.is_empty() {
        return Ok(told);
    }
    let teller = Teller::read(keyring.reader(), caller, &events).await?;
    for event in events {
        let mut changes = teller.changes(&event);
        let last = changes.pop();
        told.keys |= matches!(last, Some(Change::Key { .. })) || !changes.is_empty();
        told.changes
            .extend(changes.into_iter().map(|change| (None, change)));
        told.changes
            .extend(last.map(|change| (Some(event.sequence), change)));
    }
    Ok(told)
}

/// These keys as they are.
pub(super) async fn as_they_are(
    db: &impl ConnectionTrait,
    caller: &Caller,
    keys: Vec<api_key::Model>,
) -> Result<Vec<Change>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = rows(db, caller, keys).await?;
    Ok(rows.into_values().map(|known| known.change()).collect())
}

/// A key that the caller sees.
struct KnownKey {
    row: KeyRow,
    lock: Option<String>,
    revoked: bool,
}

impl KnownKey {
    fn change(&self) -> Change {
        Change::Key {
            key: self.row.clone(),
            lock: self.lock.clone(),
        }
    }
}

struct Teller<'a> {
    caller: &'a Caller,
    keys: HashMap<ApiKeyId, KnownKey>,
    workspaces: HashMap<WorkspaceId, workspace::Model>,
}

fn workspace_of(event: &AuditEvent) -> Option<WorkspaceId> {
    let id = event.details.get("workspaceId")?.as_str()?;
    id.parse().ok()
}

impl<'a> Teller<'a> {
    /// Everything that the events are about, with a number of statements that does not depend on them.
    async fn read(
        db: &impl ConnectionTrait,
        caller: &'a Caller,
        events: &[AuditEvent],
    ) -> Result<Self> {
        let targets = || events.iter().map(|event| event.target.as_str());
        let keys: BTreeSet<ApiKeyId> = targets().filter_map(|id| id.parse().ok()).collect();
        let named: BTreeSet<WorkspaceId> = targets().filter_map(|id| id.parse().ok()).collect();
        let mut found = store::keys::with_revoked(db, caller.account, &keys).await?;
        let theirs = caller.profile.uuid();
        found.retain(|key| !caller.only_own_keys() || key.owner_id == theirs);
        let workspaces = store::workspaces::find_many(db, caller.account, &named).await?;
        Ok(Self {
            caller,
            keys: rows(db, caller, found).await?,
            workspaces: workspaces
                .into_iter()
                .map(|row| (row.typed_id(), row))
                .collect(),
        })
    }

    fn changes(&self, event: &AuditEvent) -> Vec<Change> {
        match event.action {
            Action::KeyIssued => self.issued(event),
            Action::KeyUpdated | Action::KeyDisabled | Action::KeyEnabled => {
                self.key(event).map(KnownKey::change).into_iter().collect()
            }
            Action::KeyRevoked => self.revoked(event).into_iter().collect(),
            Action::WorkspaceGranted => self.cell(event, true),
            Action::WorkspaceUngranted => self.cell(event, false),
            Action::WorkspaceCreated | Action::WorkspaceUpdated => {
                self.workspace(event).into_iter().collect()
            }
            Action::WorkspaceArchived => {
                let id = event.target.parse().ok().filter(|id| self.sees(*id));
                id.map(|id| Change::WorkspaceGone { id })
                    .into_iter()
                    .collect()
            }
            // Its cells come back with it, and nobody remembers them.
            Action::WorkspaceRestored => {
                let id = event.target.parse().ok().filter(|id| self.sees(*id));
                id.map(|_| Change::Reload).into_iter().collect()
            }
            // A member who got a key has none of its cells.
            Action::KeyTransferred if self.caller.only_own_keys() => {
                let got = self.key(event).map(|_| Change::Reload);
                got.into_iter().collect()
            }
            // Whoever gains or loses a workspace, or is given another role, is told to load everything anew; the
            // rest is about nothing that the matrix shows.
            Action::MemberAdded
            | Action::MemberRemoved
            | Action::RoleChanged
            | Action::KeyTransferred
            | Action::KeyRotated
            | Action::GraceChanged
            | Action::GraceEnded
            | Action::AccountCreated
            | Action::SettingsChanged
            | Action::SignedIn
            | Action::SignedOut
            | Action::SessionsEnded
            | Action::SignInRefused
            | Action::RequestRefused
            | Action::AuditExported
            | Action::MemberInvited
            | Action::InvitationLinked
            | Action::InvitationWithdrawn
            | Action::InvitationAccepted
            | Action::PassphraseChanged
            | Action::FactorTurnedOn
            | Action::FactorTurnedOff
            | Action::FactorRemoved
            | Action::RecoveryCodesRenewed
            | Action::RecoveryCodeUsed
            | Action::PersonDisabled
            | Action::PersonEnabled
            | Action::PersonRemoved => Vec::new(),
        }
    }

    fn sees(&self, workspace: WorkspaceId) -> bool {
        self.caller.known_workspaces().includes(workspace)
    }

    /// The key of an event, if the caller sees it and it is there.
    fn key(&self, event: &AuditEvent) -> Option<&KnownKey> {
        let known = self.keys.get(&event.target.parse().ok()?)?;
        (!known.revoked).then_some(known)
    }

    fn revoked(&self, event: &AuditEvent) -> Option<Change> {
        let id = event.target.parse().ok()?;
        self.keys.get(&id).map(|_| Change::KeyGone { id })
    }

    /// A key that was made, with what it was granted then.
    fn issued(&self, event: &AuditEvent) -> Vec<Change> {
        let Some(key) = self.key(event) else {
            return Vec::new();
        };
        let granted = event
            .details
            .get("workspaces")
            .and_then(|ids| ids.as_array());
        let ids = granted.into_iter().flatten();
        let ids = ids.filter_map(|id| id.as_str()?.parse().ok());
        let cells = ids
            .filter(|id| self.sees(*id))
            .map(|workspace| Change::Cell(cell(event, key.row.id, workspace, true)));
        [key.change()].into_iter().chain(cells).collect()
    }

    fn cell(&self, event: &AuditEvent, granted: bool) -> Vec<Change> {
        let (Some(key), Some(workspace)) = (self.key(event), workspace_of(event)) else {
            return Vec::new();
        };
        let cell = cell(event, key.row.id, workspace, granted);
        let cell = self.sees(workspace).then_some(Change::Cell(cell));
        // Whether they may still change the key may depend on what it reaches now.
        let lock = (self.caller.reach != Reach::All).then(|| key.change());
        cell.into_iter().chain(lock).collect()
    }

    fn workspace(&self, event: &AuditEvent) -> Option<Change> {
        let row = self.workspaces.get(&event.target.parse().ok()?)?;
        let there = self.sees(row.typed_id()) && row.status() != WorkspaceStatus::Archived;
        there.then(|| Change::Workspace {
            workspace: snapshot::column(self.caller, row),
        })
    }
}

fn cell(event: &AuditEvent, key: ApiKeyId, workspace: WorkspaceId, granted: bool) -> CellChange {
    CellChange {
        key,
        workspace,
        granted,
        by: event.actor.profile_id,
        by_name: event.actor.name.clone(),
        at: event.created_at,
        batch: event.batch_id,
    }
}

async fn rows(
    db: &impl ConnectionTrait,
    caller: &Caller,
    keys: Vec<api_key::Model>,
) -> Result<HashMap<ApiKeyId, KnownKey>> {
    let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
    let mut uses = usage::last_uses(db, &ids).await?;
    let granted = if caller.reach == Reach::All {
        Cells::default()
    } else {
        Cells::granted(db, &ids, None).await?
    };
    let known = |key: api_key::Model| {
        let last = uses
            .remove(&key.id)
            .and_then(|uses| uses.into_iter().next());
        let known = KnownKey {
            row: KeyRow {
                last_used_at: last.map(|last| last.at),
                ..rows::row(&key)
            },
            lock: lock(caller, &key, || granted.of(key.id)),
            revoked: key.revoked_at.is_some(),
        };
        (key.typed_id(), known)
    };
    Ok(keys.into_iter().map(known).collect())
}
