//! One request over one connection.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Uri};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::{Answer, TestKey};

/// Far longer than anything takes; a test that waits for ever says nothing.
const PATIENCE: Duration = Duration::from_secs(45);

/// A request in the making; `.await` sends it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    address: SocketAddr,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(address: SocketAddr, method: &str, path: &str) -> Self {
        Self {
            address,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same server, another request.
    pub(crate) fn to(self, method: &str, path: &str) -> Self {
        Self::new(self.address, method, path)
    }

    pub(crate) fn bearer(self, key: &TestKey) -> Self {
        self.token(&key.token)
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(serde_urlencoded::to_string(fields).unwrap())
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let asked = format!("{} {}", self.method, self.path);
        Box::pin(async move {
            let answer = tokio::time::timeout(PATIENCE, send(self)).await;
            let answer = answer.unwrap_or_else(|_| panic!("{asked}: no answer in time"));
            answer.unwrap_or_else(|error| panic!("{asked}: {error}"))
        })
    }
}

/// Like awaiting the call, for when the server may go away.
pub(crate) async fn send(call: Call) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(call.address).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let mut request = Request::builder()
        .method(call.method.as_str())
        .uri(call.path.parse::<Uri>()?);
    if !call.headers.iter().any(|(name, _)| name == "host") {
        request = request.header("host", call.address.to_string());
    }
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    let response = sender
        .send_request(request.body(Body::from(call.body))?)
        .await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    connection.abort();
    Ok(Answer::new(
        format!("{} {}", call.method, call.path),
        parts,
        body.to_vec(),
    ))
}
