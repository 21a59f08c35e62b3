//! Workspaces: create, change, archive, restore.

use axum::extract::Path;
use axum::response::Response;
use contract::WorkspaceId;
use contract::people::person_id;
use contract::request::{NewMember, NewWorkspace, WorkspaceChanges, workspace_id};
use keyring::{Caller, Keyring};

use super::super::forms::Post;
use super::super::next::segment;
use crate::answer::Refusal;

/// `POST /workspaces/new`
pub(super) async fn create(post: Post) -> Response {
    let fields = post.fields.clone();
    post.act(
        "/workspaces/new",
        "/workspaces",
        async move |keyring, caller| {
            let request = NewWorkspace::from_form(&fields)?;
            Ok(keyring::workspaces::create(&keyring, &caller, request).await?)
        },
    )
    .await
}

/// `POST /workspaces/{id}`: the details form.
pub(super) async fn update(Path(id): Path<String>, post: Post) -> Response {
    let fields = post.fields.clone();
    change(post, &id, async move |keyring, caller, id| {
        let changes = WorkspaceChanges::from_form(&fields)?;
        keyring::workspaces::update(&keyring, &caller, id, changes).await?;
        Ok(())
    })
    .await
}

/// `POST /workspaces/{id}/archive`
pub(super) async fn archive(Path(id): Path<String>, post: Post) -> Response {
    change(post, &id, async |keyring, caller, id| {
        Ok(keyring::workspaces::archive(&keyring, &caller, id).await?)
    })
    .await
}

/// `POST /workspaces/{id}/restore`
pub(super) async fn restore(Path(id): Path<String>, post: Post) -> Response {
    change(post, &id, async |keyring, caller, id| {
        keyring::workspaces::restore(&keyring, &caller, id).await?;
        Ok(())
    })
    .await
}

/// `POST /workspaces/{id}/members`: somebody by their address.
pub(super) async fn add_member(Path(id): Path<String>, post: Post) -> Response {
    let fields = post.fields.clone();
    change(post, &id, async move |keyring, caller, id| {
        let who = NewMember::from_form(&fields)?;
        keyring::members::add(&keyring, &caller, id, who).await?;
        Ok(())
    })
    .await
}

/// `POST /workspaces/{id}/members/{person}/remove`
pub(super) async fn remove_member(
    Path((id, person)): Path<(String, String)>,
    post: Post,
) -> Response {
    change(post, &id, async move |keyring, caller, id| {
        let person = person_id(&person)?;
        Ok(keyring::members::remove(&keyring, &caller, id, person).await?)
    })
    .await
}

/// What all changes of one workspace share; its page is shown before and after.
async fn change<F>(
    post: Post,
    id: &str,
    act: impl FnOnce(Keyring, Caller, WorkspaceId) -> F,
) -> Response
where
    F: Future<Output = Result<(), Refusal>>,
{
    let page = format!("/workspaces/{}", segment(id));
    let id = workspace_id(id);
    post.act(&page, &page, async move |keyring, caller| {
        act(keyring, caller, id?).await
    })
    .await
}
