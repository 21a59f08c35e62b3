//! First start: no default account. A one-time code, printed to the log, makes the owner.

use std::fmt;
use std::time::Duration;

use contract::audit::Action;
use contract::console::SetupState;
use contract::form::NewOwner;
use contract::{Invalid, Timestamp};
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::caller::Origin;
use crate::error::{Error, Result};
use crate::pepper::{Digest, Purpose, hex};
use crate::sessions::{self, SignedIn};
use crate::throttle::Guess;
use crate::{Keyring, accounts, by_hand, store};

/// How long a setup code works.
pub const LIFETIME: Duration = Duration::from_mins(30);
const SETTING: &str = "setup_code";

const GROUPS: usize = 3;
const GROUP: usize = 4;

/// The code that makes the owner: 60 bits, shown as `XXXX-XXXX-XXXX`.
pub struct SetupCode(String);

impl fmt::Display for SetupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is kept of a code.
#[derive(Serialize, Deserialize)]
struct Stored {
    digest: String,
    expires_at: Timestamp,
}

/// Whether somebody owns this Keyrack.
pub async fn state(keyring: &Keyring) -> Result<SetupState> {
    let owned = store::accounts::exists(keyring.reader()).await?;
    Ok(if owned {
        SetupState::Done
    } else {
        SetupState::Open
    })
}

/// A fresh code, in place of any before; `None` when somebody owns this Keyrack.
pub async fn offer(keyring: &Keyring) -> Result<Option<SetupCode>> {
    let code = by_hand::code::<{ GROUPS * GROUP }>(&keyring.0.entropy, GROUP);
    let code = &code;
    keyring
        .transaction(|txn| async move {
            if store::accounts::exists(&*txn).await? {
                return Ok(None);
            }
            let now = keyring.clock().now();
            let stored = Stored {
                digest: hex(&digest(keyring, code).0),
                expires_at: now.plus(LIFETIME),
            };
            let stored = serde_json::to_value(stored).map_err(Error::internal)?;
            store::settings::put(&*txn, SETTING, stored, now).await?;
            Ok(Some(SetupCode(code.clone())))
        })
        .await
}

/// Makes the account and its owner and signs them in. The code is used up in the same
/// transaction, so that of many claims at once one wins.
pub async fn claim(
    keyring: &Keyring,
    code: &str,
    owner: NewOwner,
    passphrase: SecretString,
    origin: Origin,
) -> Result<SignedIn> {
    let now = keyring.clock().now();
    // Checked before the costly hash as well as in the transaction. The check itself is quick, so
    // a claim holds its place in the throttle no longer than that.
    let attempt = keyring
        .0
        .throttle
        .begin(origin.address, Guess::SetupCode, now)?;
    match check(keyring, keyring.reader(), code, now).await {
        Ok(()) => drop(attempt),
        Err(error) => {
            if error.public().field("code").is_some() {
                attempt.failed();
            }
            return Err(error);
        }
    }
    let hash = keyring
        .0
        .passphrases
        .admit(&passphrase, &keyring.0.entropy)
        .await?;
    let (owner, hash, origin) = (&owner, &hash, &origin);
    keyring
        .transaction(|txn| async move {
            let now = keyring.clock().now();
            check(keyring, &*txn, code, now).await?;
            store::settings::remove(&*txn, SETTING).await?;
            let made = accounts::insert(keyring, &txn, owner, hash, now).await?;
            let signed_in = sessions::start(keyring, &txn, made.owner, origin, now, None).await?;
            let unit = keyring.unit(&txn, &signed_in.caller, now);
            unit.record(Action::AccountCreated, made.account, owner.account.as_str())
                .await?;
            Ok(signed_in)
        })
        .await
}

async fn check(
    keyring: &Keyring,
    db: &impl ConnectionTrait,
    code: &str,
    now: Timestamp,
) -> Result<()> {
    if store::accounts::exists(db).await? {
        return Err(Error::precondition(
            "This Keyrack already has an owner. Sign in instead.",
        ));
    }
    let stored = store::settings::get(db, SETTING).await?;
    let stored: Option<Stored> = stored
        .map(serde_json::from_value)
        .transpose()
        .map_err(Error::internal)?;
    let digest = hex(&digest(keyring, code).0);
    let right = stored.is_some_and(|stored| {
        subtle::ConstantTimeEq::ct_eq(digest.as_bytes(), stored.digest.as_bytes()).into()
            && now < stored.expires_at
    });
    if right {
        return Ok(());
    }
    Err(Invalid::new(
        "this is not the code, or its 30 minutes are over; the server's log has the present one",
    )
    .at("code")
    .into())
}

fn digest(keyring: &Keyring, code: &str) -> Digest {
    let canonical = by_hand::canonical(code);
    keyring
        .0
        .pepper
        .digest(Purpose::SetupCode, canonical.as_bytes())
}
