//! What protects the browser of whoever uses the console: headers on every answer, and a check
//! that a change was asked for by our own pages.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderValue, ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use contract::Kind;

use crate::answer::Refusal;
use crate::console::session_cookie;
use crate::house::House;

/// 128 bits that name the scripts of one page; in the request's extensions for whoever renders it.
#[derive(Clone, Debug)]
pub struct PageNonce(pub Arc<str>);

const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), clipboard-read=(), \
    clipboard-write=(self), display-capture=(), geolocation=(), gyroscope=(), microphone=(), \
    midi=(), payment=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()";

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const NOTHING: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// What the headers of an answer depend on. What programs ask for is no page, and may load nothing.
pub(crate) struct Protected {
    /// Names the scripts of a page, where there may be one.
    nonce: Option<Arc<str>>,
}

impl Protected {
    /// Tells the request what names the scripts of its page.
    pub(crate) fn new(house: &House, request: &mut Request) -> Self {
        let nonce = (!request.uri().path().starts_with("/v1/")).then(|| nonce(house));
        if let Some(nonce) = nonce.clone() {
            request.extensions_mut().insert(PageNonce(nonce));
        }
        Self { nonce }
    }

    /// Adds the headers of every answer.
    pub(crate) fn answered(&self, house: &House, response: &mut Response) {
        let headers = response.headers_mut();
        match &self.nonce {
            None => {
                headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING));
            }
            Some(nonce) => of_page(headers, nonce),
        }
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
        if house.public_url.is_https() {
            let a_year = HeaderValue::from_static("max-age=31536000");
            headers.insert(STRICT_TRANSPORT_SECURITY, a_year);
        }
    }
}

/// What only a page can do is allowed, or not, where there may be one.
fn of_page(headers: &mut HeaderMap, nonce: &str) {
    headers.reserve(12);
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(nonce)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        // Not `no-referrer`: with it a browser sends `Origin: null` with our own forms.
        (REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            PERMISSIONS_POLICY,
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn nonce(house: &House) -> Arc<str> {
    let bytes: [u8; 16] = house.entropy.bytes();
    let mut text = String::with_capacity(32);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text.into()
}

/// Everything is forbidden but what the console needs. `'self'` beside the nonce, because the
/// nonce'd script imports a module of ours.
fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Layer of the console and its server functions: a change must come from our own pages. Bearer
/// tokens need no such check, for no browser sends them by itself.
pub async fn same_origin(State(house): State<House>, request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if reads || is_ours(&house, request.headers()) {
        return next.run(request).await;
    }
    let message = format!(
        "This change was not asked for by a page of {}. Open that address and try again.",
        house.public_url
    );
    Refusal::new(Kind::PermissionDenied, message).into_response()
}

fn is_ours(house: &House, headers: &HeaderMap) -> bool {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let site = headers.get("sec-fetch-site").map(text);
    let origin = headers.get(ORIGIN).map(text);
    match (site, origin) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == house.public_url.origin(),
        // No browser: without a cookie there is nobody whose rights could be abused.
        (None, None) => session_cookie(house.cookies(), headers).is_none(),
    }
}
