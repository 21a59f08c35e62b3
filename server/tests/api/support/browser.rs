//! A browser without scripting: a cookie jar, and the headers that browsers add by themselves.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;

use super::{Answer, Call};

#[derive(Clone, Debug)]
pub(crate) struct Browser {
    address: SocketAddr,
    origin: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) fn new(address: SocketAddr, origin: &str) -> Self {
        Self {
            address,
            origin: origin.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    pub(crate) async fn open(&mut self, path: &str) -> Answer {
        let call = Call::new(self.address, "GET", path).header("accept", "text/html");
        self.send(call.header("sec-fetch-site", "none")).await
    }

    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let call = Call::new(self.address, "POST", path)
            .form(fields)
            .header("accept", "text/html");
        self.send(self.same_origin(call)).await
    }

    /// Calls a server function as a hydrated page does.
    pub(crate) async fn function(&mut self, name: &str, arguments: Value) -> Answer {
        let call = Call::new(self.address, "POST", &format!("/_fn/{name}")).json(arguments);
        self.send(self.same_origin(call.header("accept", "application/json")))
            .await
    }

    /// Posts JSON as a script of a page does.
    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Answer {
        let call = Call::new(self.address, "POST", path).json(body);
        self.send(self.same_origin(call)).await
    }

    pub(crate) async fn sign_in(&mut self, email: &str, passphrase: &str) -> Answer {
        self.submit("/sign-in", &[("email", email), ("passphrase", passphrase)])
            .await
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// As if the cookie had been copied from elsewhere.
    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    fn same_origin(&self, call: Call) -> Call {
        call.header("origin", &self.origin)
            .header("sec-fetch-site", "same-origin")
    }

    pub(crate) async fn send(&mut self, call: Call) -> Answer {
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let call = if pairs.is_empty() {
            call
        } else {
            call.header("cookie", pairs.join("; "))
        };
        let answer = call.await;
        for set in answer.headers("set-cookie") {
            let (pair, attributes) = set.split_once(';').unwrap_or((set, ""));
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}
