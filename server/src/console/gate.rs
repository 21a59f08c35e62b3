//! Who is led where: to the setup while nobody owns this Keyrack, to the sign-in while nobody is
//! signed in, to their own page who has to turn a second factor on first. A matter of manners only; what may be seen and done is decided in the keyring.

use app::context::Visitor;
use axum::extract::{Request, State};
use axum::http::header::ACCEPT;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use contract::console::SetupState;
use keyring::Caller;

use super::next;
use crate::answer::Result;
use crate::house::House;

/// Where people land who wanted nothing in particular.
pub(super) const HOME: &str = "/keys";
/// The page of one's own account.
const OWN: &str = "/account";

/// Layer: leads page requests. Posts and server functions pass; they answer for themselves.
pub(super) async fn open(
    State(house): State<House>,
    request: Request,
    next: Next,
) -> Result<Response> {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    if is_read {
        let visitor = request.extensions().get::<Visitor>();
        let caller = visitor.and_then(|visitor| visitor.caller.as_ref());
        let owned = is_owned(&house).await?;
        if let Some(elsewhere) = elsewhere(request.uri(), owned, caller) {
            // A page that listens cannot be led anywhere. This tells it to stop (HTML, section 9.2.3).
            if listens(request.headers()) {
                return Ok(StatusCode::NO_CONTENT.into_response());
            }
            return Ok(elsewhere.into_response());
        }
    }
    Ok(next.run(request).await)
}

fn listens(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .is_some_and(|accept| accept == "text/event-stream")
}

fn elsewhere(uri: &Uri, owned: bool, caller: Option<&Caller>) -> Option<Redirect> {
    let path = uri.path();
    if !owned {
        return (path != "/setup").then(|| Redirect::to("/setup"));
    }
    if caller.is_some_and(Caller::lacks_factor) {
        return (path != OWN).then(|| Redirect::to(OWN));
    }
    match (path, caller.is_some()) {
        ("/sign-in", true) => Some(Redirect::to(next::wanted(uri).as_deref().unwrap_or(HOME))),
        ("/" | "/setup", true) => Some(Redirect::to(HOME)),
        ("/" | "/setup", false) => Some(Redirect::to("/sign-in")),
        ("/sign-in", false) | (_, true) => None,
        // Who was invited is nobody yet.
        (path, false) if path.starts_with("/join/") => None,
        (_, false) => {
            let wanted = uri.path_and_query().map_or(path, PathAndQuery::as_str);
            Some(next::sign_in_for(wanted))
        }
    }
}

async fn is_owned(house: &House) -> Result<bool> {
    if house.doors.is_owned() {
        return Ok(true);
    }
    let owned = keyring::setup::state(&house.keyring).await? == SetupState::Done;
    if owned {
        house.doors.mark_owned();
    }
    Ok(owned)
}
