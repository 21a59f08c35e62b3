//! Accepting an invitation: nobody is signed in for it, the link is what lets them in.

use contract::audit::Action;
use contract::error::Kind;
use contract::people::{Invited, Joining, PersonState};
use contract::{AccountId, ProfileId, Timestamp};
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use serde_json::json;

use crate::caller::Origin;
use crate::entity::{invitation, profile};
use crate::error::{Error, Result};
use crate::pepper::Purpose;
use crate::sessions::{self, SignedIn};
use crate::{Keyring, store};

/// What somebody who opens the link is told.
pub async fn invited(keyring: &Keyring, secret: &str) -> Result<Invited> {
    let db = keyring.reader();
    let (invitation, person) = find(keyring, db, secret, keyring.clock().now()).await?;
    let account = AccountId::from_uuid(person.account_id);
    let account = store::accounts::find(db, account).await?.ok_or_else(over)?;
    let by = ProfileId::from_uuid(invitation.created_by);
    let by = store::profiles::find(db, by).await?.ok_or_else(over)?;
    Ok(Invited {
        account: account.name,
        role: person.role().ok_or_else(over)?,
        by: by.name,
        expires_at: store::at(invitation.expires_at),
        email: person.email.unwrap_or_default(),
        name: person.name,
    })
}

/// Lets somebody in: the name and the passphrase they chose are theirs, and they are signed in. The link is
/// used up in the same transaction, so that of many who come by it one does.
pub async fn join(
    keyring: &Keyring,
    secret: &str,
    joining: Joining,
    passphrase: SecretString,
    origin: Origin,
) -> Result<SignedIn> {
    // Before the costly hash as well as in the transaction.
    find(keyring, keyring.reader(), secret, keyring.clock().now()).await?;
    let hash = keyring
        .0
        .passphrases
        .admit(&passphrase, &keyring.0.entropy)
        .await?;
    let (joining, hash, origin) = (&joining, &hash, &origin);
    keyring
        .transaction(|txn| async move {
            let now = keyring.clock().now();
            let (_, before) = find(keyring, &*txn, secret, now).await?;
            let id = before.typed_id();
            store::invitations::delete(&*txn, id).await?;
            let person = store::people::join(&*txn, &before, &joining.name, hash).await?;
            let signed_in = sessions::start(keyring, &txn, id, origin, now, None).await?;
            let unit = keyring.unit(&txn, &signed_in.caller, now);
            let details = json!({
                "before": { "name": before.name },
                "after": { "name": person.name },
            });
            unit.record_with(Action::InvitationAccepted, id, &person.name, details)
                .await?;
            Ok(signed_in)
        })
        .await
}

/// The invitation behind a link, and whom it lets in.
async fn find(
    keyring: &Keyring,
    db: &impl ConnectionTrait,
    secret: &str,
    now: Timestamp,
) -> Result<(invitation::Model, profile::Model)> {
    let digest = keyring
        .0
        .pepper
        .digest(Purpose::Invitation, secret.as_bytes());
    let invitation = store::invitations::find_by_digest(db, &digest).await?;
    let invitation = invitation.filter(|invitation| now.unix_millis() < invitation.expires_at);
    let invitation = invitation.ok_or_else(over)?;
    let person = ProfileId::from_uuid(invitation.profile_id);
    let person = store::profiles::find(db, person).await?;
    let person = person
        .filter(|person| person.removed_at.is_none() && person.standing() == PersonState::Invited);
    Ok((invitation, person.ok_or_else(over)?))
}

/// One answer, whatever became of it.
fn over() -> Error {
    let message =
        "This invitation is used, withdrawn or over. Ask whoever invited you for a new link.";
    contract::Error::new(Kind::NotFound, message).into()
}
