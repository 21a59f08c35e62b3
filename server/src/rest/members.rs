//! `/v1/account/workspaces/{workspaceId}/members`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::Page;
use contract::page::PageRequest;
use contract::request::AddMember;
use contract::resource::WorkspaceMember;
use keyring::Keyring;

use super::extract::{Body, Caller, FromQuery, MemberIds, Params, Query, WorkspaceId};
use crate::answer::Result;

impl FromQuery for PageRequest {
    fn from_query(params: &mut Params) -> Self {
        params.page()
    }
}

/// List a workspace's members
///
/// Who came last comes first. Needs `workspaces:read`.
#[utoipa::path(
    get, path = "/account/workspaces/{workspaceId}/members", operation_id = "list_workspace_members", tag = "Workspaces",
    params(WorkspaceId, Query<PageRequest>),
    responses((status = 200, description = "A page of members", body = Page<WorkspaceMember>)),
)]
pub(super) async fn list(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    WorkspaceId(workspace): WorkspaceId,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<WorkspaceMember>>> {
    Ok(Json(
        keyring::members::list(&keyring, &caller, workspace, page).await?,
    ))
}

/// Add a member
///
/// By profile or by address, not both. An address that nobody in the account has is invited. Adding
/// who is there changes nothing. Needs `workspaces:manage`, and reach of the workspace.
#[utoipa::path(
    post, path = "/account/workspaces/{workspaceId}/members", operation_id = "add_workspace_member", tag = "Workspaces",
    params(WorkspaceId), request_body = AddMember,
    responses((status = 200, description = "The member", body = WorkspaceMember)),
)]
pub(super) async fn add(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    WorkspaceId(workspace): WorkspaceId,
    Body(request): Body<AddMember>,
) -> Result<Json<WorkspaceMember>> {
    let who = request.try_into()?;
    Ok(Json(
        keyring::members::add(&keyring, &caller, workspace, who).await?,
    ))
}

/// Remove a member
///
/// At once. Removing who is not there changes nothing. Needs `workspaces:manage`, and reach of the
/// workspace.
#[utoipa::path(
    delete, path = "/account/workspaces/{workspaceId}/members/{profileId}", operation_id = "remove_workspace_member", tag = "Workspaces",
    params(MemberIds),
    responses((status = 204, description = "They do not belong to it any more")),
)]
pub(super) async fn remove(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    MemberIds(workspace, profile): MemberIds,
) -> Result<StatusCode> {
    keyring::members::remove(&keyring, &caller, workspace, profile).await?;
    Ok(StatusCode::NO_CONTENT)
}
