//! The people of an account and their sessions, as the console shows them and asks about them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::console::Role;
use crate::error::{Error, Invalid, Refusals, not_found};
use crate::form::Fields;
use crate::resource::{BareMetadata, RevealedToken};
use crate::text::{Email, PersonName, check_passphrase_length};
use crate::{AccountId, ApiKeyId, Pagination, ProfileId, SessionId, Timestamp, WorkspaceId};

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonState {
    /// They have not chosen a passphrase yet.
    Invited,
    Active,
    /// They cannot sign in; their keys go on working.
    Disabled,
}

/// Somebody of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    pub id: ProfileId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub state: PersonState,
    pub last_seen_at: Option<Timestamp>,
    /// How many keys are theirs.
    pub keys: u64,
    /// Whether they have a second factor.
    pub second_factor: bool,
    /// Until when their invitation is good. It may be over.
    pub invited_until: Option<Timestamp>,
}

/// A page of the people, who came first first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleView {
    pub rows: Vec<PersonRow>,
    pub pagination: Pagination,
    /// Until which place in the audit log everything is in this.
    pub place: u64,
    pub now: Timestamp,
}

/// What a new person may be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteOptions {
    pub roles: Vec<Role>,
    pub workspaces: Vec<BareMetadata<WorkspaceId>>,
}

/// Somebody, and what there is to know of them for who may change them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    pub person: PersonRow,
    pub made_at: Timestamp,
    pub workspaces: Vec<BareMetadata<WorkspaceId>>,
    /// The newest of their keys; [`PersonRow::keys`] says how many there are.
    pub keys: Vec<BareMetadata<ApiKeyId>>,
    pub sessions: Vec<SessionRow>,
    /// Whether they are who looks.
    pub own: bool,
    /// Why who looks may not change them.
    pub locked: Option<String>,
    /// The roles that who looks may give them.
    pub roles: Vec<Role>,
    /// Whether who looks may make them the owner in their own place.
    pub may_inherit: bool,
    /// Who may take over their keys.
    pub heirs: Vec<BareMetadata<ProfileId>>,
    pub now: Timestamp,
}

/// Who and what reaches a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceReach {
    /// By name.
    pub people: Vec<ReachingPerson>,
    /// The newest first.
    pub keys: Vec<ReachingKey>,
    /// Whether there are more keys than these.
    pub more_keys: bool,
    /// Whether who looks may say who belongs to it.
    pub may_change: bool,
    /// Whether people have a page for who looks.
    pub may_see_people: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachingPerson {
    pub id: ProfileId,
    pub name: String,
    pub role: Role,
    pub state: PersonState,
    /// Whether they belong to it, whatever their role.
    pub belongs: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachingKey {
    pub id: ApiKeyId,
    pub name: String,
    /// By reaching everything, or else by a grant.
    pub all_workspaces: bool,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    pub id: SessionId,
    pub started_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The one answer that shows the link of an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationLink {
    pub person: ProfileId,
    pub email: String,
    /// What the link ends with: `/join/SECRET`.
    pub secret: RevealedToken,
    pub expires_at: Timestamp,
}

/// What somebody who opens the link is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    pub account: String,
    pub email: String,
    /// What their name is thought to be.
    pub name: String,
    pub role: Role,
    /// Who invited them.
    pub by: String,
    pub expires_at: Timestamp,
}

/// An account that an address and a passphrase open.
pub type OpenAccount = BareMetadata<AccountId>;

/// What comes of a form of the sign-in that was right as far as it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInStep {
    Done,
    /// It opens several accounts: which is meant?
    Choose(Vec<OpenAccount>),
    /// They have a second factor: its code is wanted as well.
    Code,
}

/// Somebody who is to be invited.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub email: Email,
    pub role: Role,
    pub workspaces: BTreeSet<WorkspaceId>,
}

impl NewPerson {
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let parsed = (
            refusals.take(
                "email",
                Email::parse(fields.get("email").unwrap_or_default()),
            ),
            refusals.take("role", role(fields)),
            fields.workspaces(&mut refusals),
        );
        match parsed {
            (Some(email), Some(role), Some(workspaces)) => Ok(Self {
                email,
                role,
                workspaces,
            }),
            _ => Err(refusals.into()),
        }
    }
}

/// The id of a person, as a path or a form has it. What is none names nobody.
pub fn person_id(text: &str) -> Result<ProfileId, Error> {
    text.parse().map_err(|_| not_found("person"))
}

/// The id of a session. What is none names no session.
pub fn session_id(text: &str) -> Result<SessionId, Error> {
    text.parse().map_err(|_| not_found("session"))
}

/// Which account a sign-in is for, if it says so.
pub fn account_of(fields: &Fields) -> Result<Option<AccountId>, Error> {
    let chosen = fields.get("account").filter(|text| !text.is_empty());
    let parsed = chosen.map(str::parse).transpose();
    Ok(parsed.map_err(|refused: Invalid| refused.at("account"))?)
}

/// The role that a form gives.
pub fn role_of(fields: &Fields) -> Result<Role, Error> {
    Ok(role(fields).map_err(|refused| refused.at("role"))?)
}

fn role(fields: &Fields) -> Result<Role, Invalid> {
    Role::parse(fields.get("role").unwrap_or_default())
        .ok_or_else(|| Invalid::new("choose member, admin or owner"))
}

/// What becomes of the keys of somebody who goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legacy {
    /// Somebody else's from then on.
    Transfer(ProfileId),
    Revoke,
}

impl Legacy {
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
        match fields.get("keys").unwrap_or_default() {
            "revoke" => Ok(Self::Revoke),
            "transfer" => {
                let heir = fields.get("heir").unwrap_or_default();
                let heir = heir
                    .parse()
                    .map_err(|_| Invalid::new("choose who takes the keys over").at("heir"))?;
                Ok(Self::Transfer(heir))
            }
            _ => Err(Invalid::new("choose what becomes of the keys")
                .at("keys")
                .into()),
        }
    }
}

/// Somebody who accepts an invitation. The passphrase stays in [`Fields`].
#[derive(Clone, Debug)]
pub struct Joining {
    pub name: PersonName,
}

impl Joining {
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let passphrase = fields.get("passphrase").unwrap_or_default();
        let parsed = (
            refusals.take(
                "name",
                PersonName::parse(fields.get("name").unwrap_or_default()),
            ),
            refusals.take("passphrase", check_passphrase_length(passphrase)),
        );
        match parsed {
            (Some(name), Some(())) => Ok(Self { name }),
            _ => Err(refusals.into()),
        }
    }
}
