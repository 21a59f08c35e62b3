//! The order of the rows.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use contract::Invalid;

use super::Arrangement;
use crate::bits::Mask;
use crate::board::Board;

/// By what rows are sorted; ties stay as they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    pub by: SortBy,
    pub reversed: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Oldest first.
    #[default]
    Made,
    /// In any case, then by code point.
    Name,
    /// Those that reach most of the workspaces that are shown first; before them those that reach all.
    Reach,
    /// The latest use first; those never used last.
    LastUsed,
}

const NAMES: [(&str, SortBy); 4] = [
    ("made", SortBy::Made),
    ("name", SortBy::Name),
    ("reach", SortBy::Reach),
    ("used", SortBy::LastUsed),
];

impl fmt::Display for Sort {
    /// For the URL: `name`, or `-name` for the reverse.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, by)| *by == self.by);
        let sign = if self.reversed { "-" } else { "" };
        write!(f, "{sign}{}", name.map_or("", |(name, _)| name))
    }
}

impl FromStr for Sort {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (name, reversed) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        let found = NAMES.iter().find(|(known, _)| *known == name);
        let found = found.map(|(_, by)| Self { by: *by, reversed });
        found.ok_or_else(|| Invalid::new("sort by made, name, reach or used"))
    }
}

/// The keys that are let through, pinned ones first.
pub(super) fn rows(
    board: &Board,
    arrangement: &Arrangement,
    keys: &Mask,
    workspaces: &Mask,
) -> Vec<usize> {
    let matrix = board.matrix();
    let mut rows: Vec<usize> = keys.iter().collect();
    let key = |at: usize| &matrix.keys()[at];
    match arrangement.sort.by {
        SortBy::Made => {}
        SortBy::Name => rows.sort_by_key(|at| (&key(*at).folded, &key(*at).row.name)),
        SortBy::Reach => rows.sort_by_cached_key(|at| {
            Reverse((board.reaches_all(*at), board.reach(*at, workspaces).on))
        }),
        SortBy::LastUsed => rows.sort_by_key(|at| Reverse(key(*at).row.last_used_at)),
    }
    if arrangement.sort.reversed {
        rows.reverse();
    }
    let pinned = |at: &usize| {
        let id = key(*at).row.id;
        let pinned = arrangement
            .pinned_keys
            .iter()
            .position(|pinned| *pinned == id);
        pinned.unwrap_or(usize::MAX)
    };
    if !arrangement.pinned_keys.is_empty() {
        rows.sort_by_cached_key(pinned);
    }
    rows
}
