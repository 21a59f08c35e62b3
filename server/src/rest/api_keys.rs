//! `/v1/account/api_keys`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::Page;
use contract::request::{CreateApiKey, ListKeys, UpdateApiKey};
use contract::resource::{ApiKey, RevealedApiKey};
use keyring::Keyring;

use super::extract::{Body, Caller, FromQuery, KeyId, NoBody, Params, Query};
use super::reply::Secret;
use crate::answer::Result;

impl FromQuery for ListKeys {
    fn from_query(params: &mut Params) -> Self {
        Self {
            page: params.page(),
            order: params.order(),
            prefix: params.text("prefix"),
            query: params.text("query"),
            labels: params.labels(),
            include_info: params.flag("includeInfo"),
        }
    }
}

/// `GET /v1/account/api_keys`
pub(super) async fn list(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Query(request): Query<ListKeys>,
) -> Result<Json<Page<ApiKey>>> {
    Ok(Json(keyring::keys::list(&keyring, &caller, request).await?))
}

/// `POST /v1/account/api_keys`
pub(super) async fn create(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Body(request): Body<CreateApiKey>,
) -> Result<Secret<RevealedApiKey>> {
    let (key, token) = keyring::keys::issue(&keyring, &caller, request.try_into()?).await?;
    Ok(Secret::reveal(key, &token))
}

/// `GET /v1/account/api_keys/{id}`
pub(super) async fn get(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
) -> Result<Json<ApiKey>> {
    Ok(Json(keyring::keys::get(&keyring, &caller, id).await?))
}

/// `PATCH /v1/account/api_keys/{id}`
pub(super) async fn update(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    Body(request): Body<UpdateApiKey>,
) -> Result<Json<ApiKey>> {
    let changes = request.try_into()?;
    Ok(Json(
        keyring::keys::update(&keyring, &caller, id, changes).await?,
    ))
}

/// `DELETE /v1/account/api_keys/{id}`
pub(super) async fn revoke(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
) -> Result<StatusCode> {
    keyring::keys::revoke(&keyring, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/account/api_keys/{id}:rotate`
pub(super) async fn rotate(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    _: NoBody,
) -> Result<Secret<RevealedApiKey>> {
    let (key, token) = keyring::keys::rotate(&keyring, &caller, id).await?;
    Ok(Secret::reveal(key, &token))
}

/// `POST /v1/account/api_keys/{id}:disable`
pub(super) async fn disable(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    _: NoBody,
) -> Result<Json<ApiKey>> {
    Ok(Json(keyring::keys::disable(&keyring, &caller, id).await?))
}

/// `POST /v1/account/api_keys/{id}:enable`
pub(super) async fn enable(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    _: NoBody,
) -> Result<Json<ApiKey>> {
    Ok(Json(keyring::keys::enable(&keyring, &caller, id).await?))
}

/// `POST /v1/account/api_keys/{id}:reveal`: always refused.
pub(super) async fn reveal(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    _: NoBody,
) -> Result<Json<ApiKey>> {
    Ok(Json(keyring::keys::reveal(&keyring, &caller, id).await?))
}
