//! The forms of the console, for browsers without scripting. Each has the URL of its page or
//! stands below it, and calls the same use case as the server function of the hydrated page.

mod keys;
mod people;
mod settings;
mod workspaces;

use axum::Router;
use axum::routing::post;

use crate::house::House;

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/setup", post(people::claim))
        .route("/sign-in", post(people::sign_in))
        .route("/sign-out", post(people::sign_out))
        .route("/theme", post(people::choose_theme))
        .route("/keys/new", post(keys::issue))
        .route("/keys/change", post(keys::change_many))
        .route("/keys/views", post(keys::save_view))
        .route("/keys/views/remove", post(keys::remove_view))
        .route("/keys/{id}", post(keys::update))
        .route("/keys/{id}/rotate", post(keys::rotate))
        .route("/keys/{id}/grace", post(keys::change_grace))
        .route("/keys/{id}/end-grace", post(keys::end_grace))
        .route("/keys/{id}/revoke", post(keys::revoke))
        .route("/keys/{id}/disable", post(keys::disable))
        .route("/keys/{id}/enable", post(keys::enable))
        .route("/keys/{id}/grant", post(keys::grant))
        .route("/keys/{id}/ungrant", post(keys::ungrant))
        .route("/settings", post(settings::update))
        .route("/workspaces/new", post(workspaces::create))
        .route("/workspaces/{id}", post(workspaces::update))
        .route("/workspaces/{id}/archive", post(workspaces::archive))
        .route("/workspaces/{id}/restore", post(workspaces::restore))
}
