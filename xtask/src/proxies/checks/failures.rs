//! Whatever is not a yes is a no.

use anyhow::{Result, ensure};

use super::Check;
use crate::proxies::bench::{Bench, bearer};
use crate::proxies::http::get;

pub(super) const CHECKS: [Check; 1] = [("an answer that is no yes lets nobody through", no_yes)];

pub(super) const STOPPED: [Check; 2] = [
    ("nobody gets through while Keyrack is stopped", nobody),
    ("what is open stays so while Keyrack is stopped", open),
];

fn no_yes(bench: &Bench) -> Result<()> {
    for answer in [
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200\0OK\r\n\r\n",
        "nonsense\r\n\r\n",
        "",
    ] {
        bench.stand_in.answer(answer);
        bench.refused(bench.misled, &get("/a", &[]))?;
    }
    for answer in [
        "HTTP/1.1 302 Found\r\nLocation: /public/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\n\r\n",
    ] {
        bench.stand_in.answer(answer);
        let (answer, seen) = bench.send(bench.misled, &get("/a", &[]))?;
        ensure!(seen.is_empty(), "{} let it through", answer.start);
    }
    Ok(())
}

fn nobody(bench: &Bench) -> Result<()> {
    let token = bearer(&bench.keys.granted);
    for proxy in [bench.proxy, bench.lenient] {
        let answer = bench.refused(proxy, &get("/a", &[("Authorization", &token)]))?;
        ensure!(answer.status() >= 500, "the answer is {:?}", answer.start);
    }
    Ok(())
}

fn open(bench: &Bench) -> Result<()> {
    bench.passed(bench.proxy, &get("/public/a", &[])).map(drop)
}
