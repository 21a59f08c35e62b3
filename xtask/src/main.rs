//! The project's tasks: `cargo xtask run | test | build | dist | bench`.
//!
//! This crate turns a fresh clone into a running product with two commands, and nothing else: what a
//! step needs (the WASM target, npm packages, Chromium, PostgreSQL) it finds, installs, or names with
//! the command that installs it. It has few and light dependencies, so that it starts in seconds, and
//! it does what `cargo leptos` would do (reading the same table) without the twenty minutes that
//! building `cargo leptos` takes on two cores.
//!
//! The map, in the order of a build:
//!
//! - [`project`]: names and folders, from `cargo metadata`; [`shell`]: running other programs.
//! - [`wasm_target`]: a compiler for WASM; [`apt`]: system packages, where we may install them.
//! - [`npm`]: packages by their lock; [`frontend`]: the browser's half, compiled, bound, made small.
//! - [`styles`], [`icons`], [`site`]: the folder that the server serves.
//! - [`server`]: the binary; [`product`]: both; [`run`], [`dist`], [`bench`]: what is done with it; [`trial`]: one to try.
//! - [`test`] with [`lint`], [`runner`], [`fuzz`], [`proxies`] and [`count`]; [`postgres`] and [`chromium`] for the tests.

mod apt;
mod bench;
mod chromium;
mod count;
mod dist;
mod files;
mod frontend;
mod fuzz;
mod icons;
mod lint;
mod npm;
mod postgres;
mod product;
mod project;
mod proxies;
mod run;
mod runner;
mod server;
mod shell;
mod site;
mod styles;
mod test;
mod trial;
mod wasm_target;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::project::{Mode, Project};

const HELP: &str = "\
Tasks of the project.

    cargo xtask <task> [options]

Tasks
    run [--release] [-- FLAGS]   build the console and the server, then start it; FLAGS go to the server
                                 (`-- --listen 127.0.0.1:4000`, `-- demo`; `-- --help` lists them)
    build [--release]            the same without starting it
    dist                         one self-contained file: target/dist/keyrack
    test [PART]...               everything that must hold, or only the named parts:
        lint                       cargo fmt --check; clippy for native code and for WASM
        unit                       tests inside the crates
        store                      keyring and migrations, on SQLite and on PostgreSQL
        rest                       the server over HTTP
        fuzz                       REST against its own description (Schemathesis, from PyPI)
        proxies                    what docs/proxies has for nginx and Caddy, with both of them
        browser                    journeys in Chromium; what follows `--` goes to Playwright
                                   (`test browser -- keys.spec.ts --headed`)
    bench [NAME]...              measure a dist build: size, first-byte, lists, matrix, verify; all without a name
    help                         this text

Environment
    CARGO_TARGET_DIR      where cargo builds (the site is always below target/site of this clone)
    CHROMIUM_PATH         the Chromium for the browser tests, else the one installed
    TEST_POSTGRES_URL     a PostgreSQL for the store tests whose user may create databases,
                          else a throw-away cluster is started
    KEYRACK_BIN           for `test browser`, `fuzz` and `proxies`: an already built server, for instance target/dist/keyrack
    KEYRACK_WASM          for trying the set-up: `rustup` or `debian` allows only that toolchain for WASM
";

fn main() -> ExitCode {
    match task(std::env::args().skip(1).collect()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn task(mut words: Vec<String>) -> Result<ExitCode> {
    let passed_on = words.iter().position(|word| word == "--").map(|at| {
        let tail = words.split_off(at);
        tail[1..].to_vec()
    });
    let passed_on = passed_on.unwrap_or_default();
    let mut words = words.into_iter();
    let Some(task) = words.next() else {
        print!("{HELP}");
        return Ok(ExitCode::from(2));
    };
    let words: Vec<String> = words.collect();
    if matches!(task.as_str(), "help" | "--help" | "-h")
        || words.iter().any(|word| word == "--help")
    {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let project = Project::read().context("reading the workspace")?;
    match task.as_str() {
        "run" => run::run(&project, mode(&words)?, &passed_on).map(|never| match never {}),
        "build" => {
            product::build(&project, mode(&words)?)?;
            Ok(ExitCode::SUCCESS)
        }
        "dist" if words.is_empty() => {
            dist::dist(&project)?;
            Ok(ExitCode::SUCCESS)
        }
        "test" => test::test(&project, &words, &passed_on),
        "bench" => {
            bench::bench(&project, &words)?;
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!("no such task: {task} {}\n\n{HELP}", words.join(" ")),
    }
}

fn mode(words: &[String]) -> Result<Mode> {
    match words {
        [] => Ok(Mode::Dev),
        [word] if word == "--release" => Ok(Mode::Release),
        _ => bail!("expected nothing or --release, found: {}", words.join(" ")),
    }
}
