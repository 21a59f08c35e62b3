//! The console's page of the audit log: what its address asks, and what it shows.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Action, AuditEvent, EntranceKind};
use crate::chain::Break;
use crate::error::{Refusals, Result};
use crate::page::PageRequest;
use crate::request::ListEvents;
use crate::{Invalid, Pagination, ProfileId, Timestamp};

/// What the address of the page asks. Empty texts ask nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// A part of what an event says.
    pub q: String,
    /// A profile's id, or a way in.
    pub who: String,
    pub action: String,
    /// An id, or a kind of them.
    pub target: String,
    /// How far back: `24h`, `7d`, `30d` or `all`.
    pub period: String,
    /// Refusals only.
    pub refused: String,
    pub cursor: String,
}

impl AuditQuery {
    /// How far back the page looks unless it is told.
    pub const USUAL: &'static str = "7d";

    /// What is asked by fields of these names; the text of one that is not there is empty.
    pub fn of(text: impl Fn(&'static str) -> String) -> Self {
        Self {
            q: text("q"),
            who: text("who"),
            action: text("action"),
            target: text("target"),
            period: text("period"),
            refused: text("refused"),
            cursor: text("cursor"),
        }
    }

    /// The list that is asked for at the instant `now`.
    pub fn list(&self, now: Timestamp) -> Result<ListEvents> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut refusals = Refusals::default();
        let entrance = EntranceKind::parse(&self.who);
        let who = Some(self.who.as_str()).filter(|who| entrance.is_none() && !who.is_empty());
        let actor = refusals.take_optional("who", who, str::parse::<ProfileId>);
        let action = given(&self.action);
        let action = refusals.take_optional("action", action.as_deref(), |text| {
            Action::parse(text).ok_or_else(|| Invalid::new("there is no such action"))
        });
        let since = refusals.take("period", since(&self.period, now));
        let (Some(actor), Some(action), Some(since)) = (actor, action, since) else {
            return Err(refusals.into());
        };
        Ok(ListEvents {
            page: PageRequest {
                cursor: given(&self.cursor),
                limit: Some(50),
            },
            actor,
            entrance,
            action,
            refused: !self.refused.is_empty(),
            target: given(&self.target),
            batch: None,
            query: given(&self.q),
            since,
            until: None,
        })
    }

    /// The address, without what asks nothing.
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("q", &self.q),
            ("who", &self.who),
            ("action", &self.action),
            ("target", &self.target),
            ("period", &self.period),
            ("refused", &self.refused),
            ("cursor", &self.cursor),
        ];
        let all = all.map(|(name, value)| (name, value.trim()));
        all.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    /// Whether it asks for less than everything in its time.
    pub fn is_filtered(&self) -> bool {
        let beside = ["period", "cursor"];
        self.pairs().iter().any(|(name, _)| !beside.contains(name))
    }
}

fn since(period: &str, now: Timestamp) -> Result<Option<Timestamp>, Invalid> {
    let days = match period.trim() {
        "24h" => 1,
        "" | AuditQuery::USUAL => 7,
        "30d" => 30,
        "all" => return Ok(None),
        _ => return Err(Invalid::new("use 24h, 7d, 30d or all")),
    };
    Ok(Some(now.minus(Duration::from_hours(24 * days))))
}

/// A page of the audit log, as the console shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    pub entries: Vec<AuditEntry>,
    pub pagination: Pagination,
    /// How many events the account has in all.
    pub total: u64,
    /// When the first was.
    pub start: Option<Timestamp>,
    /// How many refusals there were in the time that is shown.
    pub refused: u64,
    /// Whose events can be asked for by name.
    pub people: Vec<Person>,
    /// What came of it when the trail was last looked through, if it was.
    pub verified: Option<Verified>,
    /// The instant the page was made.
    pub now: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The event; of a batch, its last.
    pub event: AuditEvent,
    /// Where the entry stands for a batch.
    pub batch: Option<BatchTold>,
}

/// What a changeset is about; `None` where it is too large to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchTold {
    pub size: u64,
    pub keys: Option<u64>,
    pub workspaces: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: ProfileId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    pub at: Timestamp,
    /// How many events there were then.
    pub events: u64,
    /// The first row that was not what was written.
    pub broken: Option<Break>,
}

/// One entry in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryOpen {
    pub event: AuditEvent,
    pub batch: Option<BatchTold>,
    /// The first events of the batch, oldest first.
    pub events: Vec<AuditEvent>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Result<ListEvents> {
        let query: serde_json::Map<_, _> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        let query: AuditQuery = serde_json::from_value(query.into()).unwrap();
        query.list(Timestamp::from_unix_millis(1_795_000_000_000))
    }

    #[test]
    fn an_address_is_read_and_what_is_wrong_in_it_named() {
        let list = asked(&[]).unwrap();
        assert_eq!(
            list.since.unwrap().unix_millis(),
            1_795_000_000_000 - 7 * 86_400_000
        );
        let list = asked(&[
            ("who", "key"),
            ("period", "all"),
            ("refused", "1"),
            ("q", " "),
        ])
        .unwrap();
        assert_eq!((list.entrance, list.actor), (Some(EntranceKind::Key), None));
        assert!(list.since.is_none() && list.refused && list.query.is_none());
        for (name, value) in [("who", "mira"), ("action", "x"), ("period", "1y")] {
            assert!(asked(&[(name, value)]).unwrap_err().field(name).is_some());
        }
    }
}
