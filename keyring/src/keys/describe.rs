//! From rows to resources, with a fixed number of statements however many rows there are.

use std::collections::{BTreeSet, HashMap};

use contract::resource::{
    ApiKey, ApiKeyInfo, ApiKeySpec, BareMetadata, Metadata, Profile, RetiringToken, Stopped,
};
use contract::usage::LastUse;
use contract::{AccountId, ApiKeyId, Period, ProfileId, Timestamp, WorkspaceId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::caller::Reach;
use crate::entity::{api_key, profile, workspace};
use crate::error::{Error, Result};
use crate::store;
use crate::store::grants::Preview;
use crate::store::tokens::Hints;
use crate::usage;

/// How many workspaces a preview holds.
const PREVIEW: u32 = 5;

/// The resources of these rows, in their order; with `info` as of `now`, if that is asked for.
pub(crate) async fn describe(
    db: &impl ConnectionTrait,
    rows: Vec<api_key::Model>,
    info_as_of: Option<Timestamp>,
) -> Result<Vec<ApiKey>> {
    let mut infos = match info_as_of {
        Some(now) => infos(db, &rows, Beside::read(db, &rows, now).await?).await?,
        None => HashMap::new(),
    };
    let resource = |row: api_key::Model| {
        let info = infos.remove(&row.id);
        resource(row, info)
    };
    Ok(rows.into_iter().map(resource).collect())
}

/// The resource of a key that was issued in this transaction, with the workspaces that it was granted: nothing
/// is read again that was only just written.
pub(super) async fn issued(
    db: &impl ConnectionTrait,
    row: api_key::Model,
    hint: String,
    workspaces: Vec<workspace::Model>,
) -> Result<ApiKey> {
    let beside = Beside::new(row.id, hint, workspaces);
    let infos = infos(db, std::slice::from_ref(&row), beside).await?;
    Ok(resource(row, infos.into_values().next()))
}

/// What is told of keys beside their rows, by their ids.
#[derive(Default)]
struct Beside {
    hints: HashMap<Uuid, Hints>,
    last_hints: HashMap<Uuid, String>,
    uses: HashMap<Uuid, Vec<LastUse>>,
    previews: HashMap<Uuid, Preview>,
}

impl Beside {
    async fn read(
        db: &impl ConnectionTrait,
        rows: &[api_key::Model],
        now: Timestamp,
    ) -> Result<Self> {
        if rows.is_empty() {
            return Ok(Self::default());
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let revoked = rows.iter().filter(|row| row.revoked_at.is_some());
        let revoked: Vec<Uuid> = revoked.map(|row| row.id).collect();
        Ok(Self {
            hints: store::tokens::hints(db, &ids, now).await?,
            last_hints: store::tokens::last_hints(db, &revoked).await?,
            uses: usage::last_uses(db, &ids).await?,
            previews: store::grants::previews(db, &ids, i64::from(PREVIEW)).await?,
        })
    }

    /// Of one key that is new.
    fn new(key: Uuid, hint: String, mut workspaces: Vec<workspace::Model>) -> Self {
        workspaces.sort_by_key(|workspace| workspace.id);
        let hints = Hints {
            current: hint,
            retiring: None,
        };
        let preview = Preview {
            total: workspaces.len() as u64,
            first: bare(workspaces.into_iter().take(PREVIEW as usize)),
        };
        Self {
            hints: HashMap::from([(key, hints)]),
            previews: HashMap::from([(key, preview)]),
            ..Self::default()
        }
    }
}

fn bare(workspaces: impl IntoIterator<Item = workspace::Model>) -> Vec<BareMetadata<WorkspaceId>> {
    let bare = |workspace: workspace::Model| BareMetadata {
        id: workspace.typed_id(),
        name: workspace.name,
    };
    workspaces.into_iter().map(bare).collect()
}

fn resource(row: api_key::Model, info: Option<ApiKeyInfo>) -> ApiKey {
    let (permissions, state) = (row.permissions(), row.state());
    ApiKey {
        metadata: Metadata {
            id: ApiKeyId::from_uuid(row.id),
            account_id: AccountId::from_uuid(row.account_id),
            name: row.name,
            profile_id: ProfileId::from_uuid(row.created_by),
            created_at: store::at(row.created_at),
            external_id: row.external_id,
            labels: store::labels_from_json(&row.labels),
        },
        spec: ApiKeySpec {
            description: row.description,
            permissions,
            system: row.system,
            expires_at: row.expires_at.map(Timestamp::from_unix_millis),
            all_workspaces: row.all_workspaces,
        },
        info,
        state,
    }
}

async fn infos(
    db: &impl ConnectionTrait,
    rows: &[api_key::Model],
    beside: Beside,
) -> Result<HashMap<Uuid, ApiKeyInfo>> {
    let Some(first) = rows.first() else {
        return Ok(HashMap::new());
    };
    let account = AccountId::from_uuid(first.account_id);
    let Beside {
        mut hints,
        mut last_hints,
        mut uses,
        mut previews,
    } = beside;
    let people: BTreeSet<Uuid> = rows
        .iter()
        .flat_map(|row| {
            let rotated = hints.get(&row.id).and_then(|hints| hints.retiring.as_ref());
            let by = [
                row.disabled_by,
                row.revoked_by,
                rotated.map(|old| old.rotated_by),
            ];
            let named = [row.created_by, row.owner_id];
            named.into_iter().chain(by.into_iter().flatten())
        })
        .collect();
    let profiles = store::profiles::by_ids(db, people).await?;
    let everything = if rows.iter().any(|row| row.all_workspaces) {
        everything(db, account).await?
    } else {
        Preview::default()
    };
    let info = |row: &api_key::Model| {
        let own = previews.remove(&row.id).unwrap_or_default();
        let preview = if row.all_workspaces {
            everything.clone()
        } else {
            own
        };
        let hints = hints.remove(&row.id).unwrap_or_default();
        let uses = uses.remove(&row.id).unwrap_or_default();
        let retiring = hints.retiring.map(|old| {
            let of_it = uses.iter().find(|used| used.token_hint == old.hint);
            Ok::<_, Error>(RetiringToken {
                last_used_at: of_it.map(|used| used.at),
                expires_at: old.ends_at,
                end_when_quiet_for: old.quiet_for.map(Period),
                rotated_at: old.rotated_at,
                rotated_by: profile(&profiles, old.rotated_by)?,
                hint: old.hint,
            })
        });
        let stopped = |at: Option<i64>, by: Option<Uuid>, reason: &Option<String>| {
            let (Some(at), Some(by)) = (at, by) else {
                return Ok(None);
            };
            Ok::<_, Error>(Some(Stopped {
                at: store::at(at),
                by: profile(&profiles, by)?,
                reason: reason.clone(),
            }))
        };
        let info = ApiKeyInfo {
            created_by: profile(&profiles, row.created_by)?,
            workspaces_preview: preview.first,
            workspaces_total: preview.total,
            owner: profile(&profiles, row.owner_id)?,
            last_used_at: uses.first().map(|used| used.at),
            token_hint: last_hints.remove(&row.id).unwrap_or(hints.current),
            retiring_token: retiring.transpose()?,
            disabled: stopped(row.disabled_at, row.disabled_by, &row.disabled_reason)?,
            revoked: stopped(row.revoked_at, row.revoked_by, &row.revoked_reason)?,
        };
        Ok((row.id, info))
    };
    rows.iter().map(info).collect()
}

/// What a key with "all workspaces" reaches.
async fn everything(db: &impl ConnectionTrait, account: AccountId) -> Result<Preview> {
    let first = store::workspaces::present(db, account, &Reach::All, u64::from(PREVIEW)).await?;
    Ok(Preview {
        first: bare(first),
        total: store::workspaces::count_present(db, account, &Reach::All).await?,
    })
}

fn profile(profiles: &HashMap<Uuid, profile::Model>, id: Uuid) -> Result<Profile> {
    let profile = profiles.get(&id).map(profile::Model::to_resource);
    profile.ok_or_else(|| Error::internal("a key names a profile that does not exist"))
}
