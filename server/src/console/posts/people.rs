//! People: invite, change, remove; their sessions, and one's own.

use app::posted::Posted;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use contract::ProfileId;
use contract::people::{InvitationLink, Legacy, NewPerson, person_id, role_of, session_id};
use keyring::{Caller, Keyring};

use super::super::forms::Post;
use super::super::next::segment;
use crate::answer::Refusal;

/// `POST /people/new`
pub(super) async fn invite(post: Post) -> Response {
    const PAGE: &str = "/people/new";
    let caller = match post.caller(PAGE) {
        Ok(caller) => caller,
        Err(sign_in) => return sign_in.into_response(),
    };
    let invited = async {
        let new = NewPerson::from_form(&post.fields)?;
        let invited = keyring::people::invite(&post.house.keyring, &caller, new);
        invited.await.map_err(Refusal::from)
    };
    match invited.await {
        Ok(link) => shown(post, PAGE, link).await,
        Err(refusal) => post.refused(PAGE, refusal).await,
    }
}

/// `POST /people/{id}/link`: a new link for somebody who has not come yet.
pub(super) async fn link(Path(id): Path<String>, post: Post) -> Response {
    let page = format!("/people/{}", segment(&id));
    let caller = match post.caller(&page) {
        Ok(caller) => caller,
        Err(sign_in) => return sign_in.into_response(),
    };
    let linked = async {
        let id = person_id(&id)?;
        let linked = keyring::people::link(&post.house.keyring, &caller, id);
        linked.await.map_err(Refusal::from)
    };
    match linked.await {
        Ok(link) => shown(post, &page, link).await,
        Err(refusal) => post.refused(&page, refusal).await,
    }
}

/// The one answer with the link. It is the post's own, so that a reload never shows it again.
async fn shown(post: Post, page: &str, link: InvitationLink) -> Response {
    let posted = Posted {
        invitation: Some(link),
        ..Posted::default()
    };
    post.answered(page, posted).await
}

/// `POST /people/{id}/withdraw`
pub(super) async fn withdraw(Path(id): Path<String>, post: Post) -> Response {
    let to = "/people".to_owned();
    change(post, &id, Some(to), async |keyring, caller, id| {
        Ok(keyring::people::withdraw(&keyring, &caller, id).await?)
    })
    .await
}

/// `POST /people/{id}/role`
pub(super) async fn set_role(Path(id): Path<String>, post: Post) -> Response {
    let fields = post.fields.clone();
    change(post, &id, None, async move |keyring, caller, id| {
        let role = role_of(&fields)?;
        Ok(keyring::people::set_role(&keyring, &caller, id, role).await?)
    })
    .await
}

/// `POST /people/{id}/transfer`
pub(super) async fn transfer(Path(id): Path<String>, post: Post) -> Response {
    change(post, &id, None, async |keyring, caller, id| {
        Ok(keyring::people::transfer_ownership(&keyring, &caller, id).await?)
    })
    .await
}

/// `POST /people/{id}/disable`
pub(super) async fn disable(Path(id): Path<String>, post: Post) -> Response {
    change(post, &id, None, async |keyring, caller, id| {
        Ok(keyring::people::disable(&keyring, &caller, id).await?)
    })
    .await
}

/// `POST /people/{id}/enable`
pub(super) async fn enable(Path(id): Path<String>, post: Post) -> Response {
    change(post, &id, None, async |keyring, caller, id| {
        Ok(keyring::people::enable(&keyring, &caller, id).await?)
    })
    .await
}

/// `POST /people/{id}/sign-out`: all their sessions.
pub(super) async fn sign_out(Path(id): Path<String>, post: Post) -> Response {
    change(post, &id, None, async |keyring, caller, id| {
        Ok(keyring::sessions::end_all(&keyring, &caller, id).await?)
    })
    .await
}

/// `POST /people/{id}/remove`
pub(super) async fn remove(Path(id): Path<String>, post: Post) -> Response {
    let page = format!("/people/{}/remove", segment(&id));
    let caller = match post.caller(&page) {
        Ok(caller) => caller,
        Err(sign_in) => return sign_in.into_response(),
    };
    let removed = async {
        let (id, legacy) = (person_id(&id)?, Legacy::from_form(&post.fields)?);
        let removed = keyring::people::remove(&post.house.keyring, &caller, id, legacy);
        removed.await.map_err(Refusal::from)
    };
    match removed.await {
        Ok(()) => post.done("/people"),
        Err(refusal) => post.refused(&page, refusal).await,
    }
}

/// What changes of one person share; their page is shown before, and after where nothing else is said.
async fn change<F>(
    post: Post,
    id: &str,
    to: Option<String>,
    act: impl FnOnce(Keyring, Caller, ProfileId) -> F,
) -> Response
where
    F: Future<Output = Result<(), Refusal>>,
{
    let page = format!("/people/{}", segment(id));
    let caller = match post.caller(&page) {
        Ok(caller) => caller,
        Err(sign_in) => return sign_in.into_response(),
    };
    let result = match person_id(id) {
        Ok(id) => act(post.house.keyring.clone(), caller, id).await,
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => post.done(&to.unwrap_or(page)),
        Err(refusal) => post.refused(&page, refusal).await,
    }
}

const OWN: &str = "/account";

/// `POST /account/sessions/{id}/end`: one session, one's own or of somebody whom one may change.
pub(super) async fn end(Path(id): Path<String>, post: Post) -> Response {
    let page = post.next().unwrap_or(OWN).to_owned();
    let caller = match post.caller(&page) {
        Ok(caller) => caller,
        Err(sign_in) => return sign_in.into_response(),
    };
    let ended = async {
        let id = session_id(&id)?;
        let ended = keyring::sessions::end(&post.house.keyring, &caller, id);
        ended.await.map_err(Refusal::from)
    };
    match ended.await {
        Ok(()) => post.done(&page),
        Err(refusal) => post.refused(&page, refusal).await,
    }
}

/// `POST /account/sign-out-others`
pub(super) async fn end_others(post: Post) -> Response {
    let caller = match post.caller(OWN) {
        Ok(caller) => caller,
        Err(sign_in) => return sign_in.into_response(),
    };
    let own = caller.profile();
    match keyring::sessions::end_all(&post.house.keyring, &caller, own).await {
        Ok(()) => post.done(OWN),
        Err(error) => post.refused(OWN, error).await,
    }
}

/// `POST /account`: another passphrase.
pub(super) async fn change_passphrase(post: Post) -> Response {
    let caller = match post.caller(OWN) {
        Ok(caller) => caller,
        Err(sign_in) => return sign_in.into_response(),
    };
    let (current, new) = (post.text("passphrase"), post.text("newPassphrase"));
    let keyring = &post.house.keyring;
    let changed =
        keyring::sessions::change_passphrase(keyring, &caller, current.into(), new.into()).await;
    match changed {
        Ok(()) => post.done(OWN),
        Err(error) => post.refused(OWN, error).await,
    }
}
