//! System packages, on Debian and its descendants, when we are root (containers, CI): only there is
//! installing something without asking what anyone would do by hand anyway.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{check, is_root, on_path, say, status};

/// Installs packages, or fails with the command a person would type and the reason for it.
pub(crate) fn install(packages: &[&str], why: &str) -> Result<()> {
    let names = packages.join(" ");
    if on_path(&["apt-get"]).is_none() {
        bail!("{why}. Debian has it in: {names}. Install your system's equivalent.");
    }
    if !is_root() {
        bail!("{why}. Install it: sudo apt-get install --no-install-recommends {names}");
    }
    say("apt", &format!("{why}: installing {names}"));
    let mut get = Command::new("apt-get");
    get.args(["install", "--yes", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    if status(&mut get)?.success() {
        return Ok(());
    }
    say(
        "apt",
        "fetching the package lists, which a fresh container does not have",
    );
    check(Command::new("apt-get").arg("update"))?;
    check(&mut get)
}
