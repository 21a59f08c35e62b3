//! Keys: issue, change, rotate, stop, revoke, grant.

use axum::extract::Path;
use axum::response::Response;
use contract::console::KeysQuery;
use contract::request::{
    ChangeKeys, GraceChange, GrantWorkspace, IssueKey, KeyChanges, Rotate, key_id,
};
use contract::{ApiKeyId, WorkspaceId};
use keyring::{Caller, Keyring};

use super::super::forms::Post;
use super::super::next::segment;
use crate::answer::Refusal;

/// `POST /keys/new`
pub(super) async fn issue(mut post: Post) -> Response {
    const PAGE: &str = "/keys/new";
    let caller = match post.caller().await {
        Ok(caller) => caller,
        Err(turned) => return post.turned(PAGE, turned).await,
    };
    let keyring = post.house.keyring.clone();
    let issued = async {
        let request = IssueKey::from_form(&post.fields, keyring.clock().now())?;
        keyring::keys::issue(&keyring, &caller, request)
            .await
            .map_err(Refusal::from)
    };
    match issued.await {
        Ok((key, token)) => post.reveal(PAGE, key, &token).await,
        Err(refusal) => post.refused(PAGE, refusal).await,
    }
}

/// `POST /keys/change`: many keys together.
pub(super) async fn change_many(post: Post) -> Response {
    let (done, fields) = (list_page(&post), post.fields.clone());
    post.act("/keys/change", &done, async move |keyring, caller| {
        let request = ChangeKeys::from_form(&fields, false)?;
        let changed = Box::pin(keyring::keys::change_all(&keyring, &caller, &request));
        Ok(changed.await?)
    })
    .await
}

/// `POST /keys/views`: what the list is asked, under a name.
pub(super) async fn save_view(post: Post) -> Response {
    let (page, fields) = (list_page(&post), post.fields.clone());
    post.act(&page, &page, async move |keyring, caller| {
        let (name, query) = KeysQuery::named(&fields)?;
        Ok(keyring::views::save(&keyring, &caller, &name, &query).await?)
    })
    .await
}

/// `POST /keys/views/remove`
pub(super) async fn remove_view(post: Post) -> Response {
    let name = post.text("name").to_owned();
    post.act("/keys", "/keys", async move |keyring, caller| {
        Ok(keyring::views::remove(&keyring, &caller, &name).await?)
    })
    .await
}

/// The list as the form says that it was asked for.
fn list_page(post: &Post) -> String {
    let asked = ["show", "q"].map(|name| (name, post.text(name)));
    let asked: Vec<_> = asked
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if asked.is_empty() {
        return "/keys".to_owned();
    }
    let query = serde_urlencoded::to_string(&asked).unwrap_or_default();
    format!("/keys?{query}")
}

/// `POST /keys/{id}/rotate`
pub(super) async fn rotate(Path(id): Path<String>, mut post: Post) -> Response {
    let page = format!("/keys/{}/rotate", segment(&id));
    let caller = match post.caller().await {
        Ok(caller) => caller,
        Err(turned) => return post.turned(&page, turned).await,
    };
    let keyring = post.house.keyring.clone();
    let rotated = async {
        let how = Rotate::from_form(&post.fields)?;
        keyring::keys::rotate(&keyring, &caller, key_id(&id)?, how)
            .await
            .map_err(Refusal::from)
    };
    match rotated.await {
        Ok((key, token)) => post.reveal(&page, key, &token).await,
        Err(refusal) => post.refused(&page, refusal).await,
    }
}

/// `POST /keys/{id}`: the details form.
pub(super) async fn update(Path(id): Path<String>, post: Post) -> Response {
    let page = key_page(&id);
    let fields = post.fields.clone();
    change(post, &id, &page, &page, async move |keyring, caller, id| {
        let changes = KeyChanges::from_form(&fields, keyring.clock().now())?;
        keyring::keys::update(&keyring, &caller, id, changes).await?;
        Ok(())
    })
    .await
}

/// `POST /keys/{id}/grace`
pub(super) async fn change_grace(Path(id): Path<String>, post: Post) -> Response {
    let (done, fields) = (key_page(&id), post.fields.clone());
    let page = format!("{done}/grace");
    change(post, &id, &page, &done, async move |keyring, caller, id| {
        let how = GraceChange::from_form(&fields)?;
        keyring::keys::change_grace(&keyring, &caller, id, how).await?;
        Ok(())
    })
    .await
}

/// `POST /keys/{id}/end-grace`
pub(super) async fn end_grace(Path(id): Path<String>, post: Post) -> Response {
    let page = key_page(&id);
    change(post, &id, &page, &page, async |keyring, caller, id| {
        keyring::keys::end_grace(&keyring, &caller, id).await?;
        Ok(())
    })
    .await
}

/// `POST /keys/{id}/revoke`
pub(super) async fn revoke(Path(id): Path<String>, post: Post) -> Response {
    let fields = post.fields.clone();
    let page = format!("{}/revoke", key_page(&id));
    change(
        post,
        &id,
        &page,
        "/keys",
        async move |keyring, caller, id| {
            let name = fields.get("name").unwrap_or_default();
            let reason = fields.reason()?;
            Ok(keyring::keys::revoke_by_name(&keyring, &caller, id, name, reason).await?)
        },
    )
    .await
}

/// `POST /keys/{id}/disable`
pub(super) async fn disable(Path(id): Path<String>, post: Post) -> Response {
    let (done, fields) = (key_page(&id), post.fields.clone());
    let page = format!("{done}/disable");
    change(post, &id, &page, &done, async move |keyring, caller, id| {
        let reason = fields.reason()?;
        keyring::keys::disable(&keyring, &caller, id, reason).await?;
        Ok(())
    })
    .await
}

/// `POST /keys/{id}/enable`
pub(super) async fn enable(Path(id): Path<String>, post: Post) -> Response {
    let page = key_page(&id);
    change(post, &id, &page, &page, async |keyring, caller, id| {
        keyring::keys::enable(&keyring, &caller, id).await?;
        Ok(())
    })
    .await
}

/// `POST /keys/{id}/grant`
pub(super) async fn grant(Path(id): Path<String>, post: Post) -> Response {
    let page = key_page(&id);
    let workspace = workspace(&post);
    change(post, &id, &page, &page, async |keyring, caller, id| {
        keyring::grants::grant(&keyring, &caller, id, workspace?).await?;
        Ok(())
    })
    .await
}

/// `POST /keys/{id}/ungrant`
pub(super) async fn ungrant(Path(id): Path<String>, post: Post) -> Response {
    let page = key_page(&id);
    let workspace = workspace(&post);
    change(post, &id, &page, &page, async |keyring, caller, id| {
        keyring::grants::revoke(&keyring, &caller, id, workspace?).await?;
        Ok(())
    })
    .await
}

/// What all changes of one key share: sign-in if need be, the page `done` on success, the page
/// `shown` again with the problem otherwise.
async fn change<F>(
    post: Post,
    id: &str,
    shown: &str,
    done: &str,
    act: impl FnOnce(Keyring, Caller, ApiKeyId) -> F,
) -> Response
where
    F: Future<Output = Result<(), Refusal>>,
{
    let id = key_id(id);
    post.act(shown, done, async move |keyring, caller| {
        act(keyring, caller, id?).await
    })
    .await
}

fn workspace(post: &Post) -> Result<WorkspaceId, contract::Error> {
    let workspace_id = post.text("workspaceId").to_owned();
    GrantWorkspace { workspace_id }.parse()
}

fn key_page(id: &str) -> String {
    format!("/keys/{}", segment(id))
}
