//! The browser for the tests: Chromium of the system, never a download by Playwright.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::apt;
use crate::shell::on_path;

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// The path of a Chromium: `CHROMIUM_PATH`, else the one installed, else a fresh one where allowed.
pub(crate) fn provide() -> Result<PathBuf> {
    if let Some(path) = env::var_os("CHROMIUM_PATH").filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        if path.is_file() {
            return Ok(path);
        }
        bail!("CHROMIUM_PATH names no file: {}", path.display());
    }
    if let Some(path) = on_path(&NAMES) {
        return Ok(path);
    }
    let missing = "no Chromium for the browser tests (CHROMIUM_PATH may name one)";
    apt::install(&["chromium"], missing)?;
    match on_path(&NAMES) {
        Some(path) => Ok(path),
        None => bail!("{missing}"),
    }
}
