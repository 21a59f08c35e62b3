//! The native half: the server's binary.

use std::env;
use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::project::{Mode, Project};
use crate::shell::{check, say};

/// Builds the server and gives the path of its binary.
pub(crate) fn build(project: &Project, mode: Mode) -> Result<PathBuf> {
    let folder = compile(project, mode, &project.bin, &[])?;
    Ok(folder.join(format!("{}{}", project.bin, EXE_SUFFIX)))
}

/// A server that was built before, to be tested or measured as it is: `KEYRACK_BIN` names it.
pub(crate) fn ready() -> Option<PathBuf> {
    let path = env::var_os("KEYRACK_BIN").filter(|path| !path.is_empty())?;
    Some(PathBuf::from(path))
}

/// Builds an example of the server's package and gives the path of its binary.
pub(crate) fn example(project: &Project, mode: Mode, name: &str) -> Result<PathBuf> {
    let folder = compile(project, mode, name, &["--example", name])?;
    Ok(folder.join(format!("examples/{name}{EXE_SUFFIX}")))
}

fn compile(project: &Project, mode: Mode, what: &str, options: &[&str]) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(&project.root)
        .args(["build", "--package", &project.bin_package])
        .args(options);
    let folder = match mode {
        Mode::Dev => "debug",
        Mode::Release => {
            cargo.arg("--release");
            "release"
        }
    };
    say("server", &format!("compiling {what} ({folder})"));
    check(&mut cargo)?;
    Ok(project.target.join(folder))
}
