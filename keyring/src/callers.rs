//! From what somebody presents to who they are. The only makers of a [`Caller`].

use std::collections::BTreeSet;
use std::time::Duration;

use contract::console::Role;
use contract::{AccountId, Permissions, ProfileId, SessionId, Timestamp};
use sea_orm::ConnectionTrait;

use crate::caller::{Caller, Confirmation, Entrance, Origin, Reach};
use crate::entity::{profile, session};
use crate::error::{Error, Result};
use crate::token::WellFormed;
use crate::usage::Call;
use crate::verdict::Facts;
use crate::{Keyring, settings, store};

/// A session that was not used for this long is over.
pub const IDLE_LIMIT: Duration = Duration::from_hours(12);

/// The key whose token this is. Unknown, expired, revoked and disabled are one answer.
pub async fn by_token(keyring: &Keyring, token: &str, origin: Origin) -> Result<Caller> {
    let now = keyring.clock().now();
    let token = WellFormed::parse(token).ok_or_else(refused_token)?;
    let facts = keyring.facts(token).await?.ok_or_else(refused_token)?;
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
        confirmation: Confirmation::NotAsked,
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
        confirmation: Confirmation::NotAsked,
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
    let confirmed_at = session.confirmed_at.map(store::at);
    let person = of_person(db, person, entrance, origin, confirmed_at);
    Ok(Some(person.await?))
}

/// Somebody who came in by `entrance`; `confirmed_at` is when their session last gave a code.
///
/// Owners and admins hold everything, and nothing where the account asks them for a second factor that they
/// do not have. Members hold what the settings say.
pub(crate) async fn of_person(
    db: &impl ConnectionTrait,
    person: profile::Model,
    entrance: Entrance,
    origin: Origin,
    confirmed_at: Option<Timestamp>,
) -> Result<Caller> {
    let id = ProfileId::from_uuid(person.id);
    let account = AccountId::from_uuid(person.account_id);
    let role = person
        .role()
        .ok_or_else(|| Error::internal("a person has no role"))?;
    let by_session = matches!(entrance, Entrance::Session(_));
    let has_factor = person.factor_since.is_some();
    let mut caller = Caller {
        account,
        profile: id,
        name: person.name,
        entrance,
        role: Some(role),
        permissions: Permissions::all(),
        reach: Reach::All,
        origin,
        expires_at: None,
        claim: None,
        confirmation: if by_session && has_factor {
            Confirmation::Given(confirmed_at)
        } else {
            Confirmation::NotAsked
        },
    };
    if role == Role::Member {
        caller.permissions = member_permissions(db, account).await?;
        caller.reach = Reach::Only(store::members::workspaces_of(db, id).await?);
    } else if by_session
        && !has_factor
        && settings::of(db, account)
            .await?
            .people
            .require_second_factor
    {
        caller.role = Some(Role::Member);
        caller.permissions = Permissions::default();
        caller.reach = Reach::Only(BTreeSet::new());
        caller.confirmation = Confirmation::Missing;
    }
    Ok(caller)
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
        confirmation: Confirmation::NotAsked,
    })
}

fn is_live(session: &session::Model, now: Timestamp) -> bool {
    now.unix_millis() < session.expires_at
        && now.since(store::at(session.last_seen_at)) < IDLE_LIMIT
}

/// What members of an account hold.
pub(crate) async fn member_permissions(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Permissions> {
    Ok(settings::of(db, account).await?.people.member_permissions)
}

pub(crate) fn refused_token() -> Error {
    Error::unauthenticated(
        "This token is not valid. It may be mistyped, expired, disabled or revoked.",
    )
}

pub(crate) fn session_over() -> Error {
    Error::unauthenticated("Your session has ended. Sign in again to go on.")
}
