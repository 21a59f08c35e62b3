//! What is known about a request before anything reads it: its id, where it comes from, and the
//! line it leaves in the log.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use ipnet::IpNet;
use keyring::Origin;
use tracing::Instrument;

use crate::house::House;
use crate::rest;

/// Who is at the other end of the connection; the listener puts it into the extensions.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Names one request in its answer and in the log. Always ours: one that a client could choose
/// would let it forge the log.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(u128);

impl RequestId {
    /// Unlike every other: where this process began to count, and how far it has.
    fn generate(house: &House) -> Self {
        Self(house.request_numbers.next())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Identifies the request and logs how it ended. The log has the route, not the path, for
/// somebody will paste a token into a URL. Verdicts are counted, see [`keyring::usage`]; the log has them
/// at `debug`, for there are as many as the account's services have requests.
pub(crate) async fn identify<F: Future<Output = Response>>(
    house: &House,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let started = Instant::now();
    let id = RequestId::generate(house);
    let origin = Origin {
        address: client_address(&request, &house.trusted_proxies),
        user_agent: header_text(request.headers(), &USER_AGENT),
        request_id: Some(id.to_string()),
    };
    let route = request.extensions().get::<MatchedPath>();
    let span = tracing::info_span!(
        "request",
        request.id = %id,
        http.method = known(request.method()),
        http.route = route.map_or("-", MatchedPath::as_str),
        client.address = origin.address.map(tracing::field::display),
    );
    let quiet = route.is_some_and(|route| rest::VERIFYING.contains(&route.as_str()));
    request.extensions_mut().insert(id);
    request.extensions_mut().insert(origin);
    async move {
        let mut response = next(request).await;
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            response
                .headers_mut()
                .insert(HeaderName::from_static("x-request-id"), value);
        }
        let status = response.status();
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if quiet && !status.is_server_error() {
            tracing::debug!(
                http.status = status.as_u16(),
                duration.ms = millis,
                "answered"
            );
        } else {
            tracing::info!(
                http.status = status.as_u16(),
                duration.ms = millis,
                "answered"
            );
        }
        response
    }
    .instrument(span)
    .await
}

/// A method that somebody made up may be anything, a token in the wrong place included.
fn known(method: &Method) -> &str {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if known.contains(method) {
        method.as_str()
    } else {
        "other"
    }
}

fn header_text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    Some(text.chars().take(256).collect())
}

/// The address nearest to us that is not one of our proxies. Only a trusted peer is asked whom it
/// speaks for, and the list is read from its end: what stands before was written by others.
fn client_address(request: &Request, trusted: &[IpNet]) -> Option<IpAddr> {
    let Peer(peer) = request.extensions().get::<Peer>()?;
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer.ip().to_canonical();
    let hops: Vec<_> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(client) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    Some(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let mut request = Request::new(axum::body::Body::empty());
        let peer = SocketAddr::new(peer.parse().unwrap(), 1);
        request.extensions_mut().insert(Peer(peer));
        for value in forwarded {
            let value = HeaderValue::from_str(value).unwrap();
            request.headers_mut().append("x-forwarded-for", value);
        }
        let trusted = [
            "10.0.0.0/8".parse().unwrap(),
            "127.0.0.0/8".parse().unwrap(),
        ];
        client_address(&request, &trusted).unwrap().to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(client("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(client("10.1.1.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.1.1.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.1.1.1", &[]), "10.1.1.1");
    }

    #[test]
    fn what_stands_before_the_first_stranger_was_forged() {
        assert_eq!(
            client("10.1.1.1", &["127.0.0.1, 198.51.100.1, 10.2.2.2"]),
            "198.51.100.1"
        );
        assert_eq!(
            client("10.1.1.1", &["127.0.0.1", "198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(client("10.1.1.1", &["198.51.100.1, nonsense"]), "10.1.1.1");
    }
}
