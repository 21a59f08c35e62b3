//! Principals, as they see themselves.

use contract::Permission;
use contract::console::{Me, Role};
use contract::page::{Page, Pagination};
use contract::request::ListProfiles;
use contract::resource::Profile;

use crate::caller::{Caller, Reach};
use crate::cursor::List;
use crate::entity::profile;
use crate::error::{Error, Result};
use crate::keys::check_text;
use crate::{Keyring, store};

/// The caller's own profile. Needs no permission.
pub async fn whoami(keyring: &Keyring, caller: &Caller) -> Result<Profile> {
    let profile = store::profiles::find(keyring.reader(), caller.profile).await?;
    profile
        .map(|profile| profile.to_resource())
        .ok_or_else(|| Error::not_found("profile"))
}

/// The principals of the account: people, keys, and the system.
pub async fn list(keyring: &Keyring, caller: &Caller, list: ListProfiles) -> Result<Page<Profile>> {
    caller.require(&Permission::manage("account"))?;
    check_text("query", list.query.as_deref())?;
    let filter = format!(
        "{}\0{}",
        list.query.as_deref().unwrap_or_default(),
        list.labels.to_pairs()
    );
    let cursors = List {
        account: caller.account,
        name: "profiles",
        filter: &filter,
    };
    let place = cursors.read(keyring, &list.page)?;
    if !list.labels.is_empty() {
        // Profiles carry no labels, so none of them has these.
        return Ok(Page {
            items: Vec::new(),
            pagination: Pagination::default(),
        });
    }
    let rows = store::profiles::list(keyring.reader(), caller.account, &list, place).await?;
    let (rows, pagination) = cursors.cut(keyring, place, list.page.limit(), rows, |row| row.id);
    Ok(Page {
        items: rows.iter().map(profile::Model::to_resource).collect(),
        pagination,
    })
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
    let role = profile.role();
    Ok(Me {
        profile: caller.profile,
        name: profile.name,
        email: profile.email.unwrap_or_default(),
        account: account.name,
        account_id: caller.account,
        role: role.unwrap_or(Role::Member),
        permissions: caller.permissions.clone(),
        public_url: public_url.to_owned(),
        all_workspaces: caller.reach == Reach::All,
        factor: caller.standing(keyring.clock().now()),
    })
}
