//! Bodies go to the service and not to Keyrack, which gets no more than it needs.

use anyhow::{Context, Result, ensure};

use super::Check;
use crate::proxies::bench::{Bench, bearer};
use crate::proxies::http::{get, request};
use crate::proxies::listener::{QUESTION, YES};

pub(super) const CHECKS: [Check; 4] = [
    ("a body arrives whole", whole),
    ("a body in chunks arrives whole", chunked),
    ("Keyrack gets the token and no body", asked),
    ("connections to Keyrack are kept", kept),
];

/// More than is buffered in memory, less than nginx takes by default.
fn body() -> Vec<u8> {
    (0..300_000_u32).map(|at| at.to_le_bytes()[0]).collect()
}

fn whole(bench: &Bench) -> Result<()> {
    let (token, body) = (bearer(&bench.keys.granted), body());
    let length = body.len().to_string();
    let headers = [
        ("Authorization", token.as_str()),
        ("Content-Length", &length),
    ];
    let seen = bench.passed(bench.proxy, &request("POST", "/a", &headers, &body))?;
    ensure!(seen.start.starts_with("POST /a "), "it was {}", seen.start);
    same(&seen.content()?, &body)
}

fn chunked(bench: &Bench) -> Result<()> {
    let (token, body) = (bearer(&bench.keys.granted), body());
    let mut chunks = Vec::new();
    for chunk in body.chunks(7_000) {
        chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    let headers = [
        ("Authorization", token.as_str()),
        ("Transfer-Encoding", "chunked"),
    ];
    let seen = bench.passed(bench.proxy, &request("PUT", "/a", &headers, &chunks))?;
    same(&seen.content()?, &body)
}

fn same(arrived: &[u8], sent: &[u8]) -> Result<()> {
    ensure!(
        arrived == sent,
        "of {} bytes {} arrived, not the same",
        sent.len(),
        arrived.len()
    );
    Ok(())
}

fn asked(bench: &Bench) -> Result<()> {
    bench.stand_in.answer(YES);
    bench.stand_in.seen();
    let headers = [
        ("Authorization", "Bearer a"),
        ("Cookie", "session=secret"),
        ("Content-Length", "6"),
    ];
    bench.passed(
        bench.misled,
        &request("POST", "/a?b=c", &headers, b"secret"),
    )?;
    let asked = bench.stand_in.seen();
    ensure!(asked.len() == 1, "Keyrack was asked {} times", asked.len());
    let asked = asked
        .into_iter()
        .next()
        .context("nobody was asked")?
        .request;
    ensure!(asked.start == QUESTION, "it was asked {}", asked.start);
    let token = asked.all("authorization");
    ensure!(token == ["Bearer a"], "it got the tokens {token:?}");
    let body = asked.body.len();
    ensure!(body == 0, "it got a body of {body} bytes");
    let cookies = asked.all("cookie");
    ensure!(cookies.is_empty(), "it got the cookies {cookies:?}");
    let length = asked.all("content-length");
    ensure!(
        length.iter().all(|it| *it == "0"),
        "it was announced a body of {length:?}"
    );
    Ok(())
}

fn kept(bench: &Bench) -> Result<()> {
    bench.stand_in.answer(YES);
    bench.stand_in.seen();
    for _ in 0..5 {
        bench.passed(bench.misled, &get("/a", &[]))?;
    }
    let mut connections: Vec<_> = bench
        .stand_in
        .seen()
        .iter()
        .map(|seen| seen.connection)
        .collect();
    connections.dedup();
    ensure!(
        connections.len() == 1,
        "5 questions took {} connections",
        connections.len()
    );
    Ok(())
}
