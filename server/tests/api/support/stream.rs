//! What the server sends on and on.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Browser, TestApp};

/// A connection that hears what the server sends, and can be broken in the middle of it.
pub(crate) struct Stream {
    connection: TcpStream,
    pub(crate) text: String,
}

impl Stream {
    pub(crate) async fn open(
        app: &TestApp,
        browser: &Browser,
        path: &str,
        last: Option<&str>,
    ) -> Self {
        let address = app.call("GET", "/").address();
        let mut connection = TcpStream::connect(address).await.unwrap();
        let cookie = browser.cookie("keyrack").unwrap();
        let last = last.map_or(String::new(), |id| format!("last-event-id: {id}\r\n"));
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: keyrack={cookie}\r\n{last}\r\n"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let text = String::new();
        Self { connection, text }
    }

    /// Whether there is more to come.
    pub(crate) async fn hear(&mut self) -> bool {
        let mut some = [0; 4_096];
        let reading = self.connection.read(&mut some);
        let read = timeout(Duration::from_secs(20), reading).await;
        let read = read.expect("something within 20 seconds").unwrap_or(0);
        self.text += std::str::from_utf8(&some[..read]).unwrap();
        // The last chunk of a body is empty.
        read > 0 && !self.text.ends_with("\r\n0\r\n\r\n")
    }

    pub(crate) async fn until(&mut self, text: &str) {
        while !self.text.contains(text) {
            assert!(self.hear().await, "it ended: {}", self.text);
        }
    }

    pub(crate) async fn ended(mut self) -> String {
        while self.hear().await {}
        self.text
    }

    /// The events of a name that were heard whole: their ids and their data.
    pub(crate) fn events(&self, name: &str) -> Vec<(Option<String>, String)> {
        let mut events = self.text.split("\n\n").collect::<Vec<_>>();
        events.pop();
        let wanted = format!("event: {name}");
        let events = events.iter().filter(|event| event.contains(&wanted));
        let field = |event: &str, name: &str| {
            let mut lines = event.lines();
            lines
                .find_map(|line| line.strip_prefix(name))
                .map(str::to_owned)
        };
        let event = |event: &&str| {
            let data = field(event, "data: ").unwrap();
            (field(event, "id: "), data)
        };
        events.map(event).collect()
    }
}
