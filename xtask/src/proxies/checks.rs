//! What must hold behind each proxy, each under the name of what it promises.

mod bodies;
mod failures;
mod identity;
mod paths;
mod tokens;

use anyhow::Result;

use super::bench::Bench;

pub(super) type Check = (&'static str, fn(&Bench) -> Result<()>);

/// While Keyrack runs.
pub(super) fn all() -> Vec<Check> {
    [
        &tokens::CHECKS[..],
        &identity::CHECKS,
        &paths::CHECKS,
        &bodies::CHECKS,
        &failures::CHECKS,
    ]
    .concat()
}

/// After Keyrack was stopped.
pub(super) fn stopped() -> Vec<Check> {
    failures::STOPPED.to_vec()
}
