//! What the server hands to the pages and server functions: the domain, who is asking, where the
//! site's files are, how cookies are set. Exists on the server only.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::MatchedPath;
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use contract::reference::Reference;
use contract::{Kind, Result};
use keyring::{Caller, Keyring, Origin};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::problem::Problem;

/// Who makes this request. The session middleware puts it into the request's extensions.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    pub caller: Option<Caller>,
    pub origin: Origin,
}

/// Where the files of the site are, as paths with their content's hash.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    pub stylesheet: String,
    pub script: String,
    pub wasm: String,
    /// The script that loads chunks of the WASM.
    pub loader: String,
    /// The files that each chunk of the WASM is made of.
    pub chunks: BTreeMap<String, Vec<String>>,
    pub favicon: String,
    pub fonts: Vec<String>,
    /// The sprite's markup, for inlining.
    pub icons: String,
}

/// The base URL that programs reach this Keyrack by.
#[derive(Clone, Debug, Default)]
pub struct PublicUrl(pub String);

/// What the reference page tells, read once out of the API's description.
#[derive(Clone, Debug, Default)]
pub struct ApiReference(pub Arc<Reference>);

/// How the session cookie is set: on `https` with `Secure` and the `__Host-` prefix, on a loopback
/// `http` address without, because browsers would not keep it.
#[derive(Clone, Copy, Debug)]
pub struct CookiePolicy {
    pub secure: bool,
}

impl CookiePolicy {
    pub const fn name(self) -> &'static str {
        if self.secure {
            "__Host-keyrack"
        } else {
            "keyrack"
        }
    }
}

/// The `Set-Cookie` that begins a session.
pub fn session_cookie(policy: CookiePolicy, value: &str) -> HeaderValue {
    set_cookie(policy, value, keyring::sessions::ABSOLUTE_LIMIT.as_secs())
}

/// The `Set-Cookie` that forgets it.
pub fn ended_session_cookie(policy: CookiePolicy) -> HeaderValue {
    set_cookie(policy, "", 0)
}

fn set_cookie(policy: CookiePolicy, value: &str, max_age: u64) -> HeaderValue {
    let secure = if policy.secure { "; Secure" } else { "" };
    let cookie = format!(
        "{}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}",
        policy.name()
    );
    let mut header = HeaderValue::from_str(&cookie)
        .unwrap_or_else(|_| HeaderValue::from_static("keyrack=; Path=/; Max-Age=0"));
    header.set_sensitive(true);
    header
}

/// The domain.
pub fn keyring() -> Result<Keyring, Problem> {
    use_context::<Keyring>().ok_or_else(missing)
}

/// The API, as the reference page tells it.
pub fn reference() -> Result<Reference, Problem> {
    let ApiReference(reference) = use_context().ok_or_else(missing)?;
    Ok(Reference::clone(&reference))
}

/// Who makes this request, signed in or not.
pub fn visitor() -> Visitor {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<Visitor>().cloned())
        .unwrap_or_default()
}

/// Who is signed in.
pub fn caller() -> Result<Caller, Problem> {
    visitor().caller.ok_or_else(|| {
        let message = "You are not signed in, or no longer. Sign in to go on.";
        Problem(contract::Error::new(Kind::Unauthenticated, message))
    })
}

/// What most server functions begin with.
pub fn signed_in() -> Result<(Keyring, Caller), Problem> {
    Ok((keyring()?, caller()?))
}

/// Presents what a use case gave. This is the boundary: the private cause is logged here, once,
/// and the answer to a call from the browser gets the status of its kind. (Leptos would say 500.)
/// A call during rendering leaves the page's status to the page.
pub fn present<T>(result: keyring::Result<T>) -> Result<T, Problem> {
    result.map_err(|error| {
        if let (Some(denial), Some(keyring)) = (error.denial(), use_context::<Keyring>()) {
            keyring::audit::denied(&keyring, denial, &asked());
        }
        if let Some(cause) = error.cause() {
            tracing::error!(error.cause = cause, "a server function failed");
        }
        Problem(error.public().clone())
    })
}

/// What was asked for, as a route: what people put into a URL is theirs.
fn asked() -> String {
    let parts = use_context::<Parts>();
    let route = parts.as_ref().and_then(|parts| {
        let route = parts.extensions.get::<MatchedPath>()?;
        Some(format!("{} {}", parts.method, route.as_str()))
    });
    route.unwrap_or_else(|| "console".to_owned())
}

/// Sets the status of a refused call that came over HTTP, and when to try again.
pub fn refuse(problem: Problem) -> Problem {
    let called = use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/_fn/"));
    if called {
        set_status(problem.0.kind.status());
        let options = use_context::<ResponseOptions>();
        if let (Some(options), Some(seconds)) = (options, problem.0.retry_after) {
            options.insert_header(RETRY_AFTER, seconds.into());
        }
    }
    problem
}

/// Sets the status of the page or answer in the making.
pub fn set_status(status: u16) {
    let status = axum::http::StatusCode::from_u16(status);
    if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), status) {
        options.set_status(status);
    }
}

/// Gives the browser the cookie of a session that has just begun.
pub fn begin_session(session: &keyring::sessions::SignedIn) -> Result<(), Problem> {
    use secrecy::ExposeSecret;
    let policy = use_context::<CookiePolicy>().ok_or_else(missing)?;
    let options = use_context::<ResponseOptions>().ok_or_else(missing)?;
    let cookie = session_cookie(policy, session.cookie.expose_secret());
    options.append_header(axum::http::header::SET_COOKIE, cookie);
    Ok(())
}

fn missing() -> Problem {
    tracing::error!("the server did not provide what the console needs");
    Problem(contract::Error::internal())
}
