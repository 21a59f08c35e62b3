//! What is known about a request before anything reads it: its id, where it comes from, and the
//! line it leaves in the log.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use keyring::{Origin, RequestId};
use tracing::field::{DisplayValue, Empty};
use tracing::{Level, Span};

use crate::house::House;
use crate::rest;

/// Who is at the other end of the connection; the listener puts it into the extensions.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Opens a span of the name, the level being part of what is compiled.
macro_rules! span {
    ($level:expr, $id:expr, $request:expr, $route:expr, $address:expr) => {
        tracing::span!(
            $level,
            "request",
            request.id = %$id,
            http.method = known($request.method()),
            http.route = $route,
            client.address = $address.map(tracing::field::display),
        )
    };
}

/// A request that is known by an id and leaves a line in the log when it was answered. Its id is always ours: one
/// that a client could choose would let it forge the log. The log has the route, not the path, for somebody will
/// paste a token into a URL; [`name_route`] writes it down where it is known later. Verdicts are counted, see
/// [`keyring::usage`]; the log has them at `debug`, for there are as many as the account's services have requests.
pub(crate) struct Identified {
    id: RequestId,
    started: Instant,
    verifying: bool,
}

impl Identified {
    /// Tells the request where it comes from; with the span in which it is to be answered.
    pub(crate) fn new(house: &House, request: &mut Request) -> (Self, Span) {
        let id = RequestId::from(house.request_numbers.next());
        let origin = Origin {
            address: client_address(request, &house.trusted_proxies),
            user_agent: user_agent(request.headers()),
            request_id: Some(id),
        };
        let verifying = rest::verifying(request.uri().path());
        let span = if let Some(route) = verifying {
            span!(Level::DEBUG, id, request, route, origin.address)
        } else {
            span!(Level::INFO, id, request, Empty, origin.address)
        };
        request.extensions_mut().insert(origin);
        let identified = Self {
            id,
            started: Instant::now(),
            verifying: verifying.is_some(),
        };
        (identified, span)
    }

    /// Gives the answer the id, and logs how the request ended; within its span.
    pub(crate) fn answered(&self, response: &mut Response) {
        if let Ok(value) = HeaderValue::try_from(self.id.to_string()) {
            response
                .headers_mut()
                .insert(HeaderName::from_static("x-request-id"), value);
        }
        let status = response.status();
        let millis = || u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if self.verifying && !status.is_server_error() {
            tracing::debug!(
                http.status = status.as_u16(),
                duration.ms = millis(),
                "answered"
            );
        } else {
            tracing::info!(
                request.id = unnamed(self.id),
                http.status = status.as_u16(),
                duration.ms = millis(),
                "answered"
            );
        }
    }
}

/// The id of a request whose lines in the log do not have it, for its span is not logged.
pub(crate) fn unnamed(id: RequestId) -> Option<DisplayValue<RequestId>> {
    Span::current()
        .is_disabled()
        .then(|| tracing::field::display(id))
}

/// Which route answered, in the extensions of the answer.
#[derive(Clone, Debug)]
pub(crate) struct Route(pub(crate) MatchedPath);

/// Layer: writes the route down for the log, and for the audit log.
pub(crate) async fn name_route(request: Request, next: Next) -> Response {
    let Some(route) = request.extensions().get::<MatchedPath>().cloned() else {
        return next.run(request).await;
    };
    Span::current().record("http.route", route.as_str());
    let mut response = next.run(request).await;
    response.extensions_mut().insert(Route(route));
    response
}

/// A method that somebody made up may be anything, a token in the wrong place included.
pub(crate) fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// At most 256 characters; a header that is text has one byte for each.
fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(USER_AGENT)?.to_str().ok()?;
    Some(text.get(..256).unwrap_or(text).to_owned())
}

/// The address nearest to us that is not one of our proxies. Only a trusted peer is asked whom it
/// speaks for, and the list is read from its end: what stands before was written by others.
fn client_address(request: &Request, trusted: &[IpNet]) -> Option<IpAddr> {
    let Peer(peer) = request.extensions().get::<Peer>()?;
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer.ip().to_canonical();
    if !is_trusted(client) {
        return Some(client);
    }
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
