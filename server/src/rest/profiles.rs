//! `/v1/account/profiles`

use axum::Json;
use axum::extract::State;
use contract::Page;
use contract::request::ListProfiles;
use contract::resource::Profile;
use keyring::Keyring;

use super::extract::{Caller, FromQuery, Params, Query};
use crate::answer::Result;

impl FromQuery for ListProfiles {
    fn from_query(params: &mut Params) -> Self {
        Self {
            page: params.page(),
            query: params.text("query"),
            labels: params.labels(),
        }
    }
}

/// List profiles
///
/// People, keys and the system, newest first. Needs `account:manage`.
#[utoipa::path(
    get, path = "/account/profiles", operation_id = "list_profiles", tag = "Account",
    params(Query<ListProfiles>),
    responses((status = 200, description = "A page of profiles", body = Page<Profile>)),
)]
pub(super) async fn list(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Query(request): Query<ListProfiles>,
) -> Result<Json<Page<Profile>>> {
    Ok(Json(
        keyring::profiles::list(&keyring, &caller, request).await?,
    ))
}
