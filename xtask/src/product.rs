//! The whole product: the browser's half and the server.

use std::path::PathBuf;
use std::thread;

use anyhow::{Result, anyhow};

use crate::project::{Mode, Project};
use crate::{server, site};

/// Builds both halves and gives the path of the server's binary.
pub(crate) fn build(project: &Project, mode: Mode) -> Result<PathBuf> {
    if mode == Mode::Release {
        // The site becomes part of the binary.
        site::build(project, mode)?;
        return server::build(project, mode);
    }
    // At once: each half has crates that everything else of it waits for, so alone it would leave a core
    // with nothing to do.
    thread::scope(|scope| {
        let server = scope.spawn(|| server::build(project, mode));
        let site = site::build(project, mode);
        let server = server.join();
        site?;
        server.map_err(|_| anyhow!("building the server panicked"))?
    })
}
