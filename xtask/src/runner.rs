//! The two test runners: nextest (or, where it is not installed, `cargo test`) and Playwright.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::count::{self, Count};
use crate::postgres::{self, Postgres};
use crate::project::Project;
use crate::shell::{check, on_path, overheard, say, shown, status};
use crate::{chromium, npm};

/// The outcome of a runner: what it counted, and whether it was content.
pub(crate) struct Outcome {
    pub(crate) count: Count,
    pub(crate) content: bool,
}

/// Runs Rust tests; `selection` are cargo's own options for packages and targets.
pub(crate) fn rust(project: &Project, postgres: &Postgres, selection: &[&str]) -> Result<Outcome> {
    let nextest = on_path(&["cargo-nextest"]).is_some();
    let mut cargo = Command::new("cargo");
    if nextest {
        cargo.args(["nextest", "run"]);
    } else {
        cargo.args(["test", "--no-fail-fast"]);
    }
    cargo
        .args(selection)
        .current_dir(&project.root)
        .env(postgres::URL, &postgres.url);
    say("test", &shown(&cargo));
    let (exit, output) = overheard(&mut cargo)?;
    let count = if nextest {
        count::nextest(&output)
    } else {
        count::libtest(&output)
    };
    let count = count.with_context(|| format!("`{}` ran no tests ({exit})", shown(&cargo)))?;
    Ok(Outcome {
        count,
        content: exit.success(),
    })
}

/// Runs the journeys in Chromium against a built server; `options` go to Playwright.
pub(crate) fn playwright(project: &Project, server: &Path, options: &[String]) -> Result<Outcome> {
    let modules = npm::install(&project.end2end)?;
    let chromium = chromium::provide()?;
    say("test", "types of the journeys");
    check(
        Command::new("node")
            .arg(modules.join("typescript/bin/tsc"))
            .current_dir(&project.end2end),
    )?;
    let report = project.target.join("playwright.json");
    match fs::remove_file(&report) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut playwright = Command::new("node");
    playwright
        .arg(modules.join("@playwright/test/cli.js"))
        .args(["test", "--reporter=list,json"])
        .args(options)
        .current_dir(&project.end2end)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .env("CHROMIUM_PATH", &chromium)
        .env("KEYRACK_BIN", server);
    say(
        "test",
        &format!(
            "playwright test, with {} and {}",
            chromium.display(),
            server.display()
        ),
    );
    let exit = status(&mut playwright)?;
    let Ok(text) = fs::read(&report) else {
        bail!("Playwright wrote no report ({exit})");
    };
    let count =
        count::playwright(&serde_json::from_slice(&text)?).context("Playwright's report")?;
    Ok(Outcome {
        count,
        content: exit.success(),
    })
}
