//! What a check has: a proxy in front of a service, and Keyrack or its stand-in beside it.

use anyhow::{Result, ensure};

use super::http::{self, Message};
use super::keys::{HEADERS, Keys};
use super::listener::{Listener, Seen};
use super::program::Proxy;

pub(super) struct Bench<'a> {
    pub(super) keys: &'a Keys,
    pub(super) service: &'a Listener,
    pub(super) stand_in: &'a Listener,
    /// Asks for the workspace and the permission.
    pub(super) proxy: &'a Proxy,
    /// Asks for the workspace only.
    pub(super) lenient: &'a Proxy,
    /// Asks the stand-in.
    pub(super) misled: &'a Proxy,
}

impl Bench<'_> {
    /// Sends a request through a proxy; gives the answer and what of it the service saw.
    pub(super) fn send(&self, proxy: &Proxy, request: &[u8]) -> Result<(Message, Vec<Seen>)> {
        self.service.seen();
        let answer = http::ask(proxy.address, request)?;
        Ok((answer, self.service.seen()))
    }

    /// The answer to a request that must not get through.
    pub(super) fn refused(&self, proxy: &Proxy, request: &[u8]) -> Result<Message> {
        let (answer, seen) = self.send(proxy, request)?;
        ensure!(seen.is_empty(), "it reached the service: {:?}", seen[0]);
        ensure!(
            answer.status() >= 400,
            "nothing was let through, but the answer is {:?}",
            answer.start
        );
        Ok(answer)
    }

    /// What the service saw of a request that must get through.
    pub(super) fn passed(&self, proxy: &Proxy, request: &[u8]) -> Result<Message> {
        let (answer, mut seen) = self.send(proxy, request)?;
        ensure!(answer.status() == 200, "the answer is {:?}", answer.start);
        ensure!(seen.len() == 1, "the service saw {} requests", seen.len());
        let seen = seen.remove(0).request;
        let given = seen.all("authorization");
        ensure!(given.is_empty(), "the service got the token: {given:?}");
        Ok(seen)
    }
}

pub(super) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// Each of [`HEADERS`] is there once with its value, in no other spelling; one without a value may be
/// missing as well.
pub(super) fn identified(seen: &Message, identity: &[&str; 6]) -> Result<()> {
    for (name, value) in HEADERS.iter().zip(identity) {
        let all = spelt(seen, name);
        ensure!(
            all == [(*name, *value)] || (value.is_empty() && all.is_empty()),
            "the service saw {all:?} where {name}: {value:?} should be"
        );
    }
    Ok(())
}

/// Every header that a service might take for this one: with any case, and with other signs, for CGI and
/// all that descends from it make one variable of `X-A`, `X_A` and `X.A`. The name as it should be where
/// only the case differs.
fn spelt<'a>(seen: &'a Message, name: &'a str) -> Vec<(&'a str, &'a str)> {
    let dashed = |known: &str| known.replace(|sign: char| !sign.is_ascii_alphanumeric(), "-");
    let same = |(known, _): &&(String, String)| dashed(known).eq_ignore_ascii_case(name);
    let found = seen.headers.iter().filter(same);
    found
        .map(|(known, value)| {
            let known = if known.eq_ignore_ascii_case(name) {
                name
            } else {
                known
            };
            (known, value.as_str())
        })
        .collect()
}
