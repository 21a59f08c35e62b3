//! What keys were used for, as people and programs are told.

use std::collections::HashMap;
use std::time::Duration;

use contract::usage::{
    Calls, DAYS, DenialCount, HOURS, KeyUsage, LastUse, RetiringUse, Trend, UsageSource,
    WorkspaceUse,
};
use contract::verdict::Denial;
use contract::{ApiKeyId, Permission, Timestamp, WorkspaceId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::counts::{DAY, HOUR};
use crate::caller::Caller;
use crate::entity::api_key;
use crate::error::Result;
use crate::store::tokens::Grace;
use crate::store::usage::{Span, TokenUse};
use crate::{Keyring, keys, store};

const MOST_SOURCES: u64 = 100;

/// What one key is used for.
pub async fn of_key(keyring: &Keyring, caller: &Caller, key: ApiKeyId) -> Result<KeyUsage> {
    caller.require(&Permission::read("api_keys"))?;
    let row = keys::visible(keyring.reader(), caller, key).await?;
    until(keyring, caller, &row, keyring.clock().now()).await
}

/// The same, also of a key that was revoked: what it was used for until it ended.
pub async fn of_key_ever(keyring: &Keyring, caller: &Caller, key: ApiKeyId) -> Result<KeyUsage> {
    caller.require(&Permission::read("api_keys"))?;
    let row = keys::visible_ever(keyring.reader(), caller, key).await?;
    let ended = row.revoked_at.map(store::at);
    let end = ended.unwrap_or_else(|| keyring.clock().now());
    until(keyring, caller, &row, end).await
}

/// What a key that the caller sees is used for, as it looks at an instant.
async fn until(
    keyring: &Keyring,
    caller: &Caller,
    row: &api_key::Model,
    now: Timestamp,
) -> Result<KeyUsage> {
    let (db, key) = (keyring.reader(), row.typed_id());
    // Reading goes on where writing cannot.
    let _ = super::pending::add_those_of(keyring, key).await;
    let (hours, days) = (whole(now, HOUR, HOURS), whole(now, DAY, DAYS));
    let by_hour = store::usage::spans(db, &[row.id], None, hours[0], HOUR).await?;
    let by_day = store::usage::spans(db, &[row.id], None, days[0], DAY).await?;
    let yesterday = now.minus(Duration::from_hours(24));
    let sources = store::usage::sources(db, key, None, yesterday, MOST_SOURCES).await?;
    let retiring = match store::tokens::in_grace(db, key, now).await? {
        Some(grace) => Some(retiring(db, key, &grace, &hours, yesterday).await?),
        None => None,
    };
    let denials = store::usage::denials(db, key, yesterday).await?;
    let used = store::usage::workspaces(db, key, days[0]).await?;
    let seen = caller.known_workspaces();
    let used = used.into_iter().map(|row| WorkspaceUse {
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        calls: count(row.calls),
        last_at: store::at(row.last_at),
    });
    let last_uses = last_uses(db, &[row.id]).await?;
    Ok(KeyUsage {
        last_uses: last_uses.into_values().flatten().collect(),
        hours: calls(&hours, HOUR, &by_hour),
        days: calls(&days, DAY, &by_day),
        sources: sources.into_iter().map(source).collect(),
        denials: sorted(denials),
        workspaces: used
            .filter(|used| seen.includes(used.workspace_id))
            .collect(),
        retiring,
    })
}

/// What the token before is still used for.
async fn retiring(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    grace: &Grace,
    hours: &[Timestamp],
    yesterday: Timestamp,
) -> Result<RetiringUse> {
    let (keys, old) = ([key.uuid()], Some(grace.token));
    let by_hour = store::usage::spans(db, &keys, old, hours[0], HOUR).await?;
    let since = yesterday.max(grace.rotated_at);
    let sources = store::usage::sources(db, key, old, yesterday, MOST_SOURCES).await?;
    let sources = sources.into_iter().map(source);
    Ok(RetiringUse {
        hours: calls(hours, HOUR, &by_hour),
        sources: sources.filter(|source| source.last_at >= since).collect(),
    })
}

/// How much each of these keys is used; a key that never was is absent. The caller is to be one who sees
/// them all.
pub(crate) async fn trends(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
    now: Timestamp,
) -> Result<HashMap<Uuid, Trend>> {
    let days = whole(now, DAY, DAYS);
    let mut trends: HashMap<Uuid, Trend> = HashMap::new();
    let mut by_key: HashMap<Uuid, Vec<Span>> = HashMap::new();
    for span in store::usage::spans(db, keys, None, days[0], DAY).await? {
        by_key.entry(span.api_key_id).or_default().push(span);
    }
    for (key, spans) in by_key {
        let calls = calls(&days, DAY, &spans);
        let trend = trends.entry(key).or_default();
        trend.days = calls.into_iter().map(|day| day.calls).collect();
    }
    for (key, uses) in last_uses(db, keys).await? {
        trends.entry(key).or_default().last = uses.into_iter().next();
    }
    Ok(trends)
}

/// The last use of each token of each key, the latest first.
pub(crate) async fn last_uses(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
) -> Result<HashMap<Uuid, Vec<LastUse>>> {
    let mut uses: HashMap<Uuid, Vec<LastUse>> = HashMap::new();
    for row in store::usage::last_uses(db, keys).await? {
        uses.entry(row.last.api_key_id)
            .or_default()
            .push(last_use(row));
    }
    Ok(uses)
}

fn last_use(row: TokenUse) -> LastUse {
    let workspace = Some(row.last.workspace_id).filter(|id| !id.is_nil());
    LastUse {
        at: store::at(row.last.used_at),
        token_hint: row.hint,
        current: row.retired_at.is_none(),
        workspace_id: workspace.map(WorkspaceId::from_uuid),
        address: row.last.address,
        user_agent: row.last.user_agent,
    }
}

/// The beginnings of so many whole spans, the last of which is the present one.
fn whole(now: Timestamp, millis: i64, count: usize) -> Vec<Timestamp> {
    let now = now.unix_millis();
    let present = now - now.rem_euclid(millis);
    let back = i64::try_from(count).unwrap_or(i64::MAX);
    (0..back)
        .rev()
        .map(|ago| Timestamp::from_unix_millis(present - ago * millis))
        .collect()
}

/// The calls of each span, none left out.
fn calls(beginnings: &[Timestamp], millis: i64, spans: &[Span]) -> Vec<Calls> {
    let by_span: HashMap<i64, &Span> = spans.iter().map(|span| (span.number, span)).collect();
    let of = |at: &Timestamp| {
        let span = by_span.get(&(at.unix_millis() / millis));
        Calls {
            at: *at,
            calls: span.map_or(0, |span| count(span.calls)),
            denials: span.map_or(0, |span| count(span.denials)),
        }
    };
    beginnings.iter().map(of).collect()
}

fn source(row: store::usage::SourceCalls) -> UsageSource {
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    UsageSource {
        address: given(row.address),
        user_agent: given(row.user_agent),
        calls: count(row.calls),
        last_at: store::at(row.last_at),
    }
}

fn sorted(by_code: HashMap<String, i64>) -> Vec<DenialCount> {
    let told = |(code, calls): (String, i64)| {
        let code = Denial::ALL
            .into_iter()
            .find(|known| known.as_str() == code)?;
        Some(DenialCount {
            code,
            calls: count(calls),
        })
    };
    let mut denials: Vec<_> = by_code.into_iter().filter_map(told).collect();
    denials.sort_by_key(|denial| (std::cmp::Reverse(denial.calls), denial.code.as_str()));
    denials
}

fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or_default()
}
