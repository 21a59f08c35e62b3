//! What a form post carries, and the ways to answer one.

use app::context::Visitor;
use app::posted::Posted;
use axum::extract::{Form, FromRequest, FromRequestParts, MatchedPath, Request};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use contract::Kind;
use contract::factor::CODE_FIELD;
use contract::form::Fields;
use contract::resource::{ApiKey, RevealedApiKey, RevealedToken};
use keyring::{Caller, Keyring, Origin, PlainToken};

use super::{next, render};
use crate::answer::{self, Refusal, Result};
use crate::house::House;
use crate::{rest, router};

/// Why a post does nothing.
pub(super) enum Turned {
    SignedOut,
    /// The code of the second factor that came with it.
    Refused(Refusal),
}

/// A posted form with everything its answer needs.
pub(super) struct Post {
    pub(super) house: House,
    pub(super) fields: Fields,
    visitor: Visitor,
    parts: Parts,
}

impl FromRequest<House> for Post {
    type Rejection = Response;

    async fn from_request(request: Request, house: &House) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = axum::Extension::<Visitor>::from_request_parts(&mut parts, house).await;
        let axum::Extension(visitor) = visitor.map_err(IntoResponse::into_response)?;
        let request = Request::from_parts(parts.clone(), body);
        let form = Form::<Vec<(String, String)>>::from_request(request, house).await;
        let Form(pairs) = form.map_err(|rejection| {
            let kind = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => {
                    return rest::too_large(router::MAX_BODY).into_response();
                }
                StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::UnsupportedMedia,
                _ => Kind::InvalidArgument,
            };
            Refusal::new(kind, "This is not a form. Go back and send it again.").into_response()
        })?;
        Ok(Self {
            house: house.clone(),
            fields: pairs.into_iter().collect(),
            visitor,
            parts,
        })
    }
}

impl Post {
    pub(super) fn origin(&self) -> Origin {
        self.visitor.origin.clone()
    }

    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).unwrap_or_default()
    }

    /// Who is signed in, if anybody is.
    pub(super) fn signed_in(&self) -> Option<Caller> {
        self.visitor.caller.clone()
    }

    /// Who is signed in. A form that carries a code of their second factor confirms their session by it
    /// before it does anything else, and what is shown from then on asks for no other.
    pub(super) async fn caller(&mut self) -> Result<Caller, Turned> {
        let mut caller = self.signed_in().ok_or(Turned::SignedOut)?;
        if let Some(code) = self.fields.code() {
            caller = keyring::factor::confirm(&self.house.keyring, &caller, code)
                .await
                .map_err(|error| Turned::Refused(error.into()))?;
            self.visitor.caller = Some(caller.clone());
            self.parts.extensions.insert(self.visitor.clone());
        }
        Ok(caller)
    }

    /// For whom [`Post::caller`] turned away: the way to the sign-in and back to `page` with nothing lost that
    /// was typed, or the page again with what was wrong about the code.
    pub(super) async fn turned(self, page: &str, turned: Turned) -> Response {
        match turned {
            Turned::SignedOut => next::sign_in_and_resume(page, &self.fields).into_response(),
            Turned::Refused(refusal) => self.refused(page, refusal).await,
        }
    }

    /// The sign-in page, still on the way to where somebody wanted to go.
    pub(super) fn sign_in_page(&self) -> String {
        match self.next() {
            Some(next) => {
                let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
                format!("/sign-in?{query}")
            }
            None => "/sign-in".to_owned(),
        }
    }

    /// Where the form says to go after success, if that is a path of ours.
    pub(super) fn next(&self) -> Option<&str> {
        contract::next::own_path(self.fields.get("next")?)
    }

    /// Success: a reload of what follows posts nothing again.
    pub(super) fn done(&self, page: &str) -> Response {
        Redirect::to(self.next().unwrap_or(page)).into_response()
    }

    /// Does something for whoever is signed in. Then comes the page `done`, or the page `shown` again with what
    /// was refused.
    pub(super) async fn act<F, T>(
        mut self,
        shown: &str,
        done: &str,
        act: impl FnOnce(Keyring, Caller) -> F,
    ) -> Response
    where
        F: Future<Output = Result<T>>,
    {
        let caller = match self.caller().await {
            Ok(caller) => caller,
            Err(turned) => return self.turned(shown, turned).await,
        };
        match act(self.house.keyring.clone(), caller).await {
            Ok(_) => self.done(done),
            Err(refusal) => self.refused(shown, refusal).await,
        }
    }

    /// The page again, with what was wrong and what was typed.
    pub(super) async fn refused(self, page: &str, refusal: impl Into<Refusal>) -> Response {
        let problem = refusal.into().told(
            &self.house,
            || self.asked(),
            answer::request_id(&self.parts.extensions),
        );
        let status = StatusCode::from_u16(problem.kind.status());
        let retry_after = problem.retry_after;
        let posted = Posted {
            fields: self.fields.without_secrets(),
            had_code: self.fields.get(CODE_FIELD).is_some(),
            problem: Some(problem),
            ..Posted::default()
        };
        let status = status.unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = render::page(&self.house, self.parts, page, status, posted).await;
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }

    /// What was asked for, as a route.
    fn asked(&self) -> String {
        let route = self.parts.extensions.get::<MatchedPath>();
        let route = route.map(MatchedPath::as_str).unwrap_or_default();
        format!("{} {route}", self.parts.method)
    }

    /// The one answer that shows a token. It is the post's own, so that a reload asks the browser
    /// to post again and never shows it a second time.
    pub(super) async fn reveal(self, page: &str, key: ApiKey, token: &PlainToken) -> Response {
        let token = RevealedToken::new(token.expose());
        let posted = Posted {
            revealed: Some(RevealedApiKey::new(key, token)),
            ..Posted::default()
        };
        self.answered(page, posted).await
    }

    /// The page, with what came of the post in it.
    pub(super) async fn answered(self, page: &str, posted: Posted) -> Response {
        render::page(&self.house, self.parts, page, StatusCode::OK, posted).await
    }
}
