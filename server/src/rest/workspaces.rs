//! `/v1/workspaces`

use axum::Json;
use axum::extract::State;
use contract::Page;
use contract::request::ListWorkspaces;
use contract::resource::Workspace;
use keyring::Keyring;

use super::extract::{Caller, FromQuery, Params, Query};
use crate::answer::Result;

impl FromQuery for ListWorkspaces {
    fn from_query(params: &mut Params) -> Self {
        Self {
            page: params.page(),
            order: params.order(),
            labels: params.labels(),
            include_archived: false,
            include_info: params.flag("includeInfo"),
        }
    }
}

/// `GET /v1/workspaces`: those the caller reaches.
pub(super) async fn reachable(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Query(request): Query<ListWorkspaces>,
) -> Result<Json<Page<Workspace>>> {
    Ok(Json(
        keyring::workspaces::reachable(&keyring, &caller, request).await?,
    ))
}
