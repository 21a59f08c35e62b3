//! Forward-auth with real proxies: nginx and Caddy, each with the configuration that `docs/proxies` has
//! for it, in front of a service that says what it was sent. What is documented is what is tested.

mod bench;
mod checks;
mod http;
mod keys;
mod listener;
mod program;
mod readings;
mod tricks;

use std::path::Path;

use anyhow::{Context, Result};

use crate::count::Count;
use crate::project::Project;
use crate::runner::Outcome;
use crate::shell::say;
use crate::trial::Trial;
use bench::Bench;
use checks::Check;
use keys::Keys;
use listener::Listener;
use program::{Kind, Proxy};

pub(crate) fn proxies(project: &Project, binary: &Path) -> Result<Outcome> {
    let kinds = [Kind::Nginx, Kind::Caddy];
    let mut count = Count::default();
    let mut programs = Vec::new();
    for kind in kinds {
        match kind.provide() {
            Some(program) => programs.push((kind, program)),
            None => count.skipped += 1,
        }
    }
    let mut trial = Trial::new(binary, None)?;
    trial.demo(4, 3, 0)?;
    let issuer = trial.issue("issuer", &["*"])?;
    trial.serve()?;
    let keys = Keys::make(&trial, issuer).context("making keys to try")?;
    let (service, stand_in) = (Listener::start()?, Listener::start()?);
    for (kind, program) in &programs {
        let start = |keyrack, question: &str| {
            Proxy::start(
                project,
                (*kind, program),
                keyrack,
                service.address,
                question,
            )
            .with_context(|| format!("starting {}", kind.name()))
        };
        let whose = format!("workspace={}", keys.workspace);
        let proxy = start(trial.address, &format!("{whose}&permission=tools:read"))?;
        let lenient = start(trial.address, &whose)?;
        let misled = start(stand_in.address, listener::ASKED)?;
        let bench = Bench {
            keys: &keys,
            service: &service,
            stand_in: &stand_in,
            proxy: &proxy,
            lenient: &lenient,
            misled: &misled,
        };
        count += run(kind.name(), &checks::all(), &bench);
        trial.stop();
        count += run(kind.name(), &checks::stopped(), &bench);
        trial.serve()?;
    }
    Ok(Outcome {
        count,
        content: true,
    })
}

/// All of them, whatever fails, and how each of them ended.
fn run(proxy: &str, checks: &[Check], bench: &Bench) -> Count {
    let mut count = Count::default();
    for (name, check) in checks {
        match check(bench) {
            Ok(()) => {
                say("PASS", &format!("{proxy}: {name}"));
                count.passed += 1;
            }
            Err(error) => {
                say("FAIL", &format!("{proxy}: {name}: {error:#}"));
                count.failed += 1;
            }
        }
    }
    count
}
