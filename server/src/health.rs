//! Whether this process is alive, and whether it should be sent traffic.

use axum::extract::State;
use axum::http::StatusCode;

use crate::answer::Result;
use crate::house::House;

/// `GET /healthz`: the process runs. Touches nothing, so that a slow database gets nobody killed.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers, and no shutdown has begun.
pub async fn ready(State(house): State<House>) -> Result<(StatusCode, &'static str)> {
    if house.doors.is_closing() {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, "shutting down\n"));
    }
    house.keyring.ready().await?;
    Ok((StatusCode::OK, "ok\n"))
}
