//! Who may do what to whom.

use contract::console::Role;

use crate::caller::{Caller, Entrance};
use crate::entity::profile;
use crate::error::{Error, Result};
use crate::store;
use crate::unit::Unit;

/// People are administered by people, owners and admins, and by the operator; by no key, whatever it holds.
pub(crate) fn administers(caller: &Caller) -> Result<()> {
    match (caller.entrance, caller.role) {
        (Entrance::CommandLine, _) | (_, Some(Role::Owner | Role::Admin)) => Ok(()),
        _ => Err(caller.denied(
            "role:admin",
            "People are invited, changed and removed by owners and admins.",
        )),
    }
}

/// Only an owner touches an owner, or makes one.
fn owns(caller: &Caller) -> Result<()> {
    match (caller.entrance, caller.role) {
        (Entrance::CommandLine, _) | (_, Some(Role::Owner)) => Ok(()),
        _ => Err(caller.denied(
            "role:owner",
            "Only an owner can make owners, and change, disable or remove them.",
        )),
    }
}

/// Whether somebody is the caller's to change.
pub(crate) fn changes(caller: &Caller, person: &profile::Model) -> Result<()> {
    administers(caller)?;
    if person.role() == Some(Role::Owner) {
        return owns(caller);
    }
    Ok(())
}

/// Whether a role is the caller's to give.
pub(crate) fn gives(caller: &Caller, role: Role) -> Result<()> {
    administers(caller)?;
    if role == Role::Owner {
        return owns(caller);
    }
    Ok(())
}

/// The roles that are the caller's to give.
pub(crate) fn roles(caller: &Caller) -> Vec<Role> {
    let given = |role: &Role| gives(caller, *role).is_ok();
    Role::ALL.into_iter().filter(given).collect()
}

/// Whether the caller may make somebody the owner in their own place.
pub(crate) fn hands_over(caller: &Caller, to: &profile::Model) -> Result<()> {
    administers(caller)?;
    if caller.role != Some(Role::Owner) {
        let message = "Only an owner can hand the ownership over.";
        return Err(caller.denied("role:owner", message));
    }
    refuse_self(caller, to)?;
    if to.standing() != contract::people::PersonState::Active {
        let message = format!(
            "{} cannot sign in, so nobody would own the account.",
            to.name
        );
        return Err(Error::precondition(message));
    }
    Ok(())
}

/// Nobody locks themselves out.
pub(crate) fn refuse_self(caller: &Caller, person: &profile::Model) -> Result<()> {
    if person.id == caller.profile.uuid() {
        let message = "This cannot be done to oneself. Ask another owner or admin.";
        return Err(Error::precondition(message));
    }
    Ok(())
}

/// Asked after a change, inside its transaction: somebody who can sign in owns the account.
pub(crate) async fn keep_an_owner(unit: &Unit) -> Result<()> {
    if store::people::count_owners(&*unit.txn, unit.caller.account).await? > 0 {
        return Ok(());
    }
    Err(Error::precondition(
        "The account needs an owner who can sign in. Make somebody else one first.",
    ))
}
