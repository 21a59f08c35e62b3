//! `/v1/account`

use axum::Json;
use axum::extract::State;
use contract::resource::Account;
use keyring::Keyring;

use super::extract::Caller;
use crate::answer::Result;

/// Get the account
///
/// With its global key, whose token is never in the answer. Needs `account:manage`.
#[utoipa::path(
    get, path = "/account", operation_id = "get_account", tag = "Account",
    responses((status = 200, description = "The account", body = Account)),
)]
pub(super) async fn show(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
) -> Result<Json<Account>> {
    Ok(Json(keyring::accounts::get(&keyring, &caller).await?))
}
