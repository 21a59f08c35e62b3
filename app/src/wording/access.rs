//! What is done to the matrix, in words.

use contract::access::AccessApplied;
use matrix::{Outcome, Summary};

use super::{counted, grouped, listed};

/// "1 cell", "5,000 cells".
pub(crate) fn cells(count: usize) -> String {
    counted(count as u64, "cell", "cells")
}

/// What an edit staged: "12 grants and 3 revocations staged. 2 cells were left as they are: they cannot be
/// changed."
pub(crate) fn staged(outcome: Outcome) -> String {
    let changes = changes(outcome.granted, outcome.revoked);
    let said = if changes.is_empty() {
        "Nothing to change.".to_owned()
    } else {
        format!("{} staged.", listed(&changes))
    };
    if outcome.locked == 0 {
        return said;
    }
    let verb = if outcome.locked == 1 { "was" } else { "were" };
    let cells = cells(outcome.locked);
    format!("{said} {cells} {verb} left alone: not yours to change.")
}

/// "12 grants", "3 revocations", as far as there are any.
fn changes(granted: usize, revoked: usize) -> Vec<String> {
    let grants = (granted > 0).then(|| counted(granted as u64, "grant", "grants"));
    let revocations = (revoked > 0).then(|| counted(revoked as u64, "revocation", "revocations"));
    grants.into_iter().chain(revocations).collect()
}

/// Where the staged changes are: "5 keys, 8 workspaces".
pub(crate) fn spread(summary: Summary) -> String {
    let keys = counted(summary.keys as u64, "key", "keys");
    if summary.workspaces == 0 {
        return keys;
    }
    let workspaces = counted(summary.workspaces as u64, "workspace", "workspaces");
    format!("{keys}, {workspaces}")
}

/// What a review is about: "6 grants and 2 revocations on 5 keys."
pub(crate) fn reviewed(summary: Summary) -> String {
    let cells = changes(summary.grants, summary.revocations);
    let wholes = (summary.wholes > 0).then(|| {
        let times = counted(summary.wholes as u64, "change", "changes");
        format!("{times} of “all workspaces”")
    });
    let words: Vec<String> = cells.into_iter().chain(wholes).collect();
    let keys = counted(summary.keys as u64, "key", "keys");
    format!("{} on {keys}.", listed(&words))
}

/// What applying did: "6 grants and 2 revocations applied."
pub(crate) fn applied(applied: &AccessApplied) -> String {
    let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let cells = changes(count(applied.granted), count(applied.revoked));
    let keys = (applied.keys > 0).then(|| {
        format!(
            "“all workspaces” of {}",
            counted(applied.keys, "key", "keys")
        )
    });
    let words: Vec<String> = cells.into_iter().chain(keys).collect();
    if words.is_empty() {
        "Everything was so already.".to_owned()
    } else {
        format!("{} applied.", listed(&words))
    }
}

/// A count with its sign, as the bar has it: "+12", "−3".
pub(crate) fn signed(sign: char, count: usize) -> String {
    format!("{sign}{}", grouped(count as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_staged_is_said_in_numbers() {
        let told = |granted, revoked, locked| {
            staged(Outcome {
                granted,
                revoked,
                locked,
            })
        };
        assert_eq!(told(1, 0, 0), "1 grant staged.");
        assert_eq!(told(1200, 3, 0), "1,200 grants and 3 revocations staged.");
        assert_eq!(
            told(0, 0, 1),
            "Nothing to change. 1 cell was left alone: not yours to change."
        );
    }

    #[test]
    fn what_is_staged_is_summed_up() {
        let summary = Summary {
            grants: 6,
            revocations: 2,
            wholes: 1,
            keys: 5,
            workspaces: 8,
        };
        assert_eq!(spread(summary), "5 keys, 8 workspaces");
        assert_eq!(
            reviewed(summary),
            "6 grants, 2 revocations and 1 change of “all workspaces” on 5 keys."
        );
    }
}
