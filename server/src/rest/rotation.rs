//! The tokens of a key: `POST /v1/account/api_keys/{id}:rotate` and what becomes of the token before.

use axum::Json;
use axum::extract::State;
use contract::request::{ChangeGrace, RotateApiKey};
use contract::resource::{ApiKey, RevealedApiKey};
use keyring::Keyring;

use super::extract::{Body, Caller, KeyId, NoBody, OptionalBody};
use super::reply::Secret;
use crate::answer::Result;

/// Rotate a key
///
/// The answer is the only one with the new token. Every token before it ends at once, or the last of
/// them after `gracePeriod`, within what the settings allow, and sooner with `endWhenQuietFor`. Needs
/// `api_keys:manage`, and dominance over the key.
#[utoipa::path(
    post, path = "/account/api_keys/{id}/:rotate", operation_id = "rotate_api_key", tag = "Keys",
    params(KeyId), request_body = Option<RotateApiKey>,
    responses((status = 200, description = "The key with its new token", body = RevealedApiKey)),
)]
pub(super) async fn rotate(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    OptionalBody(request): OptionalBody<RotateApiKey>,
) -> Result<Secret<RevealedApiKey>> {
    let how = request.try_into()?;
    let (key, token) = keyring::keys::rotate(&keyring, &caller, id, how).await?;
    Ok(Secret::reveal(key, &token))
}

/// Change a grace
///
/// While the token before is good: how long it stays so from now on, within what the settings allow from the
/// rotation on, and after how long without use it ends sooner. Without a rotation in progress a failed
/// precondition. Needs `api_keys:manage`, and dominance over the key.
#[utoipa::path(
    post, path = "/account/api_keys/{id}/:changeGrace", operation_id = "change_api_key_grace", tag = "Keys",
    params(KeyId), request_body = ChangeGrace,
    responses((status = 200, description = "The key", body = ApiKey)),
)]
pub(super) async fn change(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    Body(request): Body<ChangeGrace>,
) -> Result<Json<ApiKey>> {
    let change = request.try_into()?;
    Ok(Json(
        keyring::keys::change_grace(&keyring, &caller, id, change).await?,
    ))
}

/// End a grace
///
/// The token before the current one ends at once; where there is none, that is so already. Needs
/// `api_keys:manage`, and dominance over the key.
#[utoipa::path(
    post, path = "/account/api_keys/{id}/:endGrace", operation_id = "end_api_key_grace", tag = "Keys",
    params(KeyId),
    responses((status = 200, description = "The key", body = ApiKey)),
)]
pub(super) async fn end(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    _: NoBody,
) -> Result<Json<ApiKey>> {
    Ok(Json(keyring::keys::end_grace(&keyring, &caller, id).await?))
}
