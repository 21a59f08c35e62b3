//! From the cookie to the person.

use app::context::{CookiePolicy, Visitor};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use keyring::Origin;

use crate::answer::Refusal;
use crate::house::House;

/// Layer: finds out who is asking, for the gate, the pages and the server functions.
pub(super) async fn recognise(
    State(house): State<House>,
    mut request: Request,
    next: Next,
) -> Response {
    let origin = request
        .extensions()
        .get::<Origin>()
        .cloned()
        .unwrap_or_default();
    let caller = match session_cookie(house.cookies(), request.headers()) {
        None => None,
        Some(cookie) => {
            let found = keyring::sessions::authenticate(&house.keyring, cookie, origin.clone());
            match found.await {
                Ok(caller) => caller,
                Err(error) => return Refusal::from(error).into_response(),
            }
        }
    };
    request.extensions_mut().insert(Visitor { caller, origin });
    next.run(request).await
}

/// The value of the session cookie, if the browser sent one.
pub(crate) fn session_cookie(policy: CookiePolicy, headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == policy.name())
        .map(|(_, value)| value)
}
