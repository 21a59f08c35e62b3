//! What deserves a look, in words.

use contract::attention::Attention;

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
