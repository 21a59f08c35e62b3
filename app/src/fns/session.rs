//! Signing in, and who is signed in. Signing out is a plain post: it ends in a new page anyway.

use contract::console::Me;
use contract::form::Fields;
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

/// Begins a session: checks `email` and `passphrase` and sets the cookie.
#[server(prefix = "/_fn", endpoint = "session.sign_in", input = Json, output = Json)]
pub async fn sign_in(fields: Fields) -> Result<(), Problem> {
    use crate::context;
    super::answer(async {
        let keyring = context::keyring()?;
        let email = fields.get("email").unwrap_or_default();
        let passphrase = fields.get("passphrase").unwrap_or_default().into();
        let origin = context::visitor().origin;
        let session = keyring::sessions::sign_in(&keyring, email, passphrase, origin).await?;
        Ok(context::begin_session(&session)?)
    })
    .await
}
