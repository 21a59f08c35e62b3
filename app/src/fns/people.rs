//! People: who they are, how they come, what they may be, how they go.

use contract::form::Fields;
use contract::people::{InvitationLink, InviteOptions, Invited, PeopleView, PersonView};
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

/// A page of the people, as far as `q` is in their name or address.
#[server(prefix = "/_fn", endpoint = "people.list", input = Json, output = Json)]
pub async fn list(q: String, cursor: String) -> Result<PeopleView, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let cursor = (!cursor.is_empty()).then_some(cursor);
        Ok(keyring::people::list(&keyring, &caller, &q, cursor).await?)
    })
    .await
}

/// Somebody, for who may change them.
#[server(prefix = "/_fn", endpoint = "people.get", input = Json, output = Json)]
pub async fn get(id: String) -> Result<PersonView, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::people::person_id(&id)?;
        Ok(keyring::people::get(&keyring, &caller, id).await?)
    })
    .await
}

/// What a new person may be given.
#[server(prefix = "/_fn", endpoint = "people.options", input = Json, output = Json)]
pub async fn options() -> Result<InviteOptions, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::people::invite_options(&keyring, &caller).await?)
    })
    .await
}

/// Invites somebody. The one answer with their link.
#[server(prefix = "/_fn", endpoint = "people.invite", input = Json, output = Json)]
pub async fn invite(fields: Fields) -> Result<InvitationLink, Problem> {
    super::answer(async {
        let (keyring, caller) = super::confirmed(&fields).await?;
        let new = contract::people::NewPerson::from_form(&fields)?;
        Ok(keyring::people::invite(&keyring, &caller, new).await?)
    })
    .await
}

/// A new link for somebody who has not come yet.
#[server(prefix = "/_fn", endpoint = "people.link", input = Json, output = Json)]
pub async fn link(
    id: String,
    #[server(default)] fields: Fields,
) -> Result<InvitationLink, Problem> {
    super::answer(async {
        let (keyring, caller) = super::confirmed(&fields).await?;
        let id = contract::people::person_id(&id)?;
        Ok(keyring::people::link(&keyring, &caller, id).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "people.withdraw", input = Json, output = Json)]
pub async fn withdraw(id: String) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::people::person_id(&id)?;
        Ok(keyring::people::withdraw(&keyring, &caller, id).await?)
    })
    .await
}

/// Gives somebody the `role` of the form.
#[server(prefix = "/_fn", endpoint = "people.set_role", input = Json, output = Json)]
pub async fn set_role(id: String, fields: Fields) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = super::confirmed(&fields).await?;
        let id = contract::people::person_id(&id)?;
        let role = contract::people::role_of(&fields)?;
        Ok(keyring::people::set_role(&keyring, &caller, id, role).await?)
    })
    .await
}

/// Makes somebody the owner in the caller's place.
#[server(prefix = "/_fn", endpoint = "people.transfer", input = Json, output = Json)]
pub async fn transfer(id: String, #[server(default)] fields: Fields) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = super::confirmed(&fields).await?;
        let id = contract::people::person_id(&id)?;
        Ok(keyring::people::transfer_ownership(&keyring, &caller, id).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "people.disable", input = Json, output = Json)]
pub async fn disable(id: String) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::people::person_id(&id)?;
        Ok(keyring::people::disable(&keyring, &caller, id).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "people.enable", input = Json, output = Json)]
pub async fn enable(id: String) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::people::person_id(&id)?;
        Ok(keyring::people::enable(&keyring, &caller, id).await?)
    })
    .await
}

/// Removes somebody; the form says what becomes of their keys.
#[server(prefix = "/_fn", endpoint = "people.remove", input = Json, output = Json)]
pub async fn remove(id: String, fields: Fields) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::people::person_id(&id)?;
        let legacy = contract::people::Legacy::from_form(&fields)?;
        Ok(keyring::people::remove(&keyring, &caller, id, legacy).await?)
    })
    .await
}

/// What somebody who opens the link of an invitation is told. Nobody is signed in for it.
#[server(name = OpenInvitation, prefix = "/_fn", endpoint = "people.invited", input = Json, output = Json)]
pub async fn invited(secret: String) -> Result<Invited, Problem> {
    super::answer(async {
        let keyring = crate::context::keyring()?;
        Ok(keyring::people::invited(&keyring, &secret).await?)
    })
    .await
}

/// Lets somebody in by the link of an invitation, and signs them in.
#[server(prefix = "/_fn", endpoint = "people.join", input = Json, output = Json)]
pub async fn join(secret: String, fields: Fields) -> Result<(), Problem> {
    use crate::context;
    super::answer(async {
        let keyring = context::keyring()?;
        let joining = contract::people::Joining::from_form(&fields)?;
        let passphrase = fields.get("passphrase").unwrap_or_default().into();
        let origin = context::visitor().origin;
        let session = keyring::people::join(&keyring, &secret, joining, passphrase, origin).await?;
        Ok(context::begin_session(&session)?)
    })
    .await
}
