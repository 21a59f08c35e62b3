//! What handlers take: who is asking, a JSON body, a query. Everything that can be wrong with a
//! request is refused here, with the field named.

mod body;
mod query;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use contract::{ApiKeyId, Kind, WorkspaceId};
use keyring::Keyring;
use keyring::Origin;

use crate::answer::Refusal;

pub(crate) use body::too_large;
pub(super) use body::{Body, NoBody};
pub(super) use query::{FromQuery, Params, Query};

/// Whoever the bearer token belongs to. Cookies are not looked at: no browser can be made to
/// call REST with somebody's rights.
pub(super) struct Caller(pub(super) keyring::Caller);

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Keyring: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let token = bearer(&parts.headers)?;
        let origin = parts
            .extensions
            .get::<Origin>()
            .cloned()
            .unwrap_or_default();
        let keyring = Keyring::from_ref(state);
        Ok(Self(
            keyring::callers::by_token(&keyring, token, origin).await?,
        ))
    }
}

/// RFC 6750, section 2.1; the scheme's case does not matter.
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let refuse = |message| Refusal::new(Kind::Unauthenticated, message);
    let header = headers
        .get(AUTHORIZATION)
        .ok_or_else(|| refuse("Send the key's token as `Authorization: Bearer TOKEN`."))?;
    header
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| refuse("The token is not valid. Send one as `Authorization: Bearer TOKEN`."))
}

/// `{id}` of a key in the path.
pub(super) struct KeyId(pub(super) ApiKeyId);

/// `{id}` and `{workspace_id}` in the path.
pub(super) struct GrantIds(pub(super) ApiKeyId, pub(super) WorkspaceId);

impl<S: Send + Sync> FromRequestParts<S> for KeyId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self(contract::request::key_id(
            &segment(parts, "id").await,
        )?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for GrantIds {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let key = contract::request::key_id(&segment(parts, "id").await)?;
        let workspace = contract::request::workspace_id(&segment(parts, "workspace_id").await)?;
        Ok(Self(key, workspace))
    }
}

/// What cannot be decoded is no id, and answered as one that does not exist.
async fn segment(parts: &mut Parts, name: &str) -> String {
    let segments = axum::extract::RawPathParams::from_request_parts(parts, &()).await;
    segments
        .ok()
        .and_then(|segments| {
            let mut segments = segments.iter();
            segments
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.to_owned())
        })
        .unwrap_or_default()
}
