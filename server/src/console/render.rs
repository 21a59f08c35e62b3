//! Renders what is no plain request for a page: the answer to a form post, or a refusal.

use app::posted::Posted;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Request, StatusCode, Uri};
use axum::response::Response;
use contract::Error;
use leptos::prelude::provide_context;
use leptos_axum::render_app_async_with_context;

use super::context;
use crate::answer;
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
    let mut request = to_read(asked);
    *request.uri_mut() = path.parse().unwrap_or_else(|_| Uri::from_static("/"));
    let mut response = render(request).await;
    *response.status_mut() = status;
    response
}

/// What people get instead of the JSON that tells programs of `problem`.
pub(crate) async fn refused(house: &House, asked: Parts, problem: Error) -> Body {
    let request_id = answer::request_id(&asked.extensions);
    let request_id = request_id.map_or_else(String::new, |id| id.to_string());
    let render = render_app_async_with_context(context::provider(house), move || {
        app::refused(problem.clone(), request_id.clone())
    });
    render(to_read(asked)).await.into_body()
}

fn to_read(asked: Parts) -> Request<Body> {
    let mut request = Request::from_parts(asked, Body::empty());
    *request.method_mut() = Method::GET;
    request
}
