//! How the matrix feels with 10,000 keys and 500 workspaces: ready, scrolling, painting, applying, in
//! Chromium. What is measured and how stands in `end2end/bench`.

use std::path::Path;

use anyhow::{Result, bail};

use crate::project::Project;
use crate::runner;

pub(crate) fn matrix(project: &Project, binary: &Path) -> Result<()> {
    let config = ["--config", "bench/playwright.config.ts"].map(str::to_owned);
    let outcome = runner::playwright(project, binary, &config)?;
    if !outcome.content {
        bail!("the measurement did not come to its end");
    }
    Ok(())
}
