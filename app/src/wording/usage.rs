//! What a key is used for, in words.

use contract::usage::Calls;
use contract::verdict::Denial;

use super::{counted, grouped};

/// "1 call", "1,204 calls".
pub(crate) fn calls(count: u64) -> String {
    counted(count, "call", "calls")
}

/// What the bars of the last hours say: "1,204 calls in the last 48 hours, 38 of them denied."
pub(crate) fn told_hours(hours: &[Calls]) -> String {
    let sum = |of: fn(&Calls) -> u64| hours.iter().map(of).sum::<u64>();
    let (all, denied) = (sum(|hour| hour.calls), sum(|hour| hour.denials));
    let span = format!("in the last {} hours", hours.len());
    match (all, denied) {
        (0, _) => format!("No call {span}."),
        (_, 0) => format!("{} {span}, none of them denied.", calls(all)),
        (1, _) => format!("1 call {span}, and it was denied."),
        _ if all == denied => format!("{} {span}, all of them denied.", calls(all)),
        _ => format!("{} {span}, {} of them denied.", calls(all), grouped(denied)),
    }
}

/// What one bar says: "12 calls", "12 calls, 3 denied".
pub(crate) fn told_hour(hour: &Calls) -> String {
    match hour.denials {
        0 => calls(hour.calls),
        denied => format!("{}, {} denied", calls(hour.calls), grouped(denied)),
    }
}

/// Why calls were denied, as a continuation of "denied because".
pub(crate) const fn because(code: Denial) -> &'static str {
    match code {
        Denial::Malformed => "the token was damaged",
        Denial::Unknown => "the token was not known",
        Denial::Revoked => "the token had been rotated away",
        Denial::Disabled => "the key was disabled",
        Denial::Expired => "the key had expired",
        Denial::WorkspaceUnknown => "there was no such workspace",
        Denial::WorkspaceArchived => "the workspace was archived",
        Denial::WorkspaceNotGranted => "the workspace was not granted",
        Denial::PermissionMissing => "the key does not hold the permission",
    }
}

#[cfg(test)]
mod tests {
    use contract::Timestamp;

    use super::*;

    fn hours(counts: &[(u64, u64)]) -> Vec<Calls> {
        let hour = |(calls, denials): &(u64, u64)| Calls {
            at: Timestamp::from_unix_millis(0),
            calls: *calls,
            denials: *denials,
        };
        counts.iter().map(hour).collect()
    }

    #[test]
    fn hours_are_summed_up_in_a_sentence() {
        let told = |counts: &[(u64, u64)]| told_hours(&hours(counts));
        assert_eq!(told(&[(0, 0), (0, 0)]), "No call in the last 2 hours.");
        assert_eq!(
            told(&[(1, 0), (0, 0)]),
            "1 call in the last 2 hours, none of them denied."
        );
        assert_eq!(
            told(&[(1, 1), (0, 0)]),
            "1 call in the last 2 hours, and it was denied."
        );
        assert_eq!(
            told(&[(1200, 30), (34, 8)]),
            "1,234 calls in the last 2 hours, 38 of them denied."
        );
        assert_eq!(
            told(&[(2, 2), (1, 1)]),
            "3 calls in the last 2 hours, all of them denied."
        );
    }
}
