//! Who is asking: a person with a session, a key with its token, or the operator at the command
//! line. Both entrances make one; every use case takes one.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use contract::audit::EntranceKind;
use contract::console::Role;
use contract::factor::{CODE_WANTED, FACTOR_WANTED, Standing};
use contract::{
    AccountId, Invalid, Permission, Permissions, ProfileId, SessionId, Timestamp, WorkspaceId,
};
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
        // As a UUID without hyphens: 32 digits.
        f.write_str(Uuid::from_bytes(self.0).simple().encode_lower(&mut [0; 32]))
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

/// For so long a session that gave a code of the second factor need give no other.
pub(crate) const CONFIRMED_FOR: Duration = Duration::from_mins(10);

/// How the caller stands with a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// There is none to ask for: they have none and need none, or came in by another way than a session.
    NotAsked,
    /// The account asks for one and they have none, so they hold nothing.
    Missing,
    /// They have one, and the session gave a code then, if ever.
    Given(Option<Timestamp>),
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
    pub(crate) confirmation: Confirmation,
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
        let error = if self.lacks_factor() {
            let message = "This account asks owners and admins for a second factor. Turn yours on first, on the page of your account.";
            Error::denied(FACTOR_WANTED, message)
        } else {
            Error::denied(missing, message)
        };
        error.of(self.author())
    }

    /// Whether they hold nothing until they turn a second factor on.
    pub fn lacks_factor(&self) -> bool {
        self.confirmation == Confirmation::Missing
    }

    /// Nobody asks others for a second factor who has none, so that somebody can still come in and lift it.
    pub(crate) fn asks_others_for_a_factor(&self) -> Result<()> {
        if matches!(self.confirmation, Confirmation::Given(_)) {
            return Ok(());
        }
        let refused = Invalid::new(
            "turn your own second factor on first; only somebody who is signed in with one can ask others for it",
        );
        Err(refused.at("people.requireSecondFactor").into())
    }

    /// How they stand with a second factor, as their pages are told.
    pub(crate) fn standing(&self, now: Timestamp) -> Standing {
        match self.confirmation {
            Confirmation::NotAsked => Standing::None,
            Confirmation::Missing => Standing::Missing,
            Confirmation::Given(_) if self.confirmed(now).is_ok() => Standing::Confirmed,
            Confirmation::Given(_) => Standing::Stale,
        }
    }

    /// For what a stolen session must not do: who has a second factor gave a code within
    /// [`CONFIRMED_FOR`] before `now`. Refused, it says that [`CODE_WANTED`] is missing.
    pub(crate) fn confirmed(&self, now: Timestamp) -> Result<()> {
        let lately = |at: Timestamp| now.since(at) < CONFIRMED_FOR;
        match self.confirmation {
            // Who lacks one has nothing to give, and holds nothing.
            Confirmation::NotAsked | Confirmation::Missing => Ok(()),
            Confirmation::Given(at) if at.is_some_and(lately) => Ok(()),
            Confirmation::Given(_) => Err(self.denied(
                CODE_WANTED,
                "This needs a code of your second factor. Give one, and send this again.",
            )),
        }
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

    /// The workspaces they know of: a member those they belong to, everybody else the account's.
    pub(crate) fn known_workspaces(&self) -> Reach {
        if self.only_own_keys() {
            self.reach.clone()
        } else {
            Reach::All
        }
    }

    /// A member sees and changes the keys they own; everybody else the account's.
    pub(crate) fn only_own_keys(&self) -> bool {
        self.role == Some(Role::Member)
    }
}
