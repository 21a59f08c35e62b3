//! Verification: whether a token is good, for whoever asks. [`crate::verdict`] decides; here the
//! question is read and the answer presented.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError};

use contract::access::{Explanation, GrantOrigin};
use contract::error::Kind;
use contract::request::{AskedWorkspace, Question, Verify};
use contract::resource::WorkspaceStatus;
use contract::verdict::{Denial, NAMED_WORKSPACES, ValidToken, Verdict, VerifiedKey, Written};
use contract::{AccountId, ApiKeyId, Permission, Permissions, ProfileId, Timestamp, WorkspaceId};

use crate::cache::Statuses;
use crate::caller::{Caller, Origin, Reach};
use crate::entity::api_key;
use crate::error::{Error, Result};
use crate::token::WellFormed;
use crate::usage::Call;
use crate::verdict::{Facts, Told, decide};
use crate::{Keyring, callers, keys, store};

/// Whether a token of the caller's account is good for what is asked. Another account's is unknown.
pub async fn verify(keyring: &Keyring, caller: &Caller, asked: &Verify) -> Result<Verdict> {
    caller.require(&Permission::read("api_keys"))?;
    let now = keyring.clock().now();
    let Some(token) = WellFormed::parse(asked.token.expose()) else {
        return Ok(Denial::Malformed.into());
    };
    let facts = keyring.facts(token).await?;
    let facts = facts.filter(|facts| facts.account == caller.account);
    let (facts, question) = (facts.as_deref(), &asked.question);
    let statuses = match facts {
        Some(facts) if facts.reach != Reach::All || question.workspace.is_some() => {
            Some(keyring.statuses(facts.account).await?)
        }
        _ => None,
    };
    let statuses = statuses.as_ref();
    let decided = decide(
        facts,
        question,
        statuses.and_then(|all| of(all, question)),
        now,
    );
    let client = (asked.client.address, asked.client.user_agent.as_deref());
    count(keyring, facts, question, decided.err(), now, client);
    match decided {
        Ok(facts) => Ok(Verdict::Valid(written(facts, statuses)?)),
        Err(denial) => Ok(denial.into()),
    }
}

/// Every verdict on a token of ours is counted.
fn count(
    keyring: &Keyring,
    facts: Option<&Facts>,
    question: &Question,
    denied: Option<Denial>,
    at: Timestamp,
    (address, user_agent): (Option<IpAddr>, Option<&str>),
) {
    let Some(facts) = facts else {
        return;
    };
    keyring.0.counts.count(&Call {
        facts,
        workspace: match question.workspace {
            // One that is not the account's is not remembered.
            Some(AskedWorkspace::Id(id)) if denied != Some(Denial::WorkspaceUnknown) => Some(id),
            _ => None,
        },
        denied,
        at,
        address,
        user_agent,
    });
}

/// What a proxy tells the service behind it of a caller that it let through.
pub struct Authorized {
    pub key: ApiKeyId,
    pub name: String,
    pub profile: ProfileId,
    pub account: AccountId,
    pub workspace: Option<WorkspaceId>,
    pub permissions: Permissions,
}

/// Whether the token that a request came with is good for what is asked: the same verdict, for a proxy.
/// A bad token is unauthenticated, whatever is bad about it; one that lacks something is denied, naming
/// it.
pub async fn authorize(
    keyring: &Keyring,
    token: &str,
    question: &Question,
    origin: &Origin,
) -> Result<Authorized> {
    let now = keyring.clock().now();
    let token = WellFormed::parse(token).ok_or_else(callers::refused_token)?;
    let facts = keyring.facts(token).await?;
    let facts = facts.as_deref();
    let decided = decide(
        facts,
        question,
        status(keyring, facts, question).await?,
        now,
    );
    let client = (origin.address, origin.user_agent.as_deref());
    count(keyring, facts, question, decided.err(), now, client);
    let facts = decided.map_err(|denial| refused(denial, question))?;
    Ok(Authorized {
        key: facts.key,
        name: facts.name.clone(),
        profile: facts.profile,
        account: facts.account,
        workspace: match question.workspace {
            Some(AskedWorkspace::Id(id)) => Some(id),
            _ => None,
        },
        permissions: facts.permissions.clone(),
    })
}

/// Why a key's tokens are or are not good for something, in words. A revoked key is as if there were none.
pub async fn explain(
    keyring: &Keyring,
    caller: &Caller,
    key: ApiKeyId,
    question: &Question,
) -> Result<Explanation> {
    caller.require(&Permission::read("api_keys"))?;
    let row = keys::visible(keyring.reader(), caller, key).await?;
    explain_row(keyring, caller, row, question).await
}

/// The same for a key that the caller sees.
pub(crate) async fn explain_row(
    keyring: &Keyring,
    caller: &Caller,
    row: api_key::Model,
    question: &Question,
) -> Result<Explanation> {
    let (db, key) = (keyring.reader(), row.typed_id());
    // One that the caller does not know of is as if there were none.
    let seen = caller.known_workspaces();
    let asked = question.workspace.map(|asked| match asked {
        AskedWorkspace::Id(id) if seen.includes(id) => asked,
        _ => AskedWorkspace::Nonsense,
    });
    let question = &Question {
        workspace: asked,
        ..question.clone()
    };
    let facts = Facts::of_key(db, row).await?;
    let status = status(keyring, Some(&facts), question).await?;
    let denial = decide(Some(&facts), question, status, keyring.clock().now()).err();
    let (grant, last_used_at) = match question.workspace {
        Some(AskedWorkspace::Id(id)) => (
            origin(keyring, key, id).await?,
            store::usage::last_in(db, key, id).await?,
        ),
        _ => (None, None),
    };
    let because = match denial {
        Some(denial) => why_not(denial, question),
        None => why(&facts, question, grant.is_some()),
    };
    Ok(Explanation {
        allowed: denial.is_none(),
        code: denial,
        because,
        grant,
        last_used_at,
    })
}

async fn origin(
    keyring: &Keyring,
    key: ApiKeyId,
    workspace: WorkspaceId,
) -> Result<Option<GrantOrigin>> {
    let db = keyring.reader();
    let Some(grant) = store::grants::find(db, key, workspace).await? else {
        return Ok(None);
    };
    let by = store::profiles::find(db, ProfileId::from_uuid(grant.granted_by)).await?;
    let by = by.ok_or_else(|| Error::internal("a grant names a profile that does not exist"))?;
    Ok(Some(GrantOrigin {
        granted_by: by.to_resource(),
        granted_at: store::at(grant.granted_at),
    }))
}

/// The status of the workspace that is asked for, in the token's own account.
async fn status(
    keyring: &Keyring,
    facts: Option<&Facts>,
    question: &Question,
) -> Result<Option<WorkspaceStatus>> {
    let (Some(facts), Some(_)) = (facts, question.workspace) else {
        return Ok(None);
    };
    let statuses = keyring.statuses(facts.account).await?;
    Ok(of(&statuses, question))
}

fn of(statuses: &Statuses, question: &Question) -> Option<WorkspaceStatus> {
    match question.workspace {
        Some(AskedWorkspace::Id(id)) => statuses.get(&id).copied(),
        _ => None,
    }
}

/// What is told of a good token: what was told of it last, as long as that still holds.
fn written(facts: &Facts, statuses: Option<&Arc<Statuses>>) -> Result<Written> {
    let of = statuses.filter(|_| facts.reach != Reach::All);
    let mut told = facts.told.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(told) = told.as_ref().filter(|told| told.is_of(of)) {
        return Ok(told.written.clone());
    }
    let valid = valid(facts, of.map(Arc::as_ref));
    let written = Written::new(&valid).map_err(Error::internal)?;
    *told = Some(Told {
        of: of.map(Arc::downgrade),
        written: written.clone(),
    });
    Ok(written)
}

/// Names the workspaces that the key was granted and that are not archived.
fn valid(facts: &Facts, statuses: Option<&Statuses>) -> ValidToken {
    let mut ids = Vec::new();
    let mut total = 0;
    if let (Reach::Only(granted), Some(statuses)) = (&facts.reach, statuses) {
        let archived = |id: &WorkspaceId| {
            statuses
                .get(id)
                .is_none_or(|status| *status == WorkspaceStatus::Archived)
        };
        for id in granted.iter().filter(|id| !archived(id)) {
            if ids.len() < NAMED_WORKSPACES {
                ids.push(*id);
            }
            total += 1;
        }
    }
    ValidToken {
        valid: true,
        api_key: VerifiedKey {
            id: facts.key,
            name: facts.name.clone(),
            external_id: facts.external_id.clone(),
            labels: facts.labels.clone(),
        },
        profile_id: facts.profile,
        permissions: facts.permissions.clone(),
        all_workspaces: facts.reach == Reach::All,
        workspace_ids: ids,
        workspaces_total: total,
        expires_at: facts.expires_at,
        retiring: facts.retired_at.is_some(),
    }
}

/// A denial as whoever presented the token is told of it.
fn refused(denial: Denial, question: &Question) -> Error {
    if denial.is_of_token() {
        return callers::refused_token();
    }
    let missing = match (denial, &question.permission, question.workspace) {
        (Denial::PermissionMissing, Some(permission), _) => Some(permission.to_string()),
        (_, _, Some(AskedWorkspace::Id(id))) => Some(id.to_string()),
        _ => None,
    };
    let mut public = contract::Error::new(Kind::PermissionDenied, why_not(denial, question));
    public.scope = missing;
    public.into()
}

fn why(facts: &Facts, question: &Question, granted: bool) -> String {
    let reach = match (question.workspace, granted) {
        (None, _) => None,
        (Some(_), true) => Some("it was granted this workspace"),
        (Some(_), false) => Some("it reaches all workspaces, present and future"),
    };
    let permission = question.permission.as_ref().map(|wanted| {
        let held = facts.permissions.iter().find(|held| held.implies(wanted));
        match held {
            Some(held) if held != wanted => format!("it holds {held}, which implies {wanted}"),
            _ => format!("it holds {wanted}"),
        }
    });
    let reasons: Vec<String> = ["The key is good".to_owned()]
        .into_iter()
        .chain(reach.map(str::to_owned))
        .chain(permission)
        .collect();
    format!("{}.", reasons.join(", "))
}

fn why_not(denial: Denial, question: &Question) -> String {
    match denial {
        Denial::Malformed => "No token looks like this.".to_owned(),
        Denial::Unknown => "There is no such token here.".to_owned(),
        Denial::Revoked => "The key was revoked, or this token was rotated away.".to_owned(),
        Denial::Disabled => "The key is disabled.".to_owned(),
        Denial::Expired => "The key has expired.".to_owned(),
        Denial::WorkspaceUnknown => "There is no such workspace here.".to_owned(),
        Denial::WorkspaceArchived => "The workspace is archived.".to_owned(),
        Denial::WorkspaceNotGranted => "The key was not granted this workspace.".to_owned(),
        Denial::PermissionMissing => match &question.permission {
            Some(permission) => format!("The key does not hold {permission}."),
            None => "The key does not hold what is asked.".to_owned(),
        },
    }
}
