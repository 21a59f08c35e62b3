//! From what somebody presents to who they are. The only makers of a [`Caller`].

use std::time::Duration;

use contract::console::Role;
use contract::{AccountId, Permission, Permissions, ProfileId, SessionId, Timestamp};
use sea_orm::ConnectionTrait;

use crate::caller::{Caller, Entrance, Origin, Reach};
use crate::entity::{profile, session};
use crate::error::{Error, Result};
use crate::token::PlainToken;
use crate::usage::Call;
use crate::verdict::Facts;
use crate::{Keyring, store};

/// A session that was not used for this long is over.
pub const IDLE_LIMIT: Duration = Duration::from_hours(12);
/// What a member holds. Owners and admins hold everything.
const MEMBER_MANAGES: [&str; 5] = ["api_keys", "agents", "objectives", "tools", "memory"];
const MEMBER_READS: [&str; 1] = ["workspaces"];

/// The key whose token this is. Unknown, expired, revoked and disabled are one answer.
pub async fn by_token(keyring: &Keyring, token: &str, origin: Origin) -> Result<Caller> {
    let now = keyring.clock().now();
    let token = PlainToken::parse(token).ok_or_else(refused_token)?;
    let facts = keyring.facts(&token).await?.ok_or_else(refused_token)?;
    // A call like those that other services ask about.
    keyring.0.counts.count(&Call {
        facts: &facts,
        workspace: None,
        denied: facts.standing(now).err(),
        at: now,
        address: origin.address,
        user_agent: origin.user_agent.as_deref(),
    });
    of_token(&facts, now, origin)
}

/// The operator at the command line, acting for the system of `account`, or of the only account.
pub async fn operator(
    keyring: &Keyring,
    account: Option<AccountId>,
    origin: Origin,
) -> Result<Caller> {
    let db = keyring.reader();
    let account = match account {
        Some(id) => store::accounts::find(db, id)
            .await?
            .ok_or_else(|| Error::not_found("account"))?,
        None => match store::accounts::first_two(db).await?.as_slice() {
            [] => {
                return Err(Error::precondition(
                    "There is no account yet. Make one with `keyrack init`.",
                ));
            }
            [only] => only.clone(),
            _ => {
                return Err(Error::precondition(
                    "There is more than one account. Say which with --account.",
                ));
            }
        },
    };
    Ok(Caller {
        account: AccountId::from_uuid(account.id),
        // The system profile of an account has the account's own 128 bits.
        profile: ProfileId::from_uuid(account.id),
        name: "command line".to_owned(),
        entrance: Entrance::CommandLine,
        role: None,
        permissions: Permissions::all(),
        reach: Reach::All,
        origin,
        expires_at: None,
        claim: None,
    })
}

/// Keyrack itself, carrying out what somebody of the account asked of it before.
pub(crate) fn system(account: AccountId) -> Caller {
    Caller {
        account,
        // As for the operator.
        profile: ProfileId::from_uuid(account.uuid()),
        name: "Keyrack".to_owned(),
        entrance: Entrance::System,
        role: None,
        permissions: Permissions::all(),
        reach: Reach::All,
        origin: Origin::default(),
        expires_at: None,
        claim: None,
    }
}

/// The caller as the database sees them now: what `caller` was told when the request came in may
/// have been taken away since.
pub(crate) async fn refresh(
    db: &impl ConnectionTrait,
    caller: &Caller,
    now: Timestamp,
) -> Result<Caller> {
    let origin = caller.origin.clone();
    match caller.entrance {
        Entrance::CommandLine | Entrance::System => Ok(caller.clone()),
        Entrance::Session(id) => {
            let session = store::sessions::find(db, id).await?;
            let person = of_session(db, session.as_ref(), now, origin).await?;
            person.ok_or_else(session_over)
        }
        Entrance::Token(id) => {
            let facts = Facts::read(db, id).await?.ok_or_else(refused_token)?;
            of_token(&facts, now, origin)
        }
    }
}

/// The person behind a session that is still good.
pub(crate) async fn of_session(
    db: &impl ConnectionTrait,
    session: Option<&session::Model>,
    now: Timestamp,
    origin: Origin,
) -> Result<Option<Caller>> {
    let Some(session) = session.filter(|session| is_live(session, now)) else {
        return Ok(None);
    };
    let person = store::profiles::find(db, ProfileId::from_uuid(session.profile_id)).await?;
    let Some(person) = person.filter(profile::Model::is_welcome) else {
        return Ok(None);
    };
    let entrance = Entrance::Session(SessionId::from_uuid(session.id));
    Ok(Some(of_person(db, person, entrance, origin).await?))
}

pub(crate) async fn of_person(
    db: &impl ConnectionTrait,
    person: profile::Model,
    entrance: Entrance,
    origin: Origin,
) -> Result<Caller> {
    let id = ProfileId::from_uuid(person.id);
    let role = person
        .role()
        .ok_or_else(|| Error::internal("a person has no role"))?;
    let (permissions, reach) = match role {
        Role::Owner | Role::Admin => (Permissions::all(), Reach::All),
        Role::Member => (
            member_permissions(),
            Reach::Only(store::members::workspaces_of(db, id).await?),
        ),
    };
    let account = AccountId::from_uuid(person.account_id);
    Ok(Caller {
        account,
        profile: id,
        name: person.name,
        entrance,
        role: Some(role),
        permissions,
        reach,
        origin,
        expires_at: None,
        claim: None,
    })
}

/// The key behind a token that is still good.
fn of_token(facts: &Facts, now: Timestamp, origin: Origin) -> Result<Caller> {
    facts.standing(now).map_err(|_| refused_token())?;
    Ok(Caller {
        account: facts.account,
        profile: facts.profile,
        permissions: facts.permissions.clone(),
        entrance: Entrance::Token(facts.token),
        name: facts.name.clone(),
        role: None,
        reach: facts.reach.clone(),
        origin,
        expires_at: facts.expires_at,
        claim: None,
    })
}

fn is_live(session: &session::Model, now: Timestamp) -> bool {
    now.unix_millis() < session.expires_at
        && now.since(store::at(session.last_seen_at)) < IDLE_LIMIT
}

pub(crate) fn member_permissions() -> Permissions {
    let manages = MEMBER_MANAGES
        .iter()
        .map(|resource| Permission::manage(resource));
    manages
        .chain(
            MEMBER_READS
                .iter()
                .map(|resource| Permission::read(resource)),
        )
        .collect()
}

pub(crate) fn refused_token() -> Error {
    Error::unauthenticated(
        "This token is not valid. It may be mistyped, expired, disabled or revoked.",
    )
}

pub(crate) fn session_over() -> Error {
    Error::unauthenticated("Your session has ended. Sign in again to go on.")
}
