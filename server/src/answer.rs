//! How an error is told: one body for all programs, one page for all people. Handlers answer with a
//! [`Refusal`]; [`Asked`] gives it its final form, because only there the request is known.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::error::{Error, FieldError, Kind};
use futures_util::FutureExt;
use keyring::audit::Denial;
use keyring::{Origin, RequestId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::console;
use crate::house::House;
use crate::request::{self, Route};
use crate::rest;

pub type Result<T, E = Refusal> = std::result::Result<T, E>;

/// An error on its way out, with its private cause, if it has one, and what the audit log is to be told.
#[derive(Clone, Debug)]
pub struct Refusal(Box<Error>, Option<String>, Option<Box<Denial>>);

impl Refusal {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error::new(kind, message).into()
    }

    /// A failure whose cause was already logged.
    pub fn internal() -> Self {
        Error::internal().into()
    }

    pub fn error(&self) -> &Error {
        &self.0
    }

    /// Tells the audit log whose `request` was refused, and the log the private cause. What is left is public.
    /// The boundary: each refusal comes here once.
    pub(crate) fn told(
        self,
        house: &House,
        request: impl FnOnce() -> String,
        id: Option<RequestId>,
    ) -> Error {
        let Self(error, cause, denial) = self;
        if let Some(denial) = denial {
            keyring::audit::denied(&house.keyring, *denial, &request());
        }
        if let Some(cause) = cause {
            let id = id.and_then(request::unnamed);
            tracing::error!(request.id = id, error.cause = cause, "a use case failed");
        }
        *error
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(Box::new(error), None, None)
    }
}

impl From<keyring::Error> for Refusal {
    fn from(error: keyring::Error) -> Self {
        let cause = error.cause().map(ToString::to_string);
        let denial = error.denial().map(Box::new);
        Self(Box::new(error.public().clone()), cause, denial)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.kind.status());
        let mut response = status
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A path that leads nowhere.
pub async fn no_such_path() -> Refusal {
    Refusal::new(
        Kind::NotFound,
        "There is nothing at this path. Check its spelling.",
    )
}

/// A method that the path does not have; `Allow` is added by the router.
pub async fn no_such_method() -> Refusal {
    Refusal::new(
        Kind::MethodNotAllowed,
        "This path does not have that method. The Allow header lists those it has.",
    )
}

/// What remains of a panic is an error. What it said went through the panic hook into the log.
pub(crate) fn unpanicked(
    answer: impl Future<Output = Response> + Unpin,
) -> impl Future<Output = Response> + Unpin {
    // Whatever the panic left behind is dropped with the request.
    AssertUnwindSafe(answer)
        .catch_unwind()
        .map(|answer| answer.unwrap_or_else(|_| Refusal::internal().into_response()))
}

/// The body of every error: `google.rpc.Status` and RFC 9457 in one.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub(crate) struct ErrorBody<'a> {
    /// The `google.rpc.Code`.
    #[schema(minimum = 1, maximum = 16)]
    code: u8,
    /// What was wrong and what to do about it.
    message: &'a str,
    /// The refused fields, where fields were refused.
    details: &'a [FieldError],
    /// `urn:keyrack:error:` and the name of the code.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    /// The same as `message`.
    detail: &'a str,
    /// `urn:keyrack:request:` and the request id.
    instance: String,
}

/// What the form of an error depends on.
pub struct Asked {
    method: &'static str,
    /// The route, where verdicts are asked for.
    verifying: Option<&'static str>,
    /// The request of somebody who looks at pages.
    people: Option<Box<Parts>>,
    problem_json: bool,
    bearer: bool,
    request_id: Option<RequestId>,
}

impl Asked {
    pub fn of(request: &mut Request) -> Self {
        let for_people = console::is_for_people(request.uri(), request.headers());
        Self {
            people: for_people.then(|| Box::new(parts(request))),
            method: request::known(request.method()),
            verifying: rest::verifying(request.uri().path()),
            problem_json: asks_for_problem_json(request.headers()),
            bearer: request.headers().contains_key(AUTHORIZATION),
            request_id: request_id(request.extensions()),
        }
    }

    /// Gives every [`Refusal`] its body and headers.
    pub async fn answered(self, house: &House, response: &mut Response) {
        if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
            // In a box, for it is large, and most are answered.
            Box::pin(self.refused(house, refusal, response)).await;
        }
    }

    async fn refused(self, house: &House, refusal: Refusal, response: &mut Response) {
        let route = response.extensions_mut().remove::<Route>();
        let asked = || {
            let route = route.as_ref().map(|Route(route)| route.as_str());
            let route = route.or(self.verifying).unwrap_or_default();
            format!("{} {route}", self.method)
        };
        let error = refusal.told(house, asked, self.request_id);
        describe(response.headers_mut(), &error, self.bearer);
        let (media_type, body) = match self.people {
            Some(asked) => (
                "text/html; charset=utf-8",
                console::refused(house, *asked, error).await,
            ),
            None if self.problem_json => {
                ("application/problem+json", json(&error, self.request_id))
            }
            None => ("application/json", json(&error, self.request_id)),
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.remove(CONTENT_LENGTH);
        *response.body_mut() = body;
    }
}

/// A copy of the head of a request.
fn parts(request: &mut Request) -> Parts {
    let (parts, body) = std::mem::take(request).into_parts();
    *request = Request::from_parts(parts.clone(), body);
    parts
}

/// What names the request in the log.
pub(crate) fn request_id(extensions: &Extensions) -> Option<RequestId> {
    extensions.get::<Origin>()?.request_id
}

fn json(error: &Error, request_id: Option<RequestId>) -> axum::body::Body {
    let name = error.kind.name().to_lowercase().replace('_', "-");
    let body = ErrorBody {
        code: error.kind.code(),
        message: &error.message,
        details: &error.details,
        kind: format!("urn:keyrack:error:{name}"),
        title: error.kind.title(),
        status: error.kind.status(),
        detail: &error.message,
        instance: request_id.map_or_else(String::new, |id| format!("urn:keyrack:request:{id}")),
    };
    serde_json::to_vec(&body).unwrap_or_default().into()
}

/// The headers by which clients decide what to do next.
fn describe(headers: &mut HeaderMap, error: &Error, bearer: bool) {
    match error.kind {
        // RFC 6750, section 3.1: who gave no credentials gets no error code.
        Kind::Unauthenticated if !bearer => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Kind::Unauthenticated => {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static(r#"Bearer error="invalid_token""#),
            );
        }
        Kind::PermissionDenied if bearer => {
            headers.insert(WWW_AUTHENTICATE, insufficient_scope(error.scope.as_deref()));
        }
        _ => {}
    }
    // A client library repeats a 409 on its own; such a one fails for ever.
    if error.hopeless || error.kind == Kind::AlreadyExists {
        headers.insert(
            HeaderName::from_static("x-should-retry"),
            HeaderValue::from_static("false"),
        );
    }
    let again = match error.kind {
        Kind::Unavailable | Kind::ResourceExhausted => Some(error.retry_after.unwrap_or(1)),
        _ => error.retry_after,
    };
    if let Some(seconds) = again {
        headers.insert(RETRY_AFTER, seconds.into());
    }
}

fn insufficient_scope(scope: Option<&str>) -> HeaderValue {
    let challenge = match scope {
        Some(scope) => format!(r#"Bearer error="insufficient_scope", scope="{scope}""#),
        None => r#"Bearer error="insufficient_scope""#.to_owned(),
    };
    HeaderValue::from_str(&challenge)
        .unwrap_or_else(|_| HeaderValue::from_static(r#"Bearer error="insufficient_scope""#))
}

fn asks_for_problem_json(headers: &HeaderMap) -> bool {
    let mut accepted = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    accepted.any(|range| range.trim().starts_with("application/problem+json"))
}
