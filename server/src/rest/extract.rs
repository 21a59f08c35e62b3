//! What handlers take: who is asking, a JSON body, a query. Everything that can be wrong with a
//! request is refused here, with the field named.

mod body;
mod query;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use contract::Kind;
use keyring::{Keyring, Origin};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Ref, Required};
use utoipa::{IntoParams, ToSchema};

use crate::answer::Refusal;

pub(crate) use body::too_large;
pub(super) use body::{Body, NoBody, OptionalBody, read};
pub(super) use query::{FromQuery, Params, Query};

/// Whoever the bearer token belongs to. Cookies are not looked at: no browser can be made to
/// call REST with somebody's rights.
pub(super) struct Caller(pub(super) keyring::Caller);

/// The caller of a request with an idempotency key, who was looked up before.
#[derive(Clone)]
pub(super) struct Claimed(pub(super) keyring::Caller);

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Keyring: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        if let Some(Claimed(caller)) = parts.extensions.remove() {
            return Ok(Self(caller));
        }
        let token = bearer(&parts.headers)?;
        // Nobody else asks for it once there is a caller.
        let origin = parts.extensions.remove::<Origin>().unwrap_or_default();
        let keyring = Keyring::from_ref(state);
        Ok(Self(
            keyring::callers::by_token(&keyring, token, origin).await?,
        ))
    }
}

/// RFC 6750, section 2.1; the scheme's case does not matter. Of two headers, a service behind a proxy might
/// believe the other.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let refuse = |message| Refusal::new(Kind::Unauthenticated, message);
    let mut sent = headers.get_all(AUTHORIZATION).iter();
    let header = sent
        .next()
        .ok_or_else(|| refuse("Send the key's token as `Authorization: Bearer TOKEN`."))?;
    if sent.next().is_some() {
        return Err(refuse("Send one `Authorization` header, not several."));
    }
    header
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| refuse("The token is not valid. Send one as `Authorization: Bearer TOKEN`."))
}

/// Extractors of ids in the path, and how the path is described. What cannot be read is no id, and is
/// answered as one that does not exist.
macro_rules! path_ids {
    ($($(#[$doc:meta])* $name:ident { $($segment:literal: $id:ty = $read:path),* })*) => {$(
        $(#[$doc])*
        pub(super) struct $name($(pub(super) $id),*);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Refusal;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
                Ok(Self($($read(&segment(parts, $segment).await)?),*))
            }
        }

        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![$(path_parameter::<$id>($segment)),*]
            }
        }
    )*};
}

path_ids! {
    /// Of a key.
    KeyId { "id": contract::ApiKeyId = contract::request::key_id }
    /// Of a workspace.
    WorkspaceId { "workspaceId": contract::WorkspaceId = contract::request::workspace_id }
    /// Of a key and a workspace.
    GrantIds {
        "id": contract::ApiKeyId = contract::request::key_id,
        "workspaceId": contract::WorkspaceId = contract::request::workspace_id
    }
    /// Of a workspace and a person.
    MemberIds {
        "workspaceId": contract::WorkspaceId = contract::request::workspace_id,
        "profileId": contract::ProfileId = contract::request::profile_id
    }
}

fn path_parameter<Id: ToSchema>(name: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(Ref::from_schema_name(Id::name())))
        .build()
}

/// What cannot be decoded is no id.
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
