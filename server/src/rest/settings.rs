//! `/v1/account/settings`

use axum::Json;
use axum::extract::State;
use contract::settings::{AccountSettings, UpdateSettings};
use keyring::Keyring;

use super::extract::{Body, Caller};
use crate::answer::Result;

/// Get the settings
///
/// What the account decides for itself. Needs `account:manage`.
#[utoipa::path(
    get, path = "/account/settings", operation_id = "get_account_settings", tag = "Account",
    responses((status = 200, description = "The settings", body = AccountSettings)),
)]
pub(super) async fn show(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
) -> Result<Json<AccountSettings>> {
    Ok(Json(keyring::settings::get(&keyring, &caller).await?))
}

/// Update the settings
///
/// Keys that were issued before stay what they are. A longest lifetime needs a default within it. What members
/// hold counts from their next request on. A second factor is asked of others by somebody who has one, in the
/// console; a key can only lift that. Needs `account:manage`.
#[utoipa::path(
    patch, path = "/account/settings", operation_id = "update_account_settings", tag = "Account",
    request_body = UpdateSettings,
    responses((status = 200, description = "The settings", body = AccountSettings)),
)]
pub(super) async fn update(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Body(request): Body<UpdateSettings>,
) -> Result<Json<AccountSettings>> {
    let changes = request.try_into()?;
    Ok(Json(
        keyring::settings::update(&keyring, &caller, changes).await?,
    ))
}
