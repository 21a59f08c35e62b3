//! `/v1/account/api_keys`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::Page;
use contract::attention::{Attention, AttentionCounts};
use contract::bulk::Together;
use contract::request::{ChangeApiKeys, CreateApiKey, GiveReason, ListKeys, UpdateApiKey};
use contract::resource::{ApiKey, KeyState, RevealedApiKey};
use contract::usage::KeyUsage;
use keyring::Keyring;

use super::extract::{Body, Caller, FromQuery, KeyId, NoBody, OptionalBody, Params, Query};
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
            state: params.parsed("state", KeyState::parse),
            workspace: params.parsed("workspaceId", str::parse),
            attention: params.parsed("attention", Attention::parse),
            include_info: params.flag("includeInfo"),
        }
    }
}

impl FromQuery for GiveReason {
    fn from_query(params: &mut Params) -> Self {
        Self {
            reason: params.text("reason"),
        }
    }
}

/// List keys
///
/// Revoked ones are not among them unless `state` asks for them: `info.revoked` then tells by whom, when and
/// why. Needs `api_keys:read`.
#[utoipa::path(
    get, path = "/account/api_keys", operation_id = "list_api_keys", tag = "Keys",
    params(Query<ListKeys>),
    responses((status = 200, description = "A page of keys", body = Page<ApiKey>)),
)]
pub(super) async fn list(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Query(request): Query<ListKeys>,
) -> Result<Json<Page<ApiKey>>> {
    Ok(Json(keyring::keys::list(&keyring, &caller, request).await?))
}

/// Count the keys that deserve a look
///
/// By the conditions that `attention` filters the list by. Only keys that work are counted: neither
/// disabled nor expired. Needs `api_keys:read`.
#[utoipa::path(
    get, path = "/account/attention", operation_id = "get_attention", tag = "Keys",
    responses((status = 200, description = "How many keys deserve each look", body = AttentionCounts)),
)]
pub(super) async fn attention(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
) -> Result<Json<AttentionCounts>> {
    Ok(Json(keyring::keys::attention(&keyring, &caller).await?))
}

/// Issue a key
///
/// The answer is the only one with its token. Nobody hands out more than they hold: permissions and
/// workspaces must be within the caller's. Needs `api_keys:manage`.
#[utoipa::path(
    post, path = "/account/api_keys", operation_id = "create_api_key", tag = "Keys",
    request_body = CreateApiKey,
    responses((status = 200, description = "The key with its token", body = RevealedApiKey)),
)]
pub(super) async fn create(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Body(request): Body<CreateApiKey>,
) -> Result<Secret<RevealedApiKey>> {
    let (key, token) = keyring::keys::issue(&keyring, &caller, request.try_into()?).await?;
    Ok(Secret::reveal(key, &token))
}

/// Change many keys
///
/// All of the named keys, or all that a filter finds, at most 500: all in one transaction and as one batch
/// of the audit log, or none. With `dryRun` nothing is done, and it is told what would be and why not. Needs
/// `api_keys:manage`, and dominance over every key.
#[utoipa::path(
    post, path = "/account/api_keys/:change", operation_id = "change_api_keys", tag = "Keys",
    request_body = ChangeApiKeys,
    responses((status = 200, description = "What became of each key", body = Together)),
)]
pub(super) async fn change(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Body(request): Body<ChangeApiKeys>,
) -> Result<Json<Together>> {
    let request = request.try_into()?;
    Ok(Json(
        keyring::keys::change_all(&keyring, &caller, &request).await?,
    ))
}

/// Get a key
///
/// Needs `api_keys:read`.
#[utoipa::path(
    get, path = "/account/api_keys/{id}", operation_id = "get_api_key", tag = "Keys",
    params(KeyId),
    responses((status = 200, description = "The key", body = ApiKey)),
)]
pub(super) async fn get(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
) -> Result<Json<ApiKey>> {
    Ok(Json(keyring::keys::get(&keyring, &caller, id).await?))
}

/// Get a key's usage
///
/// Calls by hour and by day, where they came from, why they were denied, and the last use of each token
/// and each workspace. At most five seconds late. Needs `api_keys:read`.
#[utoipa::path(
    get, path = "/account/api_keys/{id}/usage", operation_id = "get_api_key_usage", tag = "Keys",
    params(KeyId),
    responses((status = 200, description = "What the key is used for", body = KeyUsage)),
)]
pub(super) async fn usage(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
) -> Result<Json<KeyUsage>> {
    Ok(Json(keyring::usage::of_key(&keyring, &caller, id).await?))
}

/// Update a key
///
/// Needs `api_keys:manage`, and dominance over the key before and after.
#[utoipa::path(
    patch, path = "/account/api_keys/{id}", operation_id = "update_api_key", tag = "Keys",
    params(KeyId), request_body = UpdateApiKey,
    responses((status = 200, description = "The key", body = ApiKey)),
)]
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

/// Revoke a key
///
/// For good, with every token of it, at once. The `reason` is kept. The global account key is a failed
/// precondition. Needs `api_keys:manage`, and dominance over the key.
#[utoipa::path(
    delete, path = "/account/api_keys/{id}", operation_id = "delete_api_key", tag = "Keys",
    params(KeyId, Query<GiveReason>),
    responses((status = 204, description = "It is revoked")),
)]
pub(super) async fn revoke(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    Query(request): Query<GiveReason>,
) -> Result<StatusCode> {
    keyring::keys::revoke(&keyring, &caller, id, request.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Disable a key
///
/// Its tokens are refused until it is enabled again, and a rotation in progress ends. The `reason` is kept.
/// Needs `api_keys:manage`, and dominance over the key.
#[utoipa::path(
    post, path = "/account/api_keys/{id}/:disable", operation_id = "disable_api_key", tag = "Keys",
    params(KeyId), request_body = Option<GiveReason>,
    responses((status = 200, description = "The key", body = ApiKey)),
)]
pub(super) async fn disable(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    OptionalBody(request): OptionalBody<GiveReason>,
) -> Result<Json<ApiKey>> {
    let reason = request.parse()?;
    Ok(Json(
        keyring::keys::disable(&keyring, &caller, id, reason).await?,
    ))
}

/// Enable a key
///
/// Needs `api_keys:manage`, and dominance over the key.
#[utoipa::path(
    post, path = "/account/api_keys/{id}/:enable", operation_id = "enable_api_key", tag = "Keys",
    params(KeyId),
    responses((status = 200, description = "The key", body = ApiKey)),
)]
pub(super) async fn enable(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    _: NoBody,
) -> Result<Json<ApiKey>> {
    Ok(Json(keyring::keys::enable(&keyring, &caller, id).await?))
}

/// Reveal a key's token
///
/// Always a failed precondition: a token is shown once. Rotate the key for a new one. Needs
/// `api_keys:manage`.
#[utoipa::path(
    post,
    path = "/account/api_keys/{id}/:reveal",
    operation_id = "reveal_api_key",
    tag = "Keys",
    params(KeyId),
    responses()
)]
pub(super) async fn reveal(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    _: NoBody,
) -> Result<Json<ApiKey>> {
    Ok(Json(keyring::keys::reveal(&keyring, &caller, id).await?))
}
