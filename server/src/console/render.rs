//! Renders a page as the answer to a form post.

use app::posted::Posted;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Request, StatusCode, Uri};
use axum::response::Response;
use leptos::prelude::provide_context;
use leptos_axum::render_app_async_with_context;

use super::context;
use crate::house::House;

/// The page at `path`, with what was posted in its context. It is not hydrated: it shows what a
/// second request would not bring back.
pub(super) async fn page(
    house: &House,
    asked: Parts,
    path: &str,
    status: StatusCode,
    posted: Posted,
) -> Response {
    let provide = context::provider(house);
    let render = render_app_async_with_context(
        move || {
            provide();
            provide_context(posted.clone());
        },
        || app::shell(false),
    );
    let mut request = Request::from_parts(asked, Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = path.parse().unwrap_or_else(|_| Uri::from_static("/"));
    let mut response = render(request).await;
    *response.status_mut() = status;
    response
}
