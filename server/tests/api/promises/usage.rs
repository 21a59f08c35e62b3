//! What is told of usage equals the calls that were made.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::account::api_keys::KEYS;
use crate::support::{Process, data_dir};

/// A server with a key that is asked about, and an administrator who asks.
struct Asked {
    process: Process,
    admin: String,
    id: String,
    token: String,
}

impl Asked {
    async fn start(folder: &Path) -> Self {
        let admin = Process::owned(folder);
        let process = Process::serve(folder);
        let issue = json!({"metadata": {"name": "ci"}});
        let issued = process.call("POST", KEYS).token(&admin).json(issue);
        let issued: Value = issued.await.is(200).json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            id: text(&issued["metadata"]["id"]),
            token: text(&issued["spec"]["token"]),
            process,
            admin,
        }
    }

    /// Four clients at once; every third call is denied.
    async fn verify(&self, calls: u64) {
        let client = async |first: u64| {
            for number in (first..calls).step_by(4) {
                let mut body = json!({"token": self.token, "clientIp": "192.0.2.1"});
                if number % 3 == 0 {
                    body["permission"] = "tools:read".into();
                }
                let call = self.process.call("POST", "/v1/tokens:verify");
                call.token(&self.admin).json(body).await.is(200);
            }
        };
        tokio::join!(client(0), client(1), client(2), client(3));
    }

    /// Calls and denials of all days.
    async fn told(&self) -> (u64, u64) {
        let path = format!("{KEYS}/{}/usage", self.id);
        let call = self.process.call("GET", &path).token(&self.admin);
        let usage: Value = call.await.is(200).json();
        let days = usage["days"].as_array().unwrap();
        let sum = |field: &str| days.iter().map(|day| day[field].as_u64().unwrap()).sum();
        (sum("calls"), sum("denials"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_told_after_a_graceful_stop() {
    let folder = data_dir();
    let mut asked = Asked::start(folder.path()).await;
    asked.verify(300).await;
    assert_eq!(asked.process.terminate(), Some(0));
    asked.process = Process::serve(folder.path());
    assert_eq!(asked.told().await, (300, 100));
}

#[tokio::test(flavor = "multi_thread")]
async fn sudden_death_loses_only_what_was_not_written_yet() {
    let folder = data_dir();
    let mut asked = Asked::start(folder.path()).await;
    asked.verify(60).await;
    while asked.told().await.0 < 60 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    asked.verify(30).await;
    asked.process.kill();
    asked.process = Process::serve(folder.path());
    let (calls, denials) = asked.told().await;
    assert!((60..=90).contains(&calls), "{calls}");
    assert!((20..=30).contains(&denials), "{denials}");
    assert!(
        keyring::usage::LATEST < Duration::from_secs(5),
        "as it is documented"
    );
}
