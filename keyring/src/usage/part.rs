//! What becomes rows, while it is counted.

use std::net::IpAddr;

use contract::verdict::Denial;
use contract::{AccountId, ApiKeyId, Timestamp, WorkspaceId};
use foldhash::{HashMap, HashMapExt};
use uuid::Uuid;

use crate::entity::{usage_denial, usage_source};
use crate::store::usage::{Rows, Use};
use crate::verdict::Facts;

/// The most sources of a key that are told apart in an hour; the others are counted together.
const MOST_SOURCES: usize = 100;

/// One verdict on a token.
pub(crate) struct Call<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) workspace: Option<WorkspaceId>,
    pub(crate) denied: Option<Denial>,
    pub(crate) at: Timestamp,
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<&'a str>,
}

/// What a token, which is of one key, was used for in an hour.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    token: Uuid,
    workspace: Uuid,
    hour: i64,
}

struct Used {
    account: AccountId,
    key: ApiKeyId,
    calls: i64,
    denials: i64,
    /// Of the last call that was not denied, as is what follows.
    last_at: Option<Timestamp>,
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
    uses: HashMap<Place, Used>,
    /// By token and the hash of a source, so that looking needs no copy of its texts.
    sources: HashMap<(ApiKeyId, i64, Uuid, u64), Source>,
    denials: HashMap<(ApiKeyId, i64, Denial), (AccountId, i64)>,
}

impl Part {
    pub(super) fn len(&self) -> usize {
        let Counted {
            uses,
            sources,
            denials,
        } = &self.counted;
        uses.len() + sources.len() + denials.len()
    }

    /// When a token was last used. Looks at all that is counted here.
    pub(super) fn last_use_of(&self, token: Uuid) -> Option<Timestamp> {
        let uses = self.counted.uses.iter();
        let of_token = uses.filter(|(place, _)| place.token == token);
        of_token.filter_map(|(_, used)| used.last_at).max()
    }

    pub(super) fn denial(&mut self, call: &Call<'_>, hour: i64, denial: Denial) {
        let id = (call.facts.key, hour, denial);
        let denials = &mut self.counted.denials;
        denials.entry(id).or_insert((call.facts.account, 0)).1 += 1;
    }

    pub(super) fn used(&mut self, call: &Call<'_>, hour: i64, workspace: Uuid) {
        let place = Place {
            token: call.facts.token,
            workspace,
            hour,
        };
        let used = self.counted.uses.entry(place).or_insert_with(|| Used {
            account: call.facts.account,
            key: call.facts.key,
            calls: 0,
            denials: 0,
            last_at: None,
            address: None,
            user_agent: None,
        });
        used.calls += 1;
        if call.denied.is_some() {
            used.denials += 1;
            return;
        }
        if used.last_at > Some(call.at) {
            return;
        }
        used.last_at = Some(call.at);
        used.address = call.address;
        if used.user_agent.as_deref() != call.user_agent {
            used.user_agent = call.user_agent.map(Into::into);
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
        let newest = self.counted.uses.keys().map(|place| place.hour).max();
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
            uses: like(&self.uses),
            sources: like(&self.sources),
            denials: like(&self.denials),
        }
    }

    /// Adds all of it to rows as they will be stored.
    pub(super) fn add_to(self, rows: &mut Rows) {
        let used = |(place, used): (Place, Used)| Use {
            account_id: used.account.uuid(),
            api_key_id: used.key.uuid(),
            token_id: place.token,
            hour: place.hour,
            workspace_id: place.workspace,
            calls: used.calls,
            denials: used.denials,
            last_at: used.last_at.map(Timestamp::unix_millis),
            address: used.address,
            user_agent: used.user_agent,
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
        rows.uses.extend(self.uses.into_iter().map(used));
        rows.sources.extend(self.sources.into_iter().map(source));
        rows.denials.extend(self.denials.into_iter().map(denial));
    }
}
