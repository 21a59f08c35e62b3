//! `/v1/whoami`

use axum::Json;
use axum::extract::State;
use contract::resource::Profile;
use keyring::Keyring;

use super::extract::Caller;
use crate::answer::Result;

/// `GET /v1/whoami`: the caller's own profile. Needs no permission.
pub(super) async fn show(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
) -> Result<Json<Profile>> {
    Ok(Json(keyring::profiles::whoami(&keyring, &caller).await?))
}
