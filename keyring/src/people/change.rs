//! What somebody may be, and whether they may come in. Who gives a role, and has a second factor, gave a code
//! lately.

use contract::ProfileId;
use contract::audit::Action;
use contract::console::Role;
use serde_json::json;

use super::{changeable, found, rules};
use crate::caller::Caller;
use crate::entity::profile;
use crate::error::Result;
use crate::unit::Unit;
use crate::{Keyring, store};

/// Gives somebody another role. The last owner who can sign in stays one.
pub async fn set_role(keyring: &Keyring, caller: &Caller, id: ProfileId, role: Role) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            let person = changeable(&unit, id).await?;
            rules::gives(&unit.caller, role)?;
            unit.caller.confirmed(unit.now)?;
            give(&unit, &person, role).await?;
            rules::keep_an_owner(&unit).await
        })
        .await
}

/// Makes somebody an owner; the caller is an admin from then on.
pub async fn transfer_ownership(keyring: &Keyring, caller: &Caller, to: ProfileId) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            rules::administers(&unit.caller)?;
            let heir = found(&*unit.txn, &unit.caller, to).await?;
            rules::hands_over(&unit.caller, &heir)?;
            unit.caller.confirmed(unit.now)?;
            let own = found(&*unit.txn, &unit.caller, unit.caller.profile).await?;
            give(&unit, &heir, Role::Owner).await?;
            give(&unit, &own, Role::Admin).await
        })
        .await
}

async fn give(unit: &Unit, person: &profile::Model, role: Role) -> Result<()> {
    let before = person.role();
    if before == Some(role) {
        return Ok(());
    }
    store::people::set_role(&*unit.txn, person, role).await?;
    let details = json!({ "before": { "role": before }, "after": { "role": role } });
    let id = person.typed_id();
    unit.record_with(Action::RoleChanged, id, &person.name, details)
        .await
}

/// Keeps somebody out until they are enabled: their sessions end at once. Their keys go on working, for
/// services rely on them; the keys are marked.
pub async fn disable(keyring: &Keyring, caller: &Caller, id: ProfileId) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            let person = changeable(&unit, id).await?;
            rules::refuse_self(&unit.caller, &person)?;
            if person.disabled_at.is_some() {
                return Ok(());
            }
            store::people::set_disabled(&*unit.txn, &person, Some(unit.now)).await?;
            rules::keep_an_owner(&unit).await?;
            let sessions = store::sessions::delete_of(&*unit.txn, id, None).await?;
            let details = json!({ "sessionsEnded": sessions });
            unit.record_with(Action::PersonDisabled, id, &person.name, details)
                .await
        })
        .await
}

/// Lets somebody come in again.
pub async fn enable(keyring: &Keyring, caller: &Caller, id: ProfileId) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            let person = changeable(&unit, id).await?;
            if person.disabled_at.is_none() {
                return Ok(());
            }
            store::people::set_disabled(&*unit.txn, &person, None).await?;
            unit.record(Action::PersonEnabled, id, &person.name).await
        })
        .await
}
