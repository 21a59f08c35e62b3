//! People: invite, change, remove; their sessions, and one's own.

use app::posted::Posted;
use axum::extract::Path;
use axum::response::Response;
use contract::ProfileId;
use contract::people::{InvitationLink, Legacy, NewPerson, person_id, role_of, session_id};
use keyring::{Caller, Keyring};
use secrecy::SecretString;

use super::super::forms::Post;
use super::super::next::segment;
use crate::answer::Refusal;

/// `POST /people/new`
pub(super) async fn invite(mut post: Post) -> Response {
    const PAGE: &str = "/people/new";
    let caller = match post.caller().await {
        Ok(caller) => caller,
        Err(turned) => return post.turned(PAGE, turned).await,
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
pub(super) async fn link(Path(id): Path<String>, mut post: Post) -> Response {
    let page = format!("/people/{}", segment(&id));
    let caller = match post.caller().await {
        Ok(caller) => caller,
        Err(turned) => return post.turned(&page, turned).await,
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
    let fields = post.fields.clone();
    post.act(&page, "/people", async move |keyring, caller| {
        let (id, legacy) = (person_id(&id)?, Legacy::from_form(&fields)?);
        Ok(keyring::people::remove(&keyring, &caller, id, legacy).await?)
    })
    .await
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
    let done = to.unwrap_or_else(|| page.clone());
    let id = person_id(id);
    post.act(&page, &done, async move |keyring, caller| {
        act(keyring, caller, id?).await
    })
    .await
}

const OWN: &str = "/account";

/// `POST /account/sessions/{id}/end`: one session, one's own or of somebody whom one may change.
pub(super) async fn end(Path(id): Path<String>, post: Post) -> Response {
    let page = post.next().unwrap_or(OWN).to_owned();
    post.act(&page, &page, async move |keyring, caller| {
        Ok(keyring::sessions::end(&keyring, &caller, session_id(&id)?).await?)
    })
    .await
}

/// `POST /account/sign-out-others`
pub(super) async fn end_others(post: Post) -> Response {
    post.act(OWN, OWN, async |keyring, caller| {
        Ok(keyring::sessions::end_all(&keyring, &caller, caller.profile()).await?)
    })
    .await
}

/// `POST /account`: another passphrase.
pub(super) async fn change_passphrase(post: Post) -> Response {
    let [current, new] =
        ["passphrase", "newPassphrase"].map(|name| SecretString::from(post.text(name)));
    post.act(OWN, OWN, async move |keyring, caller| {
        Ok(keyring::sessions::change_passphrase(&keyring, &caller, current, new).await?)
    })
    .await
}
