//! The forms of the console, for browsers without scripting. Each has the URL of its page or
//! stands below it, and calls the same use case as the server function of the hydrated page.

mod entering;
mod factor;
mod keys;
mod people;
mod settings;
mod workspaces;

use axum::Router;
use axum::routing::post;

use crate::house::House;

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/setup", post(entering::claim))
        .route("/sign-in", post(entering::sign_in))
        .route("/sign-out", post(entering::sign_out))
        .route("/join/{secret}", post(entering::join))
        .route("/theme", post(entering::choose_theme))
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
        .route("/workspaces/{id}/members", post(workspaces::add_member))
        .route(
            "/workspaces/{id}/members/{person}/remove",
            post(workspaces::remove_member),
        )
        .route("/people/new", post(people::invite))
        .route("/people/{id}/link", post(people::link))
        .route("/people/{id}/withdraw", post(people::withdraw))
        .route("/people/{id}/role", post(people::set_role))
        .route("/people/{id}/transfer", post(people::transfer))
        .route("/people/{id}/disable", post(people::disable))
        .route("/people/{id}/enable", post(people::enable))
        .route("/people/{id}/sign-out", post(people::sign_out))
        .route("/people/{id}/remove", post(people::remove))
        .route("/people/{id}/remove-factor", post(factor::remove))
        .route("/account", post(people::change_passphrase))
        .route("/account/factor/begin", post(factor::begin))
        .route("/account/factor/on", post(factor::turn_on))
        .route("/account/factor/off", post(factor::turn_off))
        .route("/account/factor/codes", post(factor::renew_codes))
        .route("/confirm", post(factor::confirm))
        .route("/account/sign-out-others", post(people::end_others))
        .route("/account/sessions/{id}/end", post(people::end))
}
