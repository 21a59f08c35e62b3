//! First start, invitations, sign-in, sign-out, theme.

use app::context::{ended_session_cookie, session_cookie};
use app::posted::Posted;
use axum::extract::Path;
use axum::http::header::{REFERER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use contract::form::NewOwner;
use contract::people::{Joining, SignInStep};
use keyring::sessions::{Credentials, SignIn, SignedIn, sign_in as sign_in_with};
use secrecy::ExposeSecret;

use super::super::forms::Post;
use super::super::gate::HOME;
use super::super::next::segment;
use crate::answer::Refusal;

/// `POST /setup`
pub(super) async fn claim(post: Post) -> Response {
    let owner = match NewOwner::from_form(&post.fields) {
        Ok(owner) => owner,
        Err(refused) => return post.refused("/setup", refused).await,
    };
    let passphrase = post.text("passphrase").into();
    let (keyring, origin) = (&post.house.keyring, post.origin());
    match keyring::setup::claim(keyring, post.text("code"), owner, passphrase, origin).await {
        Ok(session) => begin(&post, &session, "/welcome"),
        Err(error) => post.refused("/setup", error).await,
    }
}

/// `POST /sign-in`
pub(super) async fn sign_in(post: Post) -> Response {
    let passphrase = post.text("passphrase").into();
    let page = post.sign_in_page();
    let account = match contract::people::account_of(&post.fields) {
        Ok(account) => account,
        Err(refused) => return post.refused(&page, refused).await,
    };
    let credentials = Credentials {
        email: post.text("email"),
        passphrase,
        account,
        code: post.fields.code(),
    };
    let step = match sign_in_with(&post.house.keyring, credentials, post.origin()).await {
        Ok(SignIn::Done(session)) => return begin(&post, &session, HOME),
        Ok(SignIn::Choose(accounts)) => SignInStep::Choose(accounts),
        Ok(SignIn::Code) => SignInStep::Code,
        Err(error) => return post.refused(&page, error).await,
    };
    let posted = Posted {
        fields: post.fields.without_secrets(),
        sign_in: Some(step),
        ..Posted::default()
    };
    post.answered(&page, posted).await
}

/// `POST /join/{secret}`
pub(super) async fn join(Path(secret): Path<String>, post: Post) -> Response {
    let page = format!("/join/{}", segment(&secret));
    let joining = match Joining::from_form(&post.fields) {
        Ok(joining) => joining,
        Err(refused) => return post.refused(&page, refused).await,
    };
    let passphrase = post.text("passphrase").into();
    let (keyring, origin) = (&post.house.keyring, post.origin());
    match keyring::people::join(keyring, &secret, joining, passphrase, origin).await {
        Ok(session) => begin(&post, &session, HOME),
        Err(error) => post.refused(&page, error).await,
    }
}

fn begin(post: &Post, session: &SignedIn, page: &str) -> Response {
    let cookie = session_cookie(post.house.cookies(), session.cookie.expose_secret());
    ([(SET_COOKIE, cookie)], post.done(page)).into_response()
}

/// `POST /sign-out`: the session ends here and the browser forgets its cookie.
pub(super) async fn sign_out(post: Post) -> Response {
    if let Some(caller) = post.signed_in()
        && let Err(error) = keyring::sessions::sign_out(&post.house.keyring, &caller).await
    {
        return Refusal::from(error).into_response();
    }
    let cookie = ended_session_cookie(post.house.cookies());
    ([(SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response()
}

/// `POST /theme`: a preference of the browser, not of the person.
pub(super) async fn choose_theme(headers: HeaderMap, post: Post) -> Response {
    let cookie = match post.text("theme") {
        "light" => "theme=light; Path=/; Max-Age=31536000; SameSite=Lax",
        "dark" => "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax",
        _ => "theme=; Path=/; Max-Age=0; SameSite=Lax",
    };
    let page = headers
        .get(REFERER)
        .and_then(|referer| referer.to_str().ok())
        .and_then(|referer| referer.strip_prefix(post.house.public_url.origin()))
        .and_then(contract::next::own_path)
        .unwrap_or("/");
    let page = post.next().unwrap_or(page);
    let cookie = HeaderValue::from_static(cookie);
    ([(SET_COOKIE, cookie)], Redirect::to(page)).into_response()
}
