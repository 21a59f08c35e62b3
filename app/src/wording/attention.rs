//! What deserves a look, in words.

use contract::attention::Attention;

use super::counted;

/// The name of the view that shows it.
pub(crate) const fn view(attention: Attention) -> &'static str {
    match attention {
        Attention::OldTokenCalled => "In grace, still called",
        Attention::Expiring1d => "Expiring in 1 d",
        Attention::Expiring7d => "Expiring in 7 d",
        Attention::Expiring30d => "Expiring in 30 d",
        Attention::Idle90d => "Idle > 90 d",
        Attention::NeverUsed => "Never used",
        Attention::AllWorkspaces => "All workspaces",
        Attention::FullAccess => "Holds *",
    }
}

/// What the list says of a key that nobody has used in a long time.
pub(crate) fn idle(days: u64) -> String {
    format!("Idle {}", counted(days, "day", "days"))
}

/// What the heading says of those that end by themselves unless somebody does something.
pub(crate) fn need(keys: u64) -> Option<String> {
    match keys {
        0 => None,
        1 => Some(" 1 needs attention.".to_owned()),
        _ => Some(format!(" {} need attention.", super::grouped(keys))),
    }
}
