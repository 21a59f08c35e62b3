//! `/v1/account/api_keys/{id}/workspaces`, and the same two changes as custom verbs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::page::PageRequest;
use contract::request::GrantWorkspace;
use contract::resource::{ApiKey, Workspace};
use contract::{Labels, Page};
use keyring::Keyring;

use super::extract::{Body, Caller, FromQuery, GrantIds, KeyId, Params, Query};
use crate::answer::Result;

/// Which part of the list, and which labels.
pub(super) struct ListGrants(PageRequest, Labels);

impl FromQuery for ListGrants {
    fn from_query(params: &mut Params) -> Self {
        Self(params.page(), params.labels())
    }
}

/// `GET /v1/account/api_keys/{id}/workspaces`
pub(super) async fn list(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    Query(ListGrants(page, labels)): Query<ListGrants>,
) -> Result<Json<Page<Workspace>>> {
    Ok(Json(
        keyring::grants::list(&keyring, &caller, id, labels, page).await?,
    ))
}

/// `POST /v1/account/api_keys/{id}/workspaces` and `…/{id}:addWorkspace`
pub(super) async fn add(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    Body(request): Body<GrantWorkspace>,
) -> Result<Json<ApiKey>> {
    let workspace = request.parse()?;
    Ok(Json(
        keyring::grants::grant(&keyring, &caller, id, workspace).await?,
    ))
}

/// `POST /v1/account/api_keys/{id}:removeWorkspace`
pub(super) async fn remove(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    KeyId(id): KeyId,
    Body(request): Body<GrantWorkspace>,
) -> Result<Json<ApiKey>> {
    let workspace = request.parse()?;
    Ok(Json(
        keyring::grants::revoke(&keyring, &caller, id, workspace).await?,
    ))
}

/// `DELETE /v1/account/api_keys/{id}/workspaces/{workspaceId}`
pub(super) async fn delete(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    GrantIds(key, workspace): GrantIds,
) -> Result<StatusCode> {
    keyring::grants::revoke(&keyring, &caller, key, workspace).await?;
    Ok(StatusCode::NO_CONTENT)
}
