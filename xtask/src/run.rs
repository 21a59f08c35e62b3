//! `cargo xtask run`: build what changed, then become the server.

use std::convert::Infallible;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::product;
use crate::project::{Mode, Project};
use crate::shell::{say, shown};

/// Never returns when all is well: the server takes over this process, so that Ctrl-C, signals and
/// its exit code are the server's own.
pub(crate) fn run(project: &Project, mode: Mode, flags: &[String]) -> Result<Infallible> {
    let mut server = Command::new(product::build(project, mode)?);
    server.args(flags).current_dir(&project.root);
    say("run", &shown(&server));
    let error = server.exec();
    Err(error).with_context(|| format!("starting `{}`", shown(&server)))
}
