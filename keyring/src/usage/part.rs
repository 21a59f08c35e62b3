//! Rows as they will be stored, while they are counted.

use std::net::IpAddr;

use contract::verdict::Denial;
use contract::{AccountId, ApiKeyId, Timestamp};
use foldhash::{HashMap, HashMapExt};
use uuid::Uuid;

use super::counts::Call;
use crate::entity::{token_use, usage_bucket, usage_denial, usage_source};
use crate::store::usage::Rows;

/// The most sources of a key that are told apart in an hour; the others are counted together.
const MOST_SOURCES: usize = 100;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct BucketId {
    key: ApiKeyId,
    hour: i64,
    token: Uuid,
    workspace: Uuid,
}

/// Of one key, token and workspace.
struct Bucket {
    account: AccountId,
    calls: i64,
    denials: i64,
    last_at: Option<Timestamp>,
}

struct LastUse {
    account: AccountId,
    key: ApiKeyId,
    at: Timestamp,
    workspace: Uuid,
    address: Option<IpAddr>,
    user_agent: Option<Box<str>>,
}

struct Source {
    account: AccountId,
    address: Option<IpAddr>,
    user_agent: Box<str>,
    calls: i64,
    last_at: Timestamp,
}

#[derive(Default)]
pub(super) struct Part {
    counted: Counted,
    /// The sources that were told apart, in the present hour; outlives a writing.
    told_apart: HashMap<ApiKeyId, (i64, Vec<u64>)>,
}

/// What one writing takes.
#[derive(Default)]
pub(super) struct Counted {
    buckets: HashMap<BucketId, Bucket>,
    uses: HashMap<Uuid, LastUse>,
    /// By token and the hash of a source, so that looking needs no copy of its texts.
    sources: HashMap<(ApiKeyId, i64, Uuid, u64), Source>,
    denials: HashMap<(ApiKeyId, i64, Denial), (AccountId, i64)>,
}

impl Part {
    pub(super) fn len(&self) -> usize {
        let Counted {
            buckets,
            uses,
            sources,
            denials,
        } = &self.counted;
        buckets.len() + uses.len() + sources.len() + denials.len()
    }

    /// When a token was last used.
    pub(super) fn last_use_of(&self, token: Uuid) -> Option<Timestamp> {
        Some(self.counted.uses.get(&token)?.at)
    }

    pub(super) fn denial(&mut self, call: &Call<'_>, hour: i64, denial: Denial) {
        let id = (call.facts.key, hour, denial);
        let denials = &mut self.counted.denials;
        denials.entry(id).or_insert((call.facts.account, 0)).1 += 1;
    }

    pub(super) fn bucket(&mut self, call: &Call<'_>, hour: i64, workspace: Uuid) {
        let id = BucketId {
            key: call.facts.key,
            hour,
            token: call.facts.token,
            workspace,
        };
        let bucket = self.counted.buckets.entry(id).or_insert(Bucket {
            account: call.facts.account,
            calls: 0,
            denials: 0,
            last_at: None,
        });
        bucket.calls += 1;
        if call.denied.is_some() {
            bucket.denials += 1;
        } else {
            bucket.last_at = bucket.last_at.max(Some(call.at));
        }
    }

    pub(super) fn last_use(&mut self, call: &Call<'_>, workspace: Uuid) {
        let last = self.counted.uses.entry(call.facts.token);
        let last = last.or_insert_with(|| LastUse {
            account: call.facts.account,
            key: call.facts.key,
            at: call.at,
            workspace,
            address: None,
            user_agent: None,
        });
        if last.at > call.at {
            return;
        }
        last.at = call.at;
        last.workspace = workspace;
        last.address = call.address;
        if last.user_agent.as_deref() != call.user_agent {
            last.user_agent = call.user_agent.map(Into::into);
        }
    }

    pub(super) fn source(&mut self, call: &Call<'_>, hour: i64, hash: u64) {
        let key = call.facts.key;
        let (of_hour, told_apart) = self.told_apart.entry(key).or_default();
        if *of_hour != hour {
            (*of_hour, *told_apart) = (hour, Vec::new());
        }
        let apart = told_apart.contains(&hash) || {
            let room = told_apart.len() < MOST_SOURCES;
            if room {
                told_apart.push(hash);
            }
            room
        };
        let hash = if apart { hash } else { 0 };
        let sources = &mut self.counted.sources;
        let source = sources.entry((key, hour, call.facts.token, hash));
        let source = source.or_insert_with(|| Source {
            account: call.facts.account,
            address: call.address.filter(|_| apart),
            user_agent: call.user_agent.filter(|_| apart).unwrap_or_default().into(),
            calls: 0,
            last_at: call.at,
        });
        source.calls += 1;
        source.last_at = source.last_at.max(call.at);
    }

    /// Takes what was counted, and leaves room for as much: others wait for this.
    pub(super) fn take(&mut self) -> Counted {
        let newest = self.counted.buckets.keys().map(|id| id.hour).max();
        self.told_apart.retain(|_, (hour, _)| Some(*hour) >= newest);
        let room = self.counted.room();
        std::mem::replace(&mut self.counted, room)
    }
}

impl Counted {
    /// Nothing, with room for as much.
    fn room(&self) -> Self {
        fn like<K, V>(map: &HashMap<K, V>) -> HashMap<K, V> {
            HashMap::with_capacity(map.len())
        }
        Self {
            buckets: like(&self.buckets),
            uses: like(&self.uses),
            sources: like(&self.sources),
            denials: like(&self.denials),
        }
    }

    pub(super) fn into_rows(self) -> Rows {
        let bucket = |(id, bucket): (BucketId, Bucket)| usage_bucket::Model {
            account_id: bucket.account.uuid(),
            api_key_id: id.key.uuid(),
            hour: id.hour,
            token_id: id.token,
            workspace_id: id.workspace,
            calls: bucket.calls,
            denials: bucket.denials,
            last_at: bucket.last_at.map(Timestamp::unix_millis),
        };
        let last_use = |(token, last): (Uuid, LastUse)| token_use::Model {
            token_id: token,
            account_id: last.account.uuid(),
            api_key_id: last.key.uuid(),
            used_at: last.at.unix_millis(),
            workspace_id: last.workspace,
            address: last.address.map(|address| address.to_string()),
            user_agent: last.user_agent.map(String::from),
        };
        let source = |((key, hour, token, _), source): ((ApiKeyId, i64, Uuid, u64), Source)| {
            let address = source.address.map(|address| address.to_string());
            usage_source::Model {
                account_id: source.account.uuid(),
                api_key_id: key.uuid(),
                hour,
                token_id: token,
                address: address.unwrap_or_default(),
                user_agent: source.user_agent.into(),
                calls: source.calls,
                last_at: source.last_at.unix_millis(),
            }
        };
        let denial =
            |((key, hour, code), (account, calls)): ((ApiKeyId, i64, Denial), (AccountId, i64))| {
                usage_denial::Model {
                    account_id: account.uuid(),
                    api_key_id: key.uuid(),
                    hour,
                    code: code.as_str().to_owned(),
                    calls,
                }
            };
        Rows {
            buckets: self.buckets.into_iter().map(bucket).collect(),
            uses: self.uses.into_iter().map(last_use).collect(),
            sources: self.sources.into_iter().map(source).collect(),
            denials: self.denials.into_iter().map(denial).collect(),
        }
    }
}
