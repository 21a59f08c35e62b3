//! The native half: the server's binary.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::project::{Mode, Project};
use crate::shell::{check, say};

/// Builds the server and gives the path of its binary.
pub(crate) fn build(project: &Project, mode: Mode) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(&project.root)
        .args(["build", "--package", &project.bin_package]);
    let folder = match mode {
        Mode::Dev => "debug",
        Mode::Release => {
            cargo.arg("--release");
            "release"
        }
    };
    say("server", &format!("compiling {} ({folder})", project.bin));
    check(&mut cargo)?;
    Ok(project
        .target
        .join(folder)
        .join(format!("{}{}", project.bin, std::env::consts::EXE_SUFFIX)))
}
