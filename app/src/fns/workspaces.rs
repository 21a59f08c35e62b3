//! Workspaces.

use contract::console::WorkspacesView;
use contract::form::Fields;
use contract::people::WorkspaceReach;
use contract::resource::{Workspace, WorkspaceMember};
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

/// Every workspace of the account, with how many keys reach it.
#[server(prefix = "/_fn", endpoint = "workspaces.list", input = Json, output = Json)]
pub async fn list(archived: bool) -> Result<WorkspacesView, Problem> {
    use contract::page::{MAX_LIMIT, PageRequest, SortOrder};
    use contract::request::ListWorkspaces;
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        // Before the workspaces: what comes in between is told twice rather than never.
        let place = keyring::news::place(&keyring, &caller).await?;
        let mut all = Vec::new();
        let mut cursor = None;
        loop {
            let request = ListWorkspaces {
                page: PageRequest {
                    cursor,
                    limit: Some(MAX_LIMIT),
                },
                order: SortOrder::Asc,
                include_archived: archived,
                include_info: true,
                ..ListWorkspaces::default()
            };
            let page = keyring::workspaces::list(&keyring, &caller, request).await?;
            all.extend(page.items);
            cursor = page.pagination.next_cursor;
            if cursor.is_none() {
                return Ok(WorkspacesView {
                    workspaces: all,
                    place,
                });
            }
        }
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "workspaces.get", input = Json, output = Json)]
pub async fn get(id: String) -> Result<Workspace, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::workspace_id(&id)?;
        Ok(keyring::workspaces::get(&keyring, &caller, id).await?)
    })
    .await
}

/// Who and what reaches it, and how.
#[server(prefix = "/_fn", endpoint = "workspaces.reach", input = Json, output = Json)]
pub async fn reach(id: String) -> Result<WorkspaceReach, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::workspace_id(&id)?;
        Ok(keyring::workspaces::reach(&keyring, &caller, id).await?)
    })
    .await
}

/// Adds the person with the `email` of the form; nobody's is invited.
#[server(prefix = "/_fn", endpoint = "workspaces.add_member", input = Json, output = Json)]
pub async fn add_member(id: String, fields: Fields) -> Result<WorkspaceMember, Problem> {
    super::answer(async {
        let (keyring, caller) = super::confirmed(&fields).await?;
        let id = contract::request::workspace_id(&id)?;
        let who = contract::request::NewMember::from_form(&fields)?;
        Ok(keyring::members::add(&keyring, &caller, id, who).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "workspaces.remove_member", input = Json, output = Json)]
pub async fn remove_member(id: String, person: String) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::workspace_id(&id)?;
        let person = contract::people::person_id(&person)?;
        Ok(keyring::members::remove(&keyring, &caller, id, person).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "workspaces.create", input = Json, output = Json)]
pub async fn create(fields: Fields) -> Result<Workspace, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let request = contract::request::NewWorkspace::from_form(&fields)?;
        Ok(keyring::workspaces::create(&keyring, &caller, request).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "workspaces.update", input = Json, output = Json)]
pub async fn update(id: String, fields: Fields) -> Result<Workspace, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::workspace_id(&id)?;
        let changes = contract::request::WorkspaceChanges::from_form(&fields)?;
        Ok(keyring::workspaces::update(&keyring, &caller, id, changes).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "workspaces.archive", input = Json, output = Json)]
pub async fn archive(id: String) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::workspace_id(&id)?;
        Ok(keyring::workspaces::archive(&keyring, &caller, id).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "workspaces.restore", input = Json, output = Json)]
pub async fn restore(id: String) -> Result<Workspace, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::workspace_id(&id)?;
        Ok(keyring::workspaces::restore(&keyring, &caller, id).await?)
    })
    .await
}
