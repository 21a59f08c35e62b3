//! JSON bodies.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use contract::{Error, Invalid, Kind};
use http_body_util::BodyExt;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::answer::Refusal;

/// A body that must be there.
pub(in crate::rest) struct Body<T>(pub(in crate::rest) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        if !is_json(request.headers()) {
            return Err(not_json());
        }
        let bytes = read(request).await?;
        parse(&bytes).map(Self)
    }
}

/// A body that may be left out: custom verbs take none, no `Content-Type`, or an object.
pub(in crate::rest) struct OptionalBody<T>(pub(in crate::rest) T);

/// Nothing, or `{}`.
pub(in crate::rest) type NoBody = OptionalBody<Empty>;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rest) struct Empty {}

impl<S: Send + Sync, T: Default + DeserializeOwned> FromRequest<S> for OptionalBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let json = is_json(request.headers()) || !request.headers().contains_key(CONTENT_TYPE);
        let bytes = read(request).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        if !json {
            return Err(not_json());
        }
        parse(&bytes).map(Self)
    }
}

fn not_json() -> Refusal {
    Refusal::new(
        Kind::UnsupportedMedia,
        "Send the body as JSON, with `Content-Type: application/json`.",
    )
}

/// `application/json`, or a type built on it.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(text) = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    let is = |wanted: &str| essence.eq_ignore_ascii_case(wanted);
    let built_on = || {
        let essence = essence.to_ascii_lowercase();
        essence.starts_with("application/") && essence.ends_with("+json")
    };
    is("application/json") || built_on()
}

/// What was taken in before ([`crate::router`]).
pub(in crate::rest) async fn read(request: Request) -> Result<Bytes, Refusal> {
    let body = request.into_body().collect().await;
    body.map(http_body_util::Collected::to_bytes)
        .map_err(|_| Refusal::internal())
}

pub(crate) fn too_large(most: usize) -> Refusal {
    let message = format!(
        "What was sent is larger than {} KiB. Send less.",
        most / 1024
    );
    Refusal::new(Kind::TooLarge, message)
}

/// An object and nothing else: Serde would fill a structure from a list as well, by position.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    if bytes.trim_ascii_start().first() == Some(&b'{')
        && let Ok(read) = serde_json::from_slice(bytes)
    {
        return Ok(read);
    }
    look_closely(bytes)
}

/// Names the field that has the wrong type or that nobody knows. A syntax error has a place instead.
fn look_closely<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice::<IgnoredAny>(bytes).map_err(|error| malformed(&error))?;
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        let message = "The body is not a JSON object. Send {…}.";
        return Err(Refusal::new(Kind::InvalidArgument, message));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let message = in_words(error.inner());
        if path == "." {
            return Refusal::new(Kind::InvalidArgument, format!("The body: {message}."));
        }
        Error::from(Invalid::new(message).at(path)).into()
    })
}

fn malformed(error: &serde_json::Error) -> Refusal {
    let message = format!(
        "The body is not JSON: it breaks at line {}, column {}.",
        error.line(),
        error.column()
    );
    Refusal::new(Kind::InvalidArgument, message)
}

/// What `serde_json` says, without its ` at line 1 column 2`, which says less than the path, and
/// without the names of our types.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(message, _)| message);
    let text = match text.split_once("expected struct ") {
        Some((before, _)) => format!("{before}expected an object"),
        None => text.to_owned(),
    };
    without_value(&text)
}

/// `invalid type: string "kr_…", expected an object` without what was sent: it may be a secret in the
/// wrong place.
fn without_value(text: &str) -> String {
    let invalid = text.starts_with("invalid ");
    match (text.find(['"', '`']), text.rfind(", expected ")) {
        (Some(value), Some(expected)) if invalid && value < expected => {
            format!("{}{}", text[..value].trim_end(), &text[expected..])
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_not_repeated() {
        for (said, told) in [
            (
                "invalid type: string \"kr_secret, expected x\", expected an object",
                "invalid type: string, expected an object",
            ),
            (
                "invalid type: integer `7`, expected a string",
                "invalid type: integer, expected a string",
            ),
            (
                "invalid type: null, expected a boolean",
                "invalid type: null, expected a boolean",
            ),
            ("missing field `token`", "missing field `token`"),
            (
                "unknown field `nmae`, expected `name`",
                "unknown field `nmae`, expected `name`",
            ),
        ] {
            assert_eq!(without_value(said), told);
        }
    }
}
