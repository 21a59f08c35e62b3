//! Packages from npm, by the lock beside each package.json.
//!
//! Three small sets, so that nobody waits for what they do not use: `style/` has fonts and icons,
//! `xtask/` has wasm-opt (release builds), `end2end/` has Playwright and axe (browser tests).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::files;
use crate::shell::{check, on_path, say};

/// Installs the packages of a folder if its lock changed since, and gives its `node_modules`.
pub(crate) fn install(folder: &Path) -> Result<PathBuf> {
    let lock = files::read(&folder.join("package-lock.json"))?;
    let modules = folder.join("node_modules");
    files::once(&modules.join(".keyrack"), &files::digest(&lock), || {
        if on_path(&["npm"]).is_none() {
            bail!(
                "npm is missing: install Node.js 20 or later, which brings it (https://nodejs.org)"
            );
        }
        let name = folder
            .file_name()
            .context("a folder has a name")?
            .to_string_lossy();
        say("npm", &format!("installing the packages of {name}/"));
        check(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(folder)
                // Browsers come from the system, never from Playwright.
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
        )
    })?;
    Ok(modules)
}
