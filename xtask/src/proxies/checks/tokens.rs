//! Whom Keyrack lets through, and what others are answered.

use anyhow::{Result, ensure};

use super::Check;
use crate::proxies::bench::{Bench, bearer, identified};
use crate::proxies::http::{get, request};

pub(super) const CHECKS: [Check; 10] = [
    ("a granted key gets through, by name", granted),
    ("no token is a 401 with the challenge", missing),
    ("a token that never was is a 401", nonsense),
    ("another scheme is a 401", scheme),
    ("a revoked key is a 401 at once", revoked),
    ("a disabled key is a 401 at once", disabled),
    ("a key of another workspace is a 403", elsewhere),
    ("a key without the permission is a 403", powerless),
    ("of two tokens none is believed", doubled),
    ("every method is asked about", methods),
];

fn granted(bench: &Bench) -> Result<()> {
    let token = bearer(&bench.keys.granted);
    let seen = bench.passed(bench.proxy, &get("/a", &[("Authorization", &token)]))?;
    identified(&seen, &bench.keys.identity.each_ref().map(String::as_str))
}

fn missing(bench: &Bench) -> Result<()> {
    expect(bench, &[], 401)
}

fn nonsense(bench: &Bench) -> Result<()> {
    expect(bench, &["Bearer nonsense"], 401)?;
    expect(bench, &["Bearer"], 401)?;
    expect(bench, &[""], 401)
}

fn scheme(bench: &Bench) -> Result<()> {
    expect(bench, &[&format!("Basic {}", bench.keys.granted)], 401)?;
    expect(bench, &[&bench.keys.granted], 401)
}

fn revoked(bench: &Bench) -> Result<()> {
    ended(bench, "DELETE", "")
}

fn disabled(bench: &Bench) -> Result<()> {
    ended(bench, "POST", ":disable")
}

fn elsewhere(bench: &Bench) -> Result<()> {
    expect(bench, &[&bearer(&bench.keys.elsewhere)], 403)
}

fn powerless(bench: &Bench) -> Result<()> {
    expect(bench, &[&bearer(&bench.keys.powerless)], 403)
}

fn doubled(bench: &Bench) -> Result<()> {
    let (good, bad) = (bearer(&bench.keys.granted), bearer(&bench.keys.elsewhere));
    for pair in [[&good, &bad], [&bad, &good], [&good, &good]] {
        let headers = pair.map(|token| ("Authorization", token.as_str()));
        let answer = bench.refused(bench.proxy, &get("/a", &headers))?;
        ensure!(
            matches!(answer.status(), 400 | 401),
            "the answer is {:?}",
            answer.start
        );
    }
    Ok(())
}

fn methods(bench: &Bench) -> Result<()> {
    for method in ["HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND", "GETS"] {
        let request = request(method, "/a", &[("Content-Length", "0")], b"");
        bench.refused(bench.proxy, &request)?;
    }
    Ok(())
}

/// These tokens, each in a header of its own, must be answered with this status.
fn expect(bench: &Bench, tokens: &[&str], status: u16) -> Result<()> {
    let headers: Vec<_> = tokens
        .iter()
        .map(|token| ("Authorization", *token))
        .collect();
    let answer = bench.refused(bench.proxy, &get("/a", &headers))?;
    ensure!(
        answer.status() == status,
        "{tokens:?} is answered {:?} and not {status}",
        answer.start
    );
    let challenge = answer.all("www-authenticate");
    ensure!(
        status != 401 || challenge.iter().any(|said| said.starts_with("Bearer")),
        "{tokens:?} is answered with the challenge {challenge:?}"
    );
    Ok(())
}

/// A key that is good and then is not.
fn ended(bench: &Bench, method: &str, verb: &str) -> Result<()> {
    let (token, end) = bench.keys.mortal(method, verb)?;
    let token = bearer(&token);
    bench.passed(bench.proxy, &get("/a", &[("Authorization", &token)]))?;
    end()?;
    expect(bench, &[&token], 401)
}
