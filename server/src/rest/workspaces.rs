//! `/v1/workspaces`, what the caller reaches, and `/v1/account/workspaces`, what there is.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::Page;
use contract::request::{CreateWorkspace, ListWorkspaces, UpdateWorkspace};
use contract::resource::Workspace;
use keyring::Keyring;

use super::extract::{Body, Caller, FromQuery, NoBody, Params, Query, WorkspaceId};
use crate::answer::Result;

/// The list of those within reach: an archived workspace is within nobody's.
pub(super) struct ListReachable(ListWorkspaces);

impl FromQuery for ListReachable {
    fn from_query(params: &mut Params) -> Self {
        Self(ListWorkspaces {
            page: params.page(),
            order: params.order(),
            labels: params.labels(),
            include_archived: false,
            include_info: params.flag("includeInfo"),
        })
    }
}

impl FromQuery for ListWorkspaces {
    fn from_query(params: &mut Params) -> Self {
        Self {
            page: params.page(),
            order: params.order(),
            labels: params.labels(),
            include_archived: params.flag("includeArchived"),
            include_info: params.flag("includeInfo"),
        }
    }
}

/// List the workspaces I reach
///
/// Needs any permission.
#[utoipa::path(
    get, path = "/workspaces", operation_id = "list_workspaces", tag = "Caller",
    params(Query<ListReachable>),
    responses((status = 200, description = "A page of workspaces", body = Page<Workspace>)),
)]
pub(super) async fn reachable(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Query(ListReachable(request)): Query<ListReachable>,
) -> Result<Json<Page<Workspace>>> {
    Ok(Json(
        keyring::workspaces::reachable(&keyring, &caller, request).await?,
    ))
}

/// Get a workspace I reach
///
/// One beyond reach is denied, an archived one a failed precondition. Needs any permission.
#[utoipa::path(
    get, path = "/workspaces/{workspaceId}", operation_id = "get_workspace", tag = "Caller",
    params(WorkspaceId),
    responses((status = 200, description = "The workspace", body = Workspace)),
)]
pub(super) async fn reached(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    WorkspaceId(id): WorkspaceId,
) -> Result<Json<Workspace>> {
    Ok(Json(
        keyring::workspaces::reached(&keyring, &caller, id).await?,
    ))
}

/// List the account's workspaces
///
/// Needs `workspaces:read`.
#[utoipa::path(
    get, path = "/account/workspaces", operation_id = "list_account_workspaces", tag = "Workspaces",
    params(Query<ListWorkspaces>),
    responses((status = 200, description = "A page of workspaces", body = Page<Workspace>)),
)]
pub(super) async fn list(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Query(request): Query<ListWorkspaces>,
) -> Result<Json<Page<Workspace>>> {
    Ok(Json(
        keyring::workspaces::list(&keyring, &caller, request).await?,
    ))
}

/// Create a workspace
///
/// Needs `workspaces:manage`.
#[utoipa::path(
    post, path = "/account/workspaces", operation_id = "create_account_workspace", tag = "Workspaces",
    request_body = CreateWorkspace,
    responses((status = 200, description = "The workspace", body = Workspace)),
)]
pub(super) async fn create(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Body(request): Body<CreateWorkspace>,
) -> Result<Json<Workspace>> {
    let new = request.try_into()?;
    Ok(Json(
        keyring::workspaces::create(&keyring, &caller, new).await?,
    ))
}

/// Get a workspace
///
/// Whatever its status. Needs `workspaces:read`.
#[utoipa::path(
    get, path = "/account/workspaces/{workspaceId}", operation_id = "get_account_workspace", tag = "Workspaces",
    params(WorkspaceId),
    responses((status = 200, description = "The workspace", body = Workspace)),
)]
pub(super) async fn get(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    WorkspaceId(id): WorkspaceId,
) -> Result<Json<Workspace>> {
    Ok(Json(keyring::workspaces::get(&keyring, &caller, id).await?))
}

/// Update a workspace
///
/// Needs `workspaces:manage`.
#[utoipa::path(
    patch, path = "/account/workspaces/{workspaceId}", operation_id = "update_account_workspace", tag = "Workspaces",
    params(WorkspaceId), request_body = UpdateWorkspace,
    responses((status = 200, description = "The workspace", body = Workspace)),
)]
pub(super) async fn update(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    WorkspaceId(id): WorkspaceId,
    Body(request): Body<UpdateWorkspace>,
) -> Result<Json<Workspace>> {
    let changes = request.try_into()?;
    Ok(Json(
        keyring::workspaces::update(&keyring, &caller, id, changes).await?,
    ))
}

/// Archive a workspace
///
/// What is scoped to it is refused from then on; its grants are kept and count again when it is
/// restored. The last enabled one stays. Needs `workspaces:manage`.
#[utoipa::path(
    delete, path = "/account/workspaces/{workspaceId}", operation_id = "archive_account_workspace", tag = "Workspaces",
    params(WorkspaceId),
    responses((status = 204, description = "It is archived")),
)]
pub(super) async fn archive(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    WorkspaceId(id): WorkspaceId,
) -> Result<StatusCode> {
    keyring::workspaces::archive(&keyring, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Restore a workspace
///
/// Undoes archiving. Needs `workspaces:manage`.
#[utoipa::path(
    post, path = "/account/workspaces/{workspaceId}/:restore", operation_id = "restore_account_workspace", tag = "Workspaces",
    params(WorkspaceId),
    responses((status = 200, description = "The workspace", body = Workspace)),
)]
pub(super) async fn restore(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    WorkspaceId(id): WorkspaceId,
    _: NoBody,
) -> Result<Json<Workspace>> {
    Ok(Json(
        keyring::workspaces::restore(&keyring, &caller, id).await?,
    ))
}
