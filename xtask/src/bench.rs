//! `cargo xtask bench`: numbers that people ask for, printed, never asserted: a time on somebody
//! else's machine proves nothing, which is why times are shown as a ratio of two taken in one run.

mod first_byte;
mod lists;
mod matrix;
mod size;
mod times;
mod verify;
mod wrk;

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::{dist, server};

/// A measurement of a finished build, whose file is built first, or named by `KEYRACK_BIN`.
type Bench = fn(&Project, &Path) -> Result<()>;

const BENCHES: [(&str, Bench); 5] = [
    ("size", size::size),
    ("first-byte", first_byte::first_byte),
    ("lists", lists::lists),
    ("matrix", matrix::matrix),
    ("verify", verify::verify),
];

pub(crate) fn bench(project: &Project, names: &[String]) -> Result<()> {
    let known = |name: &String| BENCHES.iter().any(|(known, _)| known == name);
    if let Some(name) = names.iter().find(|name| !known(name)) {
        bail!(
            "no such measurement: {name}; there are {}",
            BENCHES.map(|(name, _)| name).join(", ")
        );
    }
    let binary = match server::ready() {
        Some(binary) => binary,
        None => dist::dist(project)?,
    };
    for (name, measure) in BENCHES {
        if names.is_empty() || names.iter().any(|asked| asked == name) {
            measure(project, &binary).with_context(|| format!("measuring {name}"))?;
        }
    }
    Ok(())
}
