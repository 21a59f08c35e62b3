//! Answers that are more than JSON.

use axum::Json;
use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use contract::resource::{ApiKey, RevealedApiKey, RevealedToken};
use keyring::PlainToken;
use serde::Serialize;

use crate::answer::Refusal;

/// JSON that is written into the room a verdict takes: growing step by step costs more than the writing.
pub(super) struct Told<T>(pub(super) T);

/// A verdict that names a dozen workspaces.
const USUAL: usize = 1_024;

impl<T: Serialize> IntoResponse for Told<T> {
    fn into_response(self) -> Response {
        let mut written = Vec::with_capacity(USUAL);
        if let Err(error) = serde_json::to_writer(&mut written, &self.0) {
            tracing::error!(error.cause = %error, "an answer could not be written");
            return Refusal::internal().into_response();
        }
        let mut response = Response::new(Body::from(written));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }
}

/// Marks an answer that holds a token, at `spec.token`.
#[derive(Clone, Copy, Debug)]
pub(super) struct HoldsToken;

/// Nothing on the way may keep an answer.
pub(super) fn forbid_keeping(response: &mut Response) {
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// An answer that holds a token: nothing on the way may keep it.
pub(super) struct Secret<T>(T);

impl Secret<RevealedApiKey> {
    /// The one answer of issue and rotate.
    pub(super) fn reveal(key: ApiKey, token: &PlainToken) -> Self {
        Self(RevealedApiKey::new(key, RevealedToken::new(token.expose())))
    }
}

impl<T: Serialize> IntoResponse for Secret<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        response.extensions_mut().insert(HoldsToken);
        forbid_keeping(&mut response);
        response
    }
}
