//! `/v1/whoami`

use axum::Json;
use axum::extract::State;
use contract::resource::Profile;
use keyring::Keyring;

use super::extract::Caller;
use crate::answer::Result;

/// Who am I?
///
/// The caller's own profile; a key's is its own, not its owner's. Needs no permission.
#[utoipa::path(
    get, path = "/whoami", operation_id = "whoami", tag = "Caller",
    responses((status = 200, description = "The caller's profile", body = Profile)),
)]
pub(super) async fn show(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
) -> Result<Json<Profile>> {
    Ok(Json(keyring::profiles::whoami(&keyring, &caller).await?))
}
