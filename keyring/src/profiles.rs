//! Principals, as they see themselves.

use contract::console::{Me, Role};
use contract::resource::Profile;

use crate::caller::{Caller, Reach};
use crate::error::{Error, Result};
use crate::{Keyring, store};

/// The caller's own profile. Needs no permission.
pub async fn whoami(keyring: &Keyring, caller: &Caller) -> Result<Profile> {
    let profile = store::profiles::find(keyring.reader(), caller.profile).await?;
    profile
        .map(|profile| profile.to_resource())
        .ok_or_else(|| Error::not_found("profile"))
}

/// What the console shows a signed-in person of themselves. `public_url` is passed through for the
/// curl lines.
pub async fn me(keyring: &Keyring, caller: &Caller, public_url: &str) -> Result<Me> {
    let db = keyring.reader();
    let profile = store::profiles::find(db, caller.profile)
        .await?
        .ok_or_else(|| Error::not_found("profile"))?;
    let account = store::accounts::find(db, caller.account)
        .await?
        .ok_or_else(|| Error::not_found("account"))?;
    Ok(Me {
        name: profile.name,
        email: profile.email.unwrap_or_default(),
        account: account.name,
        role: caller.role.unwrap_or(Role::Member),
        permissions: caller.permissions.clone(),
        public_url: public_url.to_owned(),
        all_workspaces: caller.reach == Reach::All,
    })
}
