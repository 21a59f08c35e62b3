//! What is shown and in which order, as the page's address has it.

use std::collections::BTreeSet;

use contract::access::{MOST_USED_DAYS, USED_DAYS};
use contract::{ApiKeyId, Invalid, WorkspaceId};
use leptos_router::location::Url;
use matrix::{Arrangement, Filter, Grouping, Sort};

/// The query of the page: `?q=ci@prod&sort=name&by=env&fold=staging&key=…&workspace=…&used=90`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Query {
    /// The filter as it was typed.
    pub(in super::super) filter: String,
    pub(in super::super) sort: Sort,
    pub(in super::super) grouping: Grouping,
    pub(in super::super) folded: BTreeSet<String>,
    pub(in super::super) pinned_keys: Vec<ApiKeyId>,
    pub(in super::super) pinned_workspaces: Vec<WorkspaceId>,
    /// After how many days without use a grant counts as unused.
    pub(in super::super) used_days: u64,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            filter: String::new(),
            sort: Sort::default(),
            grouping: Grouping::default(),
            folded: BTreeSet::new(),
            pinned_keys: Vec::new(),
            pinned_workspaces: Vec::new(),
            used_days: USED_DAYS,
        }
    }
}

/// What groups by nothing is called in the address.
const NO_GROUPS: &str = "-";

impl Query {
    /// Reads the pairs of an address. What is not understood is left out, but for the filter, which the
    /// person is told about.
    pub(in super::super) fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut query = Self::default();
        for (name, value) in pairs {
            match name {
                "q" => value.clone_into(&mut query.filter),
                "sort" => query.sort = value.parse().unwrap_or_default(),
                "by" if value == NO_GROUPS => query.grouping = Grouping::None,
                "by" if !value.is_empty() => query.grouping = Grouping::Label(value.to_owned()),
                "fold" => drop(query.folded.insert(value.to_owned())),
                "key" => query.pinned_keys.extend(value.parse::<ApiKeyId>()),
                "workspace" => query.pinned_workspaces.extend(value.parse::<WorkspaceId>()),
                "used" => {
                    let days = value.parse().ok();
                    let days = days.filter(|days| (1..=MOST_USED_DAYS).contains(days));
                    query.used_days = days.unwrap_or(USED_DAYS);
                }
                _ => {}
            }
        }
        query
    }

    /// The pairs as the address has them.
    pub(in super::super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.filter.trim().is_empty() {
            pairs.push(("q", self.filter.trim().to_owned()));
        }
        if self.sort != Sort::default() {
            pairs.push(("sort", self.sort.to_string()));
        }
        match &self.grouping {
            Grouping::Common => {}
            Grouping::None => pairs.push(("by", NO_GROUPS.to_owned())),
            Grouping::Label(label) => pairs.push(("by", label.clone())),
        }
        pairs.extend(self.folded.iter().map(|name| ("fold", name.clone())));
        pairs.extend(self.pinned_keys.iter().map(|id| ("key", id.to_string())));
        let workspaces = self.pinned_workspaces.iter();
        pairs.extend(workspaces.map(|id| ("workspace", id.to_string())));
        if self.used_days != USED_DAYS {
            pairs.push(("used", self.used_days.to_string()));
        }
        pairs
    }

    pub(in super::super) fn to_url(&self) -> String {
        let pair = |(name, value): (&str, String)| format!("{name}={}", Url::escape(&value));
        let pairs: Vec<String> = self.pairs().into_iter().map(pair).collect();
        pairs.join("&")
    }

    /// From where the matrix is loaded as it is.
    pub(in super::super) fn snapshot_path(&self) -> String {
        format!("/access/snapshot?usedDays={}", self.used_days)
    }

    /// How the matrix is to be shown; why the filter is not understood.
    pub(super) fn arrangement(&self) -> Result<Arrangement, Invalid> {
        Ok(Arrangement {
            filter: Filter::parse(&self.filter)?,
            sort: self.sort,
            grouping: self.grouping.clone(),
            collapsed: self.folded.clone(),
            pinned_keys: self.pinned_keys.clone(),
            pinned_workspaces: self.pinned_workspaces.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_into_an_address_is_read_from_it() {
        let pairs = [
            ("q", "ci@prod is:idle"),
            ("sort", "-used"),
            ("by", "team"),
            ("fold", "a b"),
            ("fold", "c"),
            ("key", "apikey_01JD8W3X7R5M2T9V6QZ0YHKC4E"),
            ("used", "90"),
        ];
        let query = Query::of(pairs);
        let written = query.pairs();
        let written = written.iter().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(written.collect::<Vec<_>>(), pairs);
        assert_eq!(Query::of([("by", "-")]).grouping, Grouping::None);
        for pair in [("sort", "x"), ("y", "z"), ("used", "0"), ("used", "366")] {
            assert_eq!(Query::of([pair]), Query::default());
        }
    }
}
