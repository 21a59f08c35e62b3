//! The REST skin, `/v1`: parse, call, present. One file per resource; what they share is in
//! [`extract`] (who is asking, bodies, query), [`reply`] (answers with secrets or nothing),
//! [`idempotency`] (requests that are sent again) and [`openapi`] (what programs are told of it all).

mod access;
mod account;
mod api_keys;
mod audit_events;
mod authorize;
mod extract;
mod idempotency;
mod key_workspaces;
mod members;
mod openapi;
mod profiles;
mod reply;
mod rotation;
mod settings;
mod tokens;
mod verbs;
mod whoami;
mod workspaces;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use futures_util::future::BoxFuture;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::house::House;

pub(crate) use audit_events::lines as audit_lines;
pub(crate) use extract::too_large;
pub use openapi::document;
pub(crate) use verbs::split_verb;

/// Where changesets go, as it is routed: their bodies may be larger than others.
pub(crate) const APPLY: &str = "/v1/account/access/:apply";

/// Where verdicts are asked for.
const VERIFY: &str = "/v1/tokens:verify";
const VERIFY_BATCH: &str = "/v1/tokens:verifyBatch";
const AUTHORIZE: &str = "/v1/authorize";

/// The route of a path where verdicts are asked for.
pub(crate) fn verifying(path: &str) -> Option<&'static str> {
    [VERIFY, VERIFY_BATCH, AUTHORIZE]
        .into_iter()
        .find(|route| *route == path)
}

/// Everything below `/v1` but the questions about tokens.
pub(crate) fn routes(house: &House) -> Router<House> {
    let once = from_fn_with_state(house.clone(), idempotency::once);
    let (changing, _) = described().split_for_parts();
    changing.route_layer(once)
}

/// The questions about tokens, without layers: an idempotency key means nothing to them, for they change
/// nothing, and their answers must be of now.
pub(crate) fn questions() -> Router<House> {
    Router::new()
        .without_v07_checks()
        .route(VERIFY, post(tokens::verify))
        .route(VERIFY_BATCH, post(tokens::verify_batch))
        .route(AUTHORIZE, get(authorize::authorize))
}

/// The handler of a question that every request of the account's services waits for. It is where [`questions`]
/// would lead, without the way there, which costs as much as the verdict: layers of those routes do not count here.
pub(crate) fn straight(
    request: &Request,
) -> Option<fn(Request, House) -> BoxFuture<'static, Response>> {
    match (request.method(), request.uri().path()) {
        (&Method::POST, VERIFY) => Some(|request, house| tokens::verify.call(request, house)),
        (&Method::GET, AUTHORIZE) => {
            Some(|request, house| authorize::authorize.call(request, house))
        }
        _ => None,
    }
}

/// Their descriptions.
fn asking() -> OpenApiRouter<House> {
    OpenApiRouter::from(Router::new().without_v07_checks())
        .routes(routes!(tokens::verify))
        .routes(routes!(tokens::verify_batch))
        .routes(routes!(authorize::authorize))
}

/// Every other operation with its description. A custom verb is a segment of its own here, see
/// [`split_verb`].
fn described() -> OpenApiRouter<House> {
    OpenApiRouter::from(Router::new().without_v07_checks())
        .routes(routes!(whoami::show))
        .routes(routes!(account::show))
        .routes(routes!(settings::show, settings::update))
        .routes(routes!(profiles::list))
        .routes(routes!(api_keys::list, api_keys::create))
        .routes(routes!(api_keys::attention))
        .routes(routes!(api_keys::change))
        .routes(routes!(api_keys::get, api_keys::update, api_keys::revoke))
        .routes(routes!(api_keys::usage))
        .routes(routes!(rotation::rotate))
        .routes(routes!(rotation::change))
        .routes(routes!(rotation::end))
        .routes(routes!(api_keys::disable))
        .routes(routes!(api_keys::enable))
        .routes(routes!(api_keys::reveal))
        .routes(routes!(key_workspaces::list, key_workspaces::grant))
        .routes(routes!(key_workspaces::delete))
        .routes(routes!(key_workspaces::add))
        .routes(routes!(key_workspaces::remove))
        .routes(routes!(access::show))
        .routes(routes!(access::apply))
        .routes(routes!(access::revert))
        .routes(routes!(workspaces::reachable))
        .routes(routes!(workspaces::reached))
        .routes(routes!(workspaces::list, workspaces::create))
        .routes(routes!(
            workspaces::get,
            workspaces::update,
            workspaces::archive
        ))
        .routes(routes!(workspaces::restore))
        .routes(routes!(members::list, members::add))
        .routes(routes!(members::remove))
        .routes(routes!(audit_events::list))
        .routes(routes!(audit_events::export))
        .routes(routes!(access::explain))
        .routes(routes!(openapi::show))
}
