//! What is open and what is closed, in whatever way a path is written.

use anyhow::{Result, ensure};

use super::Check;
use crate::proxies::bench::{Bench, bearer};
use crate::proxies::http::get;
use crate::proxies::listener::{QUESTION, YES};
use crate::proxies::readings::{outside, plain};
use crate::proxies::tricks::TARGETS;

pub(super) const CHECKS: [Check; 6] = [
    ("an open path asks nobody", open),
    ("no path leads round the question", round),
    ("no client chooses what Keyrack is asked", asked),
    ("what arrives can be read in one way only", decided),
    ("a path of one's own arrives as it was", kept),
    ("the location that asks is not for clients", asking),
];

fn open(bench: &Bench) -> Result<()> {
    for proxy in [bench.proxy, bench.misled] {
        bench.stand_in.seen();
        let seen = bench.passed(proxy, &get("/public/a%20b?c=/../d", &[]))?;
        let arrived = seen.target();
        ensure!(arrived == "/public/a%20b?c=/../d", "{arrived} arrived");
        ensure!(bench.stand_in.seen().is_empty(), "Keyrack was asked");
    }
    Ok(())
}

/// Without a token, nothing reaches the service that it might take for closed.
fn round(bench: &Bench) -> Result<()> {
    let mut passed = Vec::new();
    for target in TARGETS {
        let (answer, seen) = bench.send(bench.proxy, &get(target, &[]))?;
        for seen in &seen {
            let arrived = seen.request.target();
            let reading = outside(arrived);
            if let Some(reading) = reading {
                passed.push(format!("{target} as {arrived}, to be read as {reading}"));
            }
        }
        let odd = answer.status() == 0 || answer.status() >= 500;
        ensure!(!odd, "{target} is answered {:?}", answer.start);
    }
    ensure!(passed.is_empty(), "unasked: {passed:#?}");
    Ok(())
}

fn asked(bench: &Bench) -> Result<()> {
    bench.stand_in.answer(YES);
    bench.stand_in.seen();
    for target in TARGETS {
        bench.send(bench.misled, &get(target, &[]))?;
        for seen in bench.stand_in.seen() {
            let asked = seen.request.start;
            ensure!(asked == QUESTION, "{target} had it asked {asked}");
        }
    }
    Ok(())
}

/// With a token as well: whatever the proxy decided on, the service decides the same.
fn decided(bench: &Bench) -> Result<()> {
    let token = bearer(&bench.keys.granted);
    let mut odd = Vec::new();
    for target in TARGETS {
        let request = get(target, &[("Authorization", &token)]);
        let (_, seen) = bench.send(bench.proxy, &request)?;
        let arrived = seen.iter().map(|seen| seen.request.target());
        odd.extend(
            arrived
                .filter(|arrived| !plain(arrived))
                .map(|arrived| format!("{target} as {arrived}")),
        );
    }
    ensure!(odd.is_empty(), "to be read in several ways: {odd:#?}");
    Ok(())
}

fn kept(bench: &Bench) -> Result<()> {
    let token = bearer(&bench.keys.granted);
    for target in [
        "/",
        "/a%20b/%C3%BC/c.d..e?f=%2e%2e%2F;//..&g",
        "/workspaces/x:verb,(y)",
        "/publicity",
    ] {
        let seen = bench.passed(bench.proxy, &get(target, &[("Authorization", &token)]))?;
        let arrived = seen.target();
        ensure!(arrived == target, "{target} arrived as {arrived}");
    }
    Ok(())
}

fn asking(bench: &Bench) -> Result<()> {
    let token = bearer(&bench.keys.granted);
    for target in ["/keyrack", "/keyrack?workspace=x", "/v1/authorize"] {
        bench.refused(bench.proxy, &get(target, &[]))?;
        let request = get(target, &[("Authorization", &token)]);
        let (answer, _) = bench.send(bench.proxy, &request)?;
        let told = answer.all("x-keyrack-key-id");
        ensure!(told.is_empty(), "{target} told the client of {told:?}");
    }
    Ok(())
}
