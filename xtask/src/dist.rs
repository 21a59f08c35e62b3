//! `cargo xtask dist`: the product as one file.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::product;
use crate::project::{Mode, Project};
use crate::shell::say;

/// Builds the site, then the server around it, and gives the path of the finished file.
pub(crate) fn dist(project: &Project) -> Result<PathBuf> {
    let binary = product::build(project, Mode::Release)?;
    let file = path(project);
    let folder = file.parent().context("the file lies in a folder")?;
    fs::create_dir_all(folder)?;
    // Removed first: a file that is being run cannot be written, but it can be replaced.
    let _ = fs::remove_file(&file);
    fs::copy(&binary, &file).with_context(|| format!("copying {}", binary.display()))?;
    say(
        "dist",
        &format!(
            "{} ({})",
            file.display(),
            megabytes(fs::metadata(&file)?.len())
        ),
    );
    Ok(file)
}

/// Where the finished file lies: below the workspace wherever cargo builds, so that people find it.
pub(crate) fn path(project: &Project) -> PathBuf {
    project.root.join("target/dist").join(&project.bin)
}

/// In megabytes with one decimal, by integers.
pub(crate) fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
