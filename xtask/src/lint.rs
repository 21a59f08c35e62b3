//! Format and lints, for both targets: `ssr` code is only seen by the native compiler, `hydrate` code
//! only by the one for the browser.

use std::process::Command;

use anyhow::Result;

use crate::project::{Mode, Project};
use crate::shell::{check, say};
use crate::wasm_target;

pub(crate) fn lint(project: &Project) -> Result<()> {
    say("lint", "cargo fmt --check");
    check(
        Command::new("cargo")
            .args(["fmt", "--all", "--check"])
            .current_dir(&project.root),
    )?;

    say("lint", "clippy, native");
    check(
        Command::new("cargo")
            .args(["clippy", "--workspace", "--all-targets"])
            // Its features and the server's exclude each other.
            .args(["--exclude", &project.lib_package])
            .args(["--", "-D", "warnings"])
            .current_dir(&project.root),
    )?;

    say("lint", "clippy, for the browser");
    let toolchain = wasm_target::provide(project)?;
    toolchain.provide_clippy()?;
    check(
        toolchain
            .cargo(project)?
            .args(["clippy", "--package", &project.lib_package, "--lib"])
            .args([
                "--target",
                wasm_target::TARGET,
                "--profile",
                project.lib_profile(Mode::Dev),
            ])
            .arg("--target-dir")
            .arg(project.front_target())
            .args(["--", "-D", "warnings"]),
    )
}
