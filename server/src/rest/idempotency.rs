//! `Idempotency-Key`: a POST that may be sent again without being carried out again. The rules are in
//! [`keyring::idempotency`]; here a request becomes what they speak of, and an answer is kept.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use keyring::Keyring;
use keyring::idempotency::{self, Answer, Begun, Claim, Presented};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::timeout;
use tracing::Instrument;

use super::extract::{Caller, Claimed, bearer, read};
use super::reply::{HoldsToken, forbid_keeping};
use crate::answer::{Refusal, Result};
use crate::house::House;
use crate::router::{PATIENCE, Place, called_off};

pub(super) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Layer: carries a POST with an idempotency key out once. It goes on when the client hangs up, for
/// that client will ask again.
pub(super) async fn once(
    State(house): State<House>,
    request: Request,
    next: Next,
) -> Result<Response> {
    if request.method() != Method::POST || !request.headers().contains_key(HEADER) {
        return Ok(next.run(request).await);
    }
    let place = request.extensions().get::<Place>().cloned();
    let whole = async move {
        let _place = place;
        let answered = timeout(PATIENCE, answer(house, request, next)).await;
        answered.unwrap_or_else(|_| Err(called_off()))
    };
    match tokio::spawn(whole.in_current_span()).await {
        Ok(answered) => answered,
        Err(failure) if failure.is_panic() => std::panic::resume_unwind(failure.into_panic()),
        Err(_) => Err(Refusal::internal()),
    }
}

async fn answer(house: House, request: Request, next: Next) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let Caller(caller) = Caller::from_request_parts(&mut parts, &house).await?;
    let body = read(Request::from_parts(parts.clone(), body)).await?;
    let asked = Asked::new(&parts, &body)?;
    let keyring = house.keyring.clone();
    match idempotency::begin(&keyring, caller, &asked.presented()).await? {
        Begun::Answered(answer) => Ok(replay(answer)),
        Begun::New(caller, claim) => {
            parts.extensions.insert(Claimed(*caller));
            let request = Request::from_parts(parts, Body::from(body));
            Ok(carry_out(keyring, claim, asked, request, next).await)
        }
    }
}

/// What [`Presented`] borrows from.
struct Asked {
    key: SecretString,
    bearer: SecretString,
    request: Vec<u8>,
}

impl Asked {
    fn new(parts: &Parts, body: &[u8]) -> Result<Self> {
        let mut request = format!("{} {}\n", parts.method, parts.uri).into_bytes();
        request.extend(body);
        let key = parts.headers.get(HEADER).and_then(|key| key.to_str().ok());
        Ok(Self {
            // What is no text is too long for one.
            key: key.unwrap_or_default().into(),
            bearer: bearer(&parts.headers)?.into(),
            request,
        })
    }

    fn presented(&self) -> Presented<'_> {
        Presented {
            key: self.key.expose_secret(),
            request: &self.request,
            bearer: self.bearer.expose_secret(),
        }
    }
}

/// Gives the key back when the request is refused, breaks or panics on its way.
struct Undone(Option<(Keyring, Claim)>);

impl Drop for Undone {
    fn drop(&mut self) {
        if let Some((keyring, claim)) = self.0.take() {
            let abandon = async move {
                if let Err(error) = idempotency::abandon(&keyring, &claim).await {
                    tracing::error!(
                        error.cause = error.cause(),
                        "an idempotency key was not given back"
                    );
                }
            };
            tokio::spawn(abandon.in_current_span());
        }
    }
}

async fn carry_out(
    keyring: Keyring,
    claim: Claim,
    asked: Asked,
    request: Request,
    next: Next,
) -> Response {
    let mut undone = Undone(Some((keyring.clone(), claim)));
    let response = next.run(request).await;
    if !response.status().is_success() {
        let abandoned = idempotency::abandon(&keyring, &claim).await;
        undone.0 = None;
        return note(abandoned, response);
    }
    let (parts, body) = response.into_parts();
    // Our own answers are in memory already.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Refusal::internal().into_response();
    };
    let (kept, secret) = match parts.extensions.get::<HoldsToken>() {
        Some(HoldsToken) => without_token(&bytes),
        None => (bytes.to_vec(), None),
    };
    let answer = Answer {
        status: parts.status.as_u16(),
        body: kept,
        secret,
    };
    let finished = idempotency::finish(&keyring, &claim, &asked.presented(), answer).await;
    undone.0 = None;
    note(finished, Response::from_parts(parts, Body::from(bytes)))
}

/// The answer stands, whatever becomes of the record of it.
fn note(kept: keyring::Result<()>, response: Response) -> Response {
    if let Err(error) = kept {
        tracing::error!(
            error.cause = error.cause(),
            "an idempotent answer was not kept"
        );
    }
    response
}

/// The answer and its token, apart.
fn without_token(answer: &Bytes) -> (Vec<u8>, Option<SecretString>) {
    let mut answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let token = answer
        .get_mut("spec")
        .and_then(Value::as_object_mut)
        .and_then(|spec| spec.remove("token"));
    let token = match token {
        Some(Value::String(token)) => Some(SecretString::from(token)),
        _ => None,
    };
    (answer.to_string().into_bytes(), token)
}

fn replay(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let body = match &answer.secret {
        Some(token) => with_token(&answer.body, token),
        None => answer.body,
    };
    let mut response = (status, body).into_response();
    if answer.secret.is_some() {
        forbid_keeping(&mut response);
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn with_token(answer: &[u8], token: &SecretString) -> Vec<u8> {
    let mut answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    if let Some(spec) = answer.get_mut("spec").and_then(Value::as_object_mut) {
        spec.insert("token".to_owned(), token.expose_secret().into());
    }
    answer.to_string().into_bytes()
}
