//! The verdict: whether a token is good, for this workspace and this permission. One function decides,
//! for everybody who asks: verification, forward-auth, explanation, and our own REST.
//!
//! The checks have a fixed order, and the first that fails is the answer.

use std::sync::{Arc, Mutex, Weak};

use contract::request::{AskedWorkspace, Question};
use contract::resource::{KeyState, WorkspaceStatus};
use contract::verdict::{Denial, Written};
use contract::{AccountId, ApiKeyId, Labels, Permission, Permissions, ProfileId, Timestamp};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::cache::Statuses;
use crate::caller::Reach;
use crate::entity::api_key;
use crate::error::Result;
use crate::store::tokens::Known;
use crate::token::WellFormed;
use crate::{Keyring, store};

/// What is known of a token and its key. Everything but the clock that a verdict depends on, save the
/// workspaces of the account.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The token, by the id of its digest; nil where the facts are of a key whatever its token.
    pub(crate) token: Uuid,
    /// When the token ends or ended, if it was rotated away.
    pub(crate) retired_at: Option<Timestamp>,
    pub(crate) account: AccountId,
    pub(crate) key: ApiKeyId,
    pub(crate) profile: ProfileId,
    pub(crate) name: String,
    pub(crate) external_id: Option<String>,
    pub(crate) labels: Labels,
    pub(crate) permissions: Permissions,
    pub(crate) state: KeyState,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) reach: Reach,
    /// What was told of it last.
    pub(crate) told: Mutex<Option<Told>>,
}

/// What is told of a good token, and of which workspaces that was made; of none where it reaches all of them.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) of: Option<Weak<Statuses>>,
    pub(crate) written: Written,
}

impl Told {
    /// Whether it would be the same now: made of these very workspaces. What is pointed to weakly keeps its
    /// address, so nothing that was read later has the same.
    pub(crate) fn is_of(&self, statuses: Option<&Arc<Statuses>>) -> bool {
        match (&self.of, statuses) {
            (None, None) => true,
            (Some(then), Some(now)) => std::ptr::eq(then.as_ptr(), Arc::as_ptr(now)),
            _ => false,
        }
    }
}

impl Facts {
    /// Those of a token and its key.
    fn of_token(known: Known) -> Self {
        let reach = if known.key.all_workspaces {
            Reach::All
        } else {
            Reach::Only(known.granted)
        };
        Self {
            token: known.id,
            retired_at: known.retired_at.map(store::at),
            ..Self::new(known.key, reach)
        }
    }

    /// Those of the token with this id, as the database has them.
    pub(crate) async fn read(db: &impl ConnectionTrait, token: Uuid) -> Result<Option<Self>> {
        let known = store::tokens::known(db, token).await?;
        Ok(known.map(Self::of_token))
    }

    /// Those of a key, whatever its token.
    pub(crate) async fn of_key(db: &impl ConnectionTrait, key: api_key::Model) -> Result<Self> {
        let reach = reach_of(db, &key).await?;
        Ok(Self::new(key, reach))
    }

    fn new(key: api_key::Model, reach: Reach) -> Self {
        Self {
            token: Uuid::nil(),
            retired_at: None,
            account: AccountId::from_uuid(key.account_id),
            key: key.typed_id(),
            profile: ProfileId::from_uuid(key.profile_id),
            labels: store::labels_from_json(&key.labels),
            permissions: key.permissions(),
            state: key.state(),
            expires_at: key.expires_at.map(store::at),
            name: key.name,
            external_id: key.external_id,
            reach,
            told: Mutex::default(),
        }
    }

    /// Whether the token is good for anything at all. The instant of an end is after it.
    pub(crate) fn standing(&self, now: Timestamp) -> Result<(), Denial> {
        let over = |end: Option<Timestamp>| end.is_some_and(|end| end <= now);
        if self.state == KeyState::Revoked || over(self.retired_at) {
            Err(Denial::Revoked)
        } else if self.state == KeyState::Disabled {
            Err(Denial::Disabled)
        } else if over(self.expires_at) {
            Err(Denial::Expired)
        } else {
            Ok(())
        }
    }
}

impl Keyring {
    /// What is known of a token that somebody presents: from memory, as long as nothing changed its key.
    pub(crate) async fn facts(&self, token: WellFormed<'_>) -> Result<Option<Arc<Facts>>> {
        let digest = self.token_digest(token);
        // In a box, for it is large and hardly ever needed.
        let reading = || {
            Box::pin(async move {
                let known = store::tokens::known_by_digest(self.reader(), &digest).await?;
                Ok(known.map(Facts::of_token))
            })
        };
        let Some(cache) = self.0.database.cache() else {
            return Ok(reading().await?.map(Arc::new));
        };
        match cache.token(&digest) {
            Some(facts) => Ok(Some(facts)),
            None if cache.issued().may_have(&digest) => cache.read_token(digest, reading()).await,
            None => Ok(None),
        }
    }

    /// The workspaces of an account and their status, from memory as long as none of them changed.
    pub(crate) async fn statuses(&self, account: AccountId) -> Result<Arc<Statuses>> {
        let reading = || Box::pin(store::workspaces::statuses(self.reader(), account));
        let Some(cache) = self.0.database.cache() else {
            return Ok(Arc::new(reading().await?));
        };
        match cache.workspaces(account) {
            Some(known) => Ok(known),
            None => cache.read_workspaces(account, reading()).await,
        }
    }

    /// Learns which tokens were ever issued, so that others cost no query. Until it is done, they do.
    pub async fn learn_tokens(&self) -> Result<()> {
        const AT_ONCE: usize = 10_000;
        let Some(cache) = self.0.database.cache() else {
            return Ok(());
        };
        let mut last = Vec::new();
        loop {
            let some = store::tokens::digests(self.reader(), &last, AT_ONCE as u64).await?;
            cache.issued().add(some.iter().map(Vec::as_slice));
            match some.last() {
                Some(digest) if some.len() == AT_ONCE => last.clone_from(digest),
                _ => break,
            }
        }
        cache.issued().complete();
        Ok(())
    }
}

/// What a key reaches, grants on archived workspaces included: they count again on restoring.
pub(crate) async fn reach_of(db: &impl ConnectionTrait, key: &api_key::Model) -> Result<Reach> {
    if key.all_workspaces {
        return Ok(Reach::All);
    }
    Ok(Reach::Only(
        store::grants::of_key(db, key.typed_id()).await?,
    ))
}

/// Decides. `facts` are those of the token that was asked about, if there are any in the account of
/// whoever asks, and `status` is that of the workspace that was asked about, if there is one. What was
/// not asked about is not looked at.
pub(crate) fn decide<'a>(
    facts: Option<&'a Facts>,
    question: &Question,
    status: Option<WorkspaceStatus>,
    now: Timestamp,
) -> Result<&'a Facts, Denial> {
    let facts = facts.ok_or(Denial::Unknown)?;
    facts.standing(now)?;
    if let Some(workspace) = question.workspace {
        let AskedWorkspace::Id(workspace) = workspace else {
            return Err(Denial::WorkspaceUnknown);
        };
        match status {
            None => return Err(Denial::WorkspaceUnknown),
            Some(WorkspaceStatus::Archived) => return Err(Denial::WorkspaceArchived),
            Some(_) if !facts.reach.includes(workspace) => {
                return Err(Denial::WorkspaceNotGranted);
            }
            Some(_) => {}
        }
    }
    let lacks = |permission: &Permission| !facts.permissions.holds(permission);
    if question.permission.as_ref().is_some_and(lacks) {
        return Err(Denial::PermissionMissing);
    }
    Ok(facts)
}
