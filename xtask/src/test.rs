//! `cargo xtask test`: everything that must hold. A part that fails does not hide the ones after it.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::count::Count;
use crate::postgres::Postgres;
use crate::project::{Mode, Project};
use crate::runner::{self, Outcome};
use crate::shell::say;
use crate::{fuzz, lint, proxies, server, site};

const PARTS: [&str; 7] = [
    "lint", "unit", "store", "rest", "fuzz", "proxies", "browser",
];

/// What was found so far.
#[derive(Default)]
struct Report {
    count: Count,
    /// Whether a runner was asked at all; the lints count nothing.
    counted: bool,
    failed: Vec<String>,
}

impl Report {
    fn note(&mut self, part: &str, outcome: Result<Option<Outcome>>) {
        let problem = match outcome {
            Ok(None) => None,
            Ok(Some(outcome)) => {
                self.counted = true;
                self.count += outcome.count;
                match outcome {
                    Outcome { count, .. } if !count.ran() && count.skipped == 0 => {
                        Some("ran no test".to_owned())
                    }
                    Outcome { count, content } if !content || count.failed > 0 => {
                        Some(format!("{} failed", count.failed))
                    }
                    _ => None,
                }
            }
            Err(error) => Some(format!("{error:#}")),
        };
        say(
            "test",
            &format!("{part}: {}", problem.as_deref().unwrap_or("passed")),
        );
        self.failed
            .extend(problem.map(|problem| format!("{part}: {problem}")));
    }
}

pub(crate) fn test(project: &Project, words: &[String], options: &[String]) -> Result<ExitCode> {
    if let Some(word) = words.iter().find(|word| !PARTS.contains(&word.as_str())) {
        bail!("no such part: {word}; there are {}", PARTS.join(", "));
    }
    let asked = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    let mut report = Report::default();

    if asked("lint") {
        report.note("lint", lint::lint(project).map(|()| None));
    }
    // The pages that the REST and browser tests ask for name the files of the site.
    let tried = ["fuzz", "proxies", "browser"].into_iter().any(&asked);
    if asked("rest") || (tried && server::ready().is_none()) {
        report.note("site", site::build(project, Mode::Dev).map(|()| None));
    }
    for (part, selection) in selections(project, asked) {
        let outcome = Postgres::provide()
            .context("PostgreSQL for the store tests")
            .and_then(|postgres| runner::rust(project, &postgres, &selection));
        report.note(&part, outcome.map(Some));
    }
    let server = || server::ready().map_or_else(|| server::build(project, Mode::Dev), Ok);
    if asked("fuzz") {
        let outcome = server().and_then(|server| fuzz::fuzz(project, &server));
        report.note("fuzz", outcome.map(Some));
    }
    if asked("proxies") {
        let outcome = server().and_then(|server| proxies::proxies(project, &server));
        report.note("proxies", outcome.map(Some));
    }
    if asked("browser") {
        let outcome = server().and_then(|server| runner::playwright(project, &server, options));
        report.note("browser", outcome.map(Some));
    }

    for failure in &report.failed {
        say("FAILED", failure);
    }
    if report.counted {
        println!("{}", report.count);
    }
    Ok(if report.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Cargo's options for each run of Rust tests: one run when all are asked for, so that the crates are
/// compiled and linked once. Never the package of the browser's half, whose features exclude the
/// server's.
fn selections(project: &Project, asked: impl Fn(&str) -> bool) -> Vec<(String, Vec<&str>)> {
    let workspace = ["--workspace", "--exclude", &project.lib_package];
    let each: [(&str, Vec<&str>); 3] = [
        ("unit", [&workspace[..], &["--lib", "--bins"]].concat()),
        (
            "store",
            vec!["--package", "keyring", "--package", "migrations"],
        ),
        ("rest", vec!["--package", &project.bin_package]),
    ];
    if each.iter().all(|(part, _)| asked(part)) {
        return vec![("unit, store, rest".to_owned(), workspace.to_vec())];
    }
    let chosen = each.into_iter().filter(|(part, _)| asked(part));
    chosen
        .map(|(part, selection)| (part.to_owned(), selection))
        .collect()
}
