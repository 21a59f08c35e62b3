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

/// List a key's workspaces
///
/// Those it reaches; of a key that reaches all, every one that is not archived. Needs `api_keys:read`.
#[utoipa::path(
    get, path = "/account/api_keys/{id}/workspaces", operation_id = "list_api_key_workspaces", tag = "Keys",
    params(KeyId, Query<ListGrants>),
    responses((status = 200, description = "A page of workspaces", body = Page<Workspace>)),
)]
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

/// Grant a workspace
///
/// Granting what is granted changes nothing. Needs `api_keys:manage`, dominance over the key, and
/// reach of the workspace.
#[utoipa::path(
    post, path = "/account/api_keys/{id}/workspaces", operation_id = "add_api_key_workspace", tag = "Keys",
    params(KeyId), request_body = GrantWorkspace,
    responses((status = 200, description = "The key", body = ApiKey)),
)]
pub(super) async fn grant(
    state: State<Keyring>,
    caller: Caller,
    id: KeyId,
    body: Body<GrantWorkspace>,
) -> Result<Json<ApiKey>> {
    add(state, caller, id, body).await
}

/// Grant a workspace, as later clients spell it
///
/// The same as posting to the key's workspaces.
#[utoipa::path(
    post, path = "/account/api_keys/{id}/:addWorkspace", operation_id = "add_api_key_workspace_verb", tag = "Keys",
    params(KeyId), request_body = GrantWorkspace,
    responses((status = 200, description = "The key", body = ApiKey)),
)]
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

/// Take a workspace back, as later clients spell it
///
/// The same as deleting it from the key's workspaces, but for the answer.
#[utoipa::path(
    post, path = "/account/api_keys/{id}/:removeWorkspace", operation_id = "remove_api_key_workspace_verb", tag = "Keys",
    params(KeyId), request_body = GrantWorkspace,
    responses((status = 200, description = "The key", body = ApiKey)),
)]
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

/// Take a workspace back
///
/// Taking what is not granted changes nothing; a key without workspaces stays valid. Needs
/// `api_keys:manage`, dominance over the key, and reach of the workspace.
#[utoipa::path(
    delete, path = "/account/api_keys/{id}/workspaces/{workspaceId}", operation_id = "remove_api_key_workspace", tag = "Keys",
    params(GrantIds),
    responses((status = 204, description = "It is not granted any more")),
)]
pub(super) async fn delete(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    GrantIds(key, workspace): GrantIds,
) -> Result<StatusCode> {
    keyring::grants::revoke(&keyring, &caller, key, workspace).await?;
    Ok(StatusCode::NO_CONTENT)
}
