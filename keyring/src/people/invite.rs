//! Inviting: a person without a passphrase, and a link by which they choose one. Nothing is sent; whoever
//! invites hands the link over; if they have a second factor, they gave a code lately.

use std::time::Duration;

use contract::audit::Action;
use contract::console::Role;
use contract::people::{InvitationLink, NewPerson, PersonState};
use contract::resource::{ProfileType, RevealedToken};
use contract::text::Email;
use contract::{Invalid, ProfileId};
use serde_json::json;

use super::{changeable, rules};
use crate::caller::Caller;
use crate::entity::profile;
use crate::error::{Error, Result};
use crate::pepper::{Purpose, hex};
use crate::store::invitations::NewInvitation;
use crate::store::profiles::{NewProfile, Person};
use crate::unit::Unit;
use crate::{Keyring, database, members, store};

/// How long a link is good.
pub const INVITED_FOR: Duration = Duration::from_hours(7 * 24);

/// Invites somebody and answers with the link, which nothing will ever show again.
pub async fn invite(keyring: &Keyring, caller: &Caller, new: NewPerson) -> Result<InvitationLink> {
    let new = &new;
    keyring
        .write(caller, |unit| async move {
            rules::gives(&unit.caller, new.role)?;
            let here = store::profiles::find_by_email(&*unit.txn, unit.caller.account, &new.email);
            if let Some(person) = here.await? {
                let refused = match person.standing() {
                    PersonState::Invited => "is invited already; make a new link on their page",
                    _ => "is here already",
                };
                let refused = Invalid::new(format!("{} {refused}", person.name));
                return Err(refused.at("email").into());
            }
            let person = invite_in(&unit, &new.email, new.role).await?;
            for id in &new.workspaces {
                let workspace = members::open(&unit, *id).await?;
                members::add_in(&unit, &workspace, &person).await?;
            }
            link_in(&unit, &person).await
        })
        .await
}

/// A person who cannot sign in yet: their passphrase is theirs to choose.
pub(crate) async fn invite_in(unit: &Unit, email: &Email, role: Role) -> Result<profile::Model> {
    unit.caller.confirmed(unit.now)?;
    let id = ProfileId::from_uuid(unit.new_id());
    let name = email.as_str().split('@').next().unwrap_or_default();
    let new = NewProfile {
        id,
        account: unit.caller.account,
        kind: ProfileType::User,
        name,
        person: Some(Person {
            email,
            role,
            password_hash: None,
        }),
        created_by: unit.caller.profile,
        now: unit.now,
    };
    let inserted = store::profiles::insert(&*unit.txn, new).await;
    inserted.map_err(|error| {
        // Somebody else invites the same address at this very moment.
        if database::violates(&error, "email") {
            Error::aborted(error)
        } else {
            error.into()
        }
    })?;
    let details = json!({ "email": email, "role": role });
    unit.record_with(Action::MemberInvited, id, name, details)
        .await?;
    store::profiles::find(&*unit.txn, id)
        .await?
        .ok_or_else(|| Error::internal("a person was invited and is not there"))
}

/// A new link for somebody who has not come yet. The one before is good no more.
pub async fn link(keyring: &Keyring, caller: &Caller, id: ProfileId) -> Result<InvitationLink> {
    keyring
        .write(caller, |unit| async move {
            let person = awaited(&unit, id).await?;
            unit.caller.confirmed(unit.now)?;
            link_in(&unit, &person).await
        })
        .await
}

/// Takes an invitation back: whoever has the link comes too late, and their address is free again.
pub async fn withdraw(keyring: &Keyring, caller: &Caller, id: ProfileId) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            let person = awaited(&unit, id).await?;
            store::invitations::delete(&*unit.txn, id).await?;
            store::members::delete_of(&*unit.txn, id).await?;
            store::people::remove(&*unit.txn, &person, unit.caller.profile, unit.now).await?;
            let details = json!({ "email": person.email });
            unit.record_with(Action::InvitationWithdrawn, id, &person.name, details)
                .await
        })
        .await
}

/// Somebody who was invited and has not come yet.
async fn awaited(unit: &Unit, id: ProfileId) -> Result<profile::Model> {
    let person = changeable(unit, id).await?;
    if person.standing() == PersonState::Invited {
        return Ok(person);
    }
    let message = format!("{} is not waiting for an invitation.", person.name);
    Err(Error::precondition(message))
}

async fn link_in(unit: &Unit, person: &profile::Model) -> Result<InvitationLink> {
    let secret = hex(&unit.keyring.0.entropy.bytes::<16>());
    let expires_at = unit.now.plus(INVITED_FOR);
    let new = NewInvitation {
        id: unit.new_id(),
        account: unit.caller.account,
        profile: person.typed_id(),
        digest: unit
            .keyring
            .0
            .pepper
            .digest(Purpose::Invitation, secret.as_bytes()),
        by: unit.caller.profile,
        now: unit.now,
        expires_at,
    };
    store::invitations::put(&*unit.txn, new).await?;
    let details = json!({ "expiresAt": expires_at });
    let id = person.typed_id();
    unit.record_with(Action::InvitationLinked, id, &person.name, details)
        .await?;
    Ok(InvitationLink {
        person: id,
        email: person.email.clone().unwrap_or_default(),
        secret: RevealedToken::new(secret),
        expires_at,
    })
}
