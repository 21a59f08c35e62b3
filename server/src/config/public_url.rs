//! The address people open. Cookies, Origin checks and the curl lines follow from it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use axum::http::Uri;
use axum::http::uri::Scheme;

/// Scheme, host and port; nothing after them, because the console lives at the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    https: bool,
}

impl PublicUrl {
    /// `https` anywhere, `http` on a loopback host. Elsewhere a browser would drop the session
    /// cookie, and nobody could sign in: better to hear that at the start.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text
            .parse()
            .map_err(|_| format!("{text:?} is not a URL like https://keys.example.com"))?;
        let https = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(format!("{text:?} begins with neither https:// nor http://")),
        };
        let authority = uri
            .authority()
            .filter(|authority| !authority.as_str().contains('@'))
            .ok_or_else(|| format!("{text:?} is not a URL like https://keys.example.com"))?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(format!(
                "{text:?} has a path; Keyrack is served at the root of its host"
            ));
        }
        let host = authority.host().to_ascii_lowercase();
        if !https && !is_loopback(&host) {
            return Err(format!(
                "{text:?} is neither https nor loopback, and browsers keep no Secure cookie there; give the https address that people open"
            ));
        }
        let default_port = if https { 443 } else { 80 };
        let port = authority
            .port_u16()
            .filter(|port| *port != default_port)
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let scheme = if https { "https" } else { "http" };
        Ok(Self {
            origin: format!("{scheme}://{host}{port}"),
            https,
        })
    }

    /// `http://` + listen. Nobody opens `0.0.0.0`, so that becomes `localhost`.
    pub(super) fn of_listener(listen: SocketAddr) -> Self {
        let origin = if listen.ip().is_unspecified() {
            format!("http://localhost:{}", listen.port())
        } else {
            format!("http://{listen}")
        };
        Self {
            origin,
            https: false,
        }
    }

    /// `https://keys.example.com`: what a browser puts into `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub const fn is_https(&self) -> bool {
        self.https
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

/// The hosts that browsers treat as trustworthy without TLS.
fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
