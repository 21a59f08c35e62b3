//! The REST skin, `/v1`: parse, call, present. One file per resource; what they share is in
//! [`extract`] (who is asking, bodies, query) and [`reply`] (answers with secrets or nothing).

mod api_keys;
mod extract;
mod key_workspaces;
mod reply;
mod verbs;
mod whoami;
mod workspaces;

use axum::Router;
use axum::routing::{delete, get, post};

use crate::house::House;

pub(crate) use extract::too_large;
pub(crate) use verbs::split_verb;

/// Below `/v1`. A custom verb is a segment of its own here, see [`split_verb`].
pub(crate) fn routes() -> Router<House> {
    Router::new()
        .without_v07_checks()
        .route("/whoami", get(whoami::show))
        .route("/workspaces", get(workspaces::reachable))
        .route(
            "/account/api_keys",
            get(api_keys::list).post(api_keys::create),
        )
        .route(
            "/account/api_keys/{id}",
            get(api_keys::get)
                .patch(api_keys::update)
                .delete(api_keys::revoke),
        )
        .route("/account/api_keys/{id}/:rotate", post(api_keys::rotate))
        .route("/account/api_keys/{id}/:disable", post(api_keys::disable))
        .route("/account/api_keys/{id}/:enable", post(api_keys::enable))
        .route("/account/api_keys/{id}/:reveal", post(api_keys::reveal))
        .route(
            "/account/api_keys/{id}/:addWorkspace",
            post(key_workspaces::add),
        )
        .route(
            "/account/api_keys/{id}/:removeWorkspace",
            post(key_workspaces::remove),
        )
        .route(
            "/account/api_keys/{id}/workspaces",
            get(key_workspaces::list).post(key_workspaces::add),
        )
        .route(
            "/account/api_keys/{id}/workspaces/{workspace_id}",
            delete(key_workspaces::delete),
        )
}
