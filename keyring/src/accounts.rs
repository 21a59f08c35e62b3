//! Accounts: made whole, with their owner, their system profile and their global account key.

use contract::audit::Action;
use contract::console::Role;
use contract::form::NewOwner;
use contract::request::{Expiry, IssueKey};
use contract::resource::{Account, AccountInfo, AccountSpec, Metadata, ProfileType};
use contract::settings::KeySettings;
use contract::text::KeyName;
use contract::{AccountId, Labels, Permission, Permissions, ProfileId, Timestamp};
use sea_orm::DatabaseTransaction;
use secrecy::SecretString;

use crate::caller::{Caller, Entrance, Origin};
use crate::error::{Error, Result};
use crate::keys::KeyOrigin;
use crate::store::profiles::{NewProfile, Person};
use crate::{Keyring, callers, keys, store};

const SYSTEM_NAME: &str = "Keyrack";
const SYSTEM_KEY_NAME: &str = "global account key";

/// Makes an account and its owner, from the command line.
pub async fn create(
    keyring: &Keyring,
    owner: NewOwner,
    passphrase: SecretString,
    origin: Origin,
) -> Result<AccountId> {
    let hash = keyring
        .0
        .passphrases
        .admit(&passphrase, &keyring.0.entropy)
        .await?;
    let (owner, hash, origin) = (&owner, &hash, &origin);
    keyring
        .transaction(|txn| async move {
            let now = keyring.clock().now();
            let made = insert(keyring, &txn, owner, hash, now).await?;
            let person = store::profiles::find(&*txn, made.owner)
                .await?
                .ok_or_else(|| Error::not_found("person"))?;
            let caller =
                callers::of_person(&*txn, person, Entrance::CommandLine, origin.clone(), None)
                    .await?;
            let unit = keyring.unit(&txn, &caller, now);
            unit.record(Action::AccountCreated, made.account, owner.account.as_str())
                .await?;
            Ok(made.account)
        })
        .await
}

/// Every account, oldest first, for the operator.
pub async fn all(keyring: &Keyring) -> Result<Vec<AccountId>> {
    store::accounts::all(keyring.reader()).await
}

/// The caller's account, with its global key.
pub async fn get(keyring: &Keyring, caller: &Caller) -> Result<Account> {
    caller.require(&Permission::manage("account"))?;
    let db = keyring.reader();
    let account = store::accounts::find(db, caller.account)
        .await?
        .ok_or_else(|| Error::not_found("account"))?;
    let global = match store::keys::system(db, caller.account).await? {
        Some(key) => Some(keys::described(db, key, keyring.clock().now()).await?),
        None => None,
    };
    Ok(Account {
        metadata: Metadata {
            id: caller.account,
            account_id: caller.account,
            name: account.name,
            // The system profile shares the account's 128 bits.
            profile_id: ProfileId::from_uuid(account.id),
            created_at: store::at(account.created_at),
            external_id: None,
            labels: Labels::default(),
        },
        spec: AccountSpec {
            description: account.description,
            domain: account.domain,
            billing_email: account.billing_email,
        },
        info: AccountInfo {
            global_api_key: global,
        },
    })
}

/// An account that has just been made.
pub(crate) struct Made {
    pub(crate) account: AccountId,
    pub(crate) owner: ProfileId,
}

/// Inserts the account, its system profile, its owner, and its global account key, whose first
/// token nobody ever sees: rotating it gives one.
pub(crate) async fn insert(
    keyring: &Keyring,
    txn: &DatabaseTransaction,
    owner: &NewOwner,
    password_hash: &str,
    now: Timestamp,
) -> Result<Made> {
    let new_id = || keyring.new_id(now);
    let account = AccountId::from_uuid(new_id());
    // The system profile shares the account's 128 bits, so that it is found without a query.
    let system = ProfileId::from_uuid(account.uuid());
    let person = ProfileId::from_uuid(new_id());

    store::accounts::insert(txn, account, &owner.account, now).await?;
    let profile = NewProfile {
        id: system,
        account,
        kind: ProfileType::System,
        name: SYSTEM_NAME,
        person: None,
        created_by: system,
        now,
    };
    store::profiles::insert(txn, profile).await?;
    let profile = NewProfile {
        id: person,
        account,
        kind: ProfileType::User,
        name: owner.name.as_str(),
        person: Some(Person {
            email: &owner.email,
            role: Role::Owner,
            password_hash: Some(password_hash),
        }),
        created_by: person,
        now,
    };
    store::profiles::insert(txn, profile).await?;
    let request = IssueKey {
        name: KeyName::parse(SYSTEM_KEY_NAME).map_err(|invalid| invalid.at("metadata.name"))?,
        external_id: None,
        labels: Labels::default(),
        description: Some(
            "Reaches everything in the account. Rotate it to get its first token.".to_owned(),
        ),
        permissions: Permissions::all(),
        workspaces: std::collections::BTreeSet::new(),
        all_workspaces: true,
        expiry: Expiry::Never,
    };
    let origin = KeyOrigin {
        account,
        created_by: system,
        system: true,
        settings: KeySettings::default(),
        now,
    };
    keys::insert(keyring, txn, origin, &request).await?;
    Ok(Made {
        account,
        owner: person,
    })
}
