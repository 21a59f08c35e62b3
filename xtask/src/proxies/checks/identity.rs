//! What the service is told of the caller comes from Keyrack, whatever the client sends.

use anyhow::{Context, Result, ensure};

use super::Check;
use crate::proxies::bench::{Bench, bearer, identified};
use crate::proxies::http::{get, request};
use crate::proxies::keys::HEADERS;
use crate::proxies::listener::YES;

pub(super) const CHECKS: [Check; 7] = [
    ("forged headers are replaced", replaced),
    ("forged headers do not reach an open path", open),
    ("forged headers do not fill empty ones", empty),
    ("forged headers do not fill missing ones", absent),
    ("forged trailers do not get through", trailers),
    ("no client takes headers out", taken),
    ("the client's address is the one it has", address),
];

const FORGED: &str = "forged";

/// In spellings that a proxy or a service might take for the same.
fn spellings(name: &str) -> Vec<String> {
    vec![
        name.to_owned(),
        name.to_lowercase(),
        name.to_uppercase(),
        name.replace('-', "_"),
        name.replace('-', "."),
        name.replace('-', "~"),
        name.replacen('-', "!", 1),
        name.replacen('-', "_", 1),
        name.to_lowercase().replace("k-", "k_"),
        name.replace("Keyrack", "kEYRACK").replace("k-", "k_"),
    ]
}

/// Each spelling alone, twice, and all of them at once.
fn forgeries() -> Vec<Vec<String>> {
    let each = HEADERS.iter().flat_map(|name| spellings(name));
    let mut forgeries: Vec<_> = each.map(|name| vec![name.clone(), name]).collect();
    forgeries.push(forgeries.concat());
    forgeries
}

fn forged(names: &[String], token: Option<&str>, target: &str) -> Vec<u8> {
    let mut headers: Vec<_> = names.iter().map(|name| (name.as_str(), FORGED)).collect();
    // Both before and after the token.
    let token = token.map(|token| ("Authorization", token));
    headers.splice(1..1, token);
    get(target, &headers)
}

fn replaced(bench: &Bench) -> Result<()> {
    let token = bearer(&bench.keys.granted);
    for names in forgeries() {
        let seen = bench.passed(bench.proxy, &forged(&names, Some(&token), "/a"))?;
        identified(&seen, &bench.keys.identity.each_ref().map(String::as_str))?;
    }
    Ok(())
}

fn open(bench: &Bench) -> Result<()> {
    for names in forgeries() {
        let seen = bench.passed(bench.proxy, &forged(&names, None, "/public/a"))?;
        identified(&seen, &[""; 6])?;
    }
    Ok(())
}

/// The permissions of a key that has none.
fn empty(bench: &Bench) -> Result<()> {
    let token = bearer(&bench.keys.powerless);
    for name in spellings("X-Keyrack-Permissions") {
        let seen = bench.passed(bench.lenient, &forged(&[name], Some(&token), "/a"))?;
        clean(seen.headers.iter().map(|(_, value)| value.as_str()))?;
        let told = seen.all("x-keyrack-workspace");
        ensure!(told == [&bench.keys.workspace], "the service saw {told:?}");
    }
    Ok(())
}

/// What else would say yes without saying to whom is not Keyrack, but may be between it and the proxy.
fn absent(bench: &Bench) -> Result<()> {
    bench.stand_in.answer(YES);
    for names in forgeries() {
        let seen = bench.passed(bench.misled, &forged(&names, None, "/a"))?;
        clean(seen.headers.iter().map(|(_, value)| value.as_str()))?;
    }
    Ok(())
}

fn clean<'a>(values: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let found = values.into_iter().find(|value| value.contains(FORGED));
    ensure!(found.is_none(), "the service saw {found:?}");
    Ok(())
}

fn trailers(bench: &Bench) -> Result<()> {
    let token = bearer(&bench.keys.granted);
    let body = format!("1\r\na\r\n0\r\nX-Keyrack-Key-Id: {FORGED}\r\n\r\n");
    let headers = [
        ("Authorization", token.as_str()),
        ("Transfer-Encoding", "chunked"),
        ("Trailer", "X-Keyrack-Key-Id"),
    ];
    for target in ["/a", "/public/a"] {
        let request = request("POST", target, &headers, body.as_bytes());
        let seen = bench.passed(bench.proxy, &request)?;
        clean([String::from_utf8_lossy(&seen.body).as_ref()])?;
    }
    Ok(())
}

/// A header that `Connection` names is for the next program only, so that proxies take it out.
fn taken(bench: &Bench) -> Result<()> {
    let token = bearer(&bench.keys.granted);
    for name in HEADERS.iter().flat_map(|name| spellings(name)) {
        for connection in [format!("close, {name}"), format!("{name} ,close")] {
            let headers = [
                ("Connection", connection.as_str()),
                ("Authorization", &token),
            ];
            let (answer, seen) = bench.send(bench.proxy, &get("/a", &headers))?;
            match seen.as_slice() {
                [] => ensure!(answer.status() == 400, "the answer is {:?}", answer.start),
                [seen] => {
                    let identity = bench.keys.identity.each_ref().map(String::as_str);
                    identified(&seen.request, &identity)?;
                }
                _ => ensure!(seen.len() < 2, "the service saw {} requests", seen.len()),
            }
        }
    }
    Ok(())
}

fn address(bench: &Bench) -> Result<()> {
    let forged = [
        ("X-Forwarded-For", "203.0.113.1"),
        ("X-Forwarded-For", "203.0.113.2"),
    ];
    bench.stand_in.answer(YES);
    bench.stand_in.seen();
    let seen = bench.passed(bench.misled, &get("/a", &forged))?;
    let asked = bench.stand_in.seen();
    let asked = asked.first().context("nobody was asked")?;
    for (who, request) in [("Keyrack", &asked.request), ("the service", &seen)] {
        let told = request.all("x-forwarded-for");
        ensure!(told == ["127.0.0.1"], "{who} was told of {told:?}");
    }
    Ok(())
}
