//! Who is asking: a person with a session, a key with its token, or the operator at the command
//! line. Both entrances make one; every use case takes one.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use contract::audit::EntranceKind;
use contract::console::Role;
use contract::{AccountId, Permission, Permissions, ProfileId, SessionId, Timestamp, WorkspaceId};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::idempotency::Claim;

/// Where a request came from; it goes into the audit log.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
    pub request_id: Option<RequestId>,
}

/// Names one request in its answer, in the log and in the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId([u8; 16]);

impl From<u128> for RequestId {
    fn from(number: u128) -> Self {
        Self(number.to_be_bytes())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// The workspaces a caller or a key reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Present and future.
    All,
    Only(BTreeSet<WorkspaceId>),
}

impl Reach {
    pub fn includes(&self, workspace: WorkspaceId) -> bool {
        match self {
            Self::All => true,
            Self::Only(workspaces) => workspaces.contains(&workspace),
        }
    }

    /// Whether there is a workspace that both reach.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, Self::All) => true,
            (Self::All, Self::Only(some)) | (Self::Only(some), Self::All) => !some.is_empty(),
            (Self::Only(some), Self::Only(others)) => !some.is_disjoint(others),
        }
    }
}

/// The way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entrance {
    Session(SessionId),
    /// The token that was presented, by the id of its digest.
    Token(Uuid),
    CommandLine,
    /// Keyrack itself, for what was asked of it before.
    System,
}

impl Entrance {
    pub(crate) fn kind(self) -> EntranceKind {
        match self {
            Self::Session(_) => EntranceKind::Session,
            Self::Token(_) => EntranceKind::Key,
            Self::CommandLine => EntranceKind::CommandLine,
            Self::System => EntranceKind::System,
        }
    }
}

/// Who is written down to have acted, from where.
#[derive(Clone, Debug)]
pub(crate) struct Author {
    pub(crate) account: AccountId,
    pub(crate) profile: ProfileId,
    pub(crate) name: String,
    pub(crate) entrance: EntranceKind,
    pub(crate) origin: Origin,
}

/// A principal whose right to ask was checked, with what it holds. Only this crate can make one.
#[derive(Clone, Debug)]
pub struct Caller {
    pub(crate) account: AccountId,
    pub(crate) profile: ProfileId,
    pub(crate) name: String,
    pub(crate) entrance: Entrance,
    pub(crate) role: Option<Role>,
    pub(crate) permissions: Permissions,
    pub(crate) reach: Reach,
    pub(crate) origin: Origin,
    /// When a key's own right ends; `None` is never.
    pub(crate) expires_at: Option<Timestamp>,
    /// Set while a request with an idempotency key is carried out.
    pub(crate) claim: Option<Claim>,
}

impl Caller {
    pub fn account(&self) -> AccountId {
        self.account
    }

    pub fn profile(&self) -> ProfileId {
        self.profile
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// A person's role; `None` for a key.
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    pub(crate) fn author(&self) -> Author {
        Author {
            account: self.account,
            profile: self.profile,
            name: self.name.clone(),
            entrance: self.entrance.kind(),
            origin: self.origin.clone(),
        }
    }

    /// A refusal that says whose it was, for the audit log.
    pub(crate) fn denied(&self, missing: impl fmt::Display, message: impl Into<String>) -> Error {
        Error::denied(missing, message).of(self.author())
    }

    pub(crate) fn holds(&self, permission: &Permission) -> bool {
        self.permissions.holds(permission)
    }

    /// Deny by default: what was not granted is refused, and named.
    pub(crate) fn require(&self, permission: &Permission) -> Result<()> {
        if self.holds(permission) {
            return Ok(());
        }
        Err(self.denied(
            permission,
            format!("This needs the permission {permission}, which you do not hold."),
        ))
    }

    /// Nobody hands out permissions they do not hold.
    pub(crate) fn dominates(&self, permissions: &Permissions) -> Result<()> {
        match self.permissions.first_missing(permissions) {
            None => Ok(()),
            Some(missing) => Err(self.denied(
                missing,
                format!("You can hand out only what you hold, and you do not hold {missing}."),
            )),
        }
    }

    /// Nobody hands out a right that outlasts their own: a key that expires would live on in what it
    /// made.
    pub(crate) fn outlasts(&self, end: Option<Timestamp>) -> Result<()> {
        let Some(own) = self.expires_at else {
            return Ok(());
        };
        if end.is_some_and(|end| end <= own) {
            return Ok(());
        }
        Err(self.denied(
            "expiry",
            format!(
                "You can hand out only what you hold, and you hold it until {own}. Nothing you make may outlast that."
            ),
        ))
    }

    /// Nobody hands out workspaces they do not reach. `name` says which, where the caller may see
    /// its name.
    pub(crate) fn reaches(&self, workspace: WorkspaceId, name: &str) -> Result<()> {
        if self.reach.includes(workspace) {
            return Ok(());
        }
        Err(self.denied(
            workspace,
            format!("You can hand out only workspaces you reach, and you do not reach {name}."),
        ))
    }

    /// "All workspaces, present and future" is given and taken only by who has it.
    pub(crate) fn reaches_all(&self) -> Result<()> {
        if self.reach == Reach::All {
            return Ok(());
        }
        Err(self.denied(
            "all workspaces",
            "Only who reaches all workspaces can hand out all workspaces.",
        ))
    }

    /// A member sees and changes the keys they own; everybody else the account's.
    pub(crate) fn only_own_keys(&self) -> bool {
        self.role == Some(Role::Member)
    }
}
