//! Signing in, who is signed in, and where. Signing out is a plain post: it ends in a new page anyway.

use contract::console::Me;
use contract::form::Fields;
use contract::people::{SessionRow, SignInStep};
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

/// Who is signed in, and what they may hand out.
#[server(name = WhoIsSignedIn, prefix = "/_fn", endpoint = "session.me", input = Json, output = Json)]
pub async fn me() -> Result<Me, Problem> {
    use crate::context;
    super::answer(async {
        let (keyring, caller) = context::signed_in()?;
        let public_url = use_context::<context::PublicUrl>().unwrap_or_default();
        Ok(keyring::profiles::me(&keyring, &caller, &public_url.0).await?)
    })
    .await
}

/// Begins a session: checks `email` and `passphrase` and sets the cookie. Where they open several accounts,
/// it answers with these and begins nothing, until `account` says which; where they have a second factor, it
/// begins nothing until there is a `code`.
#[server(prefix = "/_fn", endpoint = "session.sign_in", input = Json, output = Json)]
pub async fn sign_in(fields: Fields) -> Result<SignInStep, Problem> {
    use crate::context;
    use keyring::sessions::{Credentials, SignIn};
    super::answer(async {
        let keyring = context::keyring()?;
        let credentials = Credentials {
            email: fields.get("email").unwrap_or_default(),
            passphrase: fields.get("passphrase").unwrap_or_default().into(),
            account: contract::people::account_of(&fields)?,
            code: fields.code(),
        };
        let origin = context::visitor().origin;
        match keyring::sessions::sign_in(&keyring, credentials, origin).await? {
            SignIn::Choose(accounts) => Ok(SignInStep::Choose(accounts)),
            SignIn::Code => Ok(SignInStep::Code),
            SignIn::Done(session) => {
                context::begin_session(&session)?;
                Ok(SignInStep::Done)
            }
        }
    })
    .await
}

/// The sessions of who is signed in.
#[server(prefix = "/_fn", endpoint = "session.own", input = Json, output = Json)]
pub async fn own() -> Result<Vec<SessionRow>, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::sessions::own(&keyring, &caller).await?)
    })
    .await
}

/// Ends a session.
#[server(prefix = "/_fn", endpoint = "session.end", input = Json, output = Json)]
pub async fn end(id: String) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::people::session_id(&id)?;
        Ok(keyring::sessions::end(&keyring, &caller, id).await?)
    })
    .await
}

/// Ends all sessions of somebody; of the caller's own, all others.
#[server(prefix = "/_fn", endpoint = "session.end_all", input = Json, output = Json)]
pub async fn end_all(person: String) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let person = contract::people::person_id(&person)?;
        Ok(keyring::sessions::end_all(&keyring, &caller, person).await?)
    })
    .await
}

/// Changes the caller's `passphrase` to `newPassphrase`.
#[server(prefix = "/_fn", endpoint = "session.change_passphrase", input = Json, output = Json)]
pub async fn change_passphrase(fields: Fields) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = super::confirmed(&fields).await?;
        let current = fields.get("passphrase").unwrap_or_default().into();
        let new = fields.get("newPassphrase").unwrap_or_default().into();
        Ok(keyring::sessions::change_passphrase(&keyring, &caller, current, new).await?)
    })
    .await
}
