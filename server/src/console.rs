//! The console's skin: pages rendered by Leptos, their forms for browsers without scripting
//! ([`posts`]), the server functions behind the hydrated pages, what they wait for ([`events`]), and who
//! may see them ([`gate`]).

mod access;
mod audit;
mod context;
mod events;
mod forms;
mod gate;
mod next;
mod posts;
mod reference;
mod render;
mod session;

use std::sync::LazyLock;

use app::posted::Posted;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use leptos::config::LeptosOptions;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use tower::ServiceBuilder;

use crate::house::House;
use crate::security;

pub(crate) use reference::read as reference;
pub(crate) use render::refused;
pub(crate) use session::session_cookie;

/// Where the page of the matrix sends changesets: their bodies may be larger than others.
pub(crate) const APPLY: &str = "/_fn/access.apply";

/// Which pages there are. Listed once in the life of the process and before any is rendered:
/// meanwhile Leptos keeps every resource in it from loading, and a page would wait for ever.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

/// Pages and server functions come from the app, form posts stand beside the pages they answer.
pub(crate) fn routes(house: &House) -> Router<House> {
    let options = LeptosOptions::builder().output_name("keyrack").build();
    let pages = Router::new()
        .leptos_routes_with_context(&options, PAGES.clone(), context::provider(house), || {
            app::shell(true)
        })
        .with_state(options);
    let routes = posts::routes()
        .merge(events::routes())
        .merge(audit::routes())
        .merge(pages);
    layered(house, routes).merge(recognised(house, access::routes()))
}

/// What answers where nothing is routed to: a page for people, the plain error for programs.
pub(crate) fn unrouted(house: &House) -> Router {
    layered(house, Router::new().fallback(no_such_page)).with_state(house.clone())
}

/// Whether whoever asks looks at pages. What programs call has no pages below it.
pub(crate) fn is_for_people(uri: &Uri, headers: &HeaderMap) -> bool {
    let root = uri.path().split('/').nth(1).unwrap_or_default();
    let accept = || headers.get(ACCEPT)?.to_str().ok();
    !["v1", "_fn", "pkg"].contains(&root)
        && accept().is_some_and(|accept| accept.contains("text/html"))
}

async fn no_such_page(State(house): State<House>, request: Request) -> Response {
    let (asked, _) = request.into_parts();
    let path = asked.uri.path().to_owned();
    render::page(
        &house,
        asked,
        &path,
        StatusCode::NOT_FOUND,
        Posted::default(),
    )
    .await
}

/// For what people look at.
fn layered(house: &House, router: Router<House>) -> Router<House> {
    let gate = from_fn_with_state(house.clone(), gate::open);
    recognised(house, router.layer(gate))
}

/// For what pages load: who is not signed in is told so, and not led to a page.
fn recognised(house: &House, router: Router<House>) -> Router<House> {
    let layers = ServiceBuilder::new()
        .layer(from_fn(keep_nothing))
        .layer(from_fn_with_state(house.clone(), security::same_origin))
        .layer(from_fn_with_state(house.clone(), session::recognise));
    router.layer(layers)
}

/// Layer: pages show what only one person may see, and browsers keep pages for the back button.
async fn keep_nothing(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
