//! The second factor: one's own, and of whom one may change.

use contract::factor::{Enrolment, Factor, RecoveryCodes};
use contract::form::Fields;
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

/// How the caller stands with theirs.
#[server(name = OwnFactor, prefix = "/_fn", endpoint = "factor.own", input = Json, output = Json)]
pub async fn own() -> Result<Factor, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::factor::own(&keyring, &caller).await?)
    })
    .await
}

/// Sets one up, for who knows their `passphrase`. The answer is the only thing that will ever hold its secret.
#[server(name = BeginFactor, prefix = "/_fn", endpoint = "factor.begin", input = Json, output = Json)]
pub async fn begin(fields: Fields) -> Result<Enrolment, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let passphrase = fields.get("passphrase").unwrap_or_default().into();
        Ok(keyring::factor::begin(&keyring, &caller, passphrase).await?)
    })
    .await
}

/// Turns it on with a `factorCode`. The answer is the only thing that will ever hold the recovery codes.
#[server(name = TurnFactorOn, prefix = "/_fn", endpoint = "factor.on", input = Json, output = Json)]
pub async fn turn_on(fields: Fields) -> Result<RecoveryCodes, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let code = fields.factor_code();
        Ok(keyring::factor::turn_on(&keyring, &caller, code).await?)
    })
    .await
}

/// Turns it off with a `factorCode`.
#[server(name = TurnFactorOff, prefix = "/_fn", endpoint = "factor.off", input = Json, output = Json)]
pub async fn turn_off(fields: Fields) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let code = fields.factor_code();
        Ok(keyring::factor::turn_off(&keyring, &caller, code).await?)
    })
    .await
}

/// New recovery codes, with a `factorCode`. The answer is the only thing that will ever hold them.
#[server(name = RenewCodes, prefix = "/_fn", endpoint = "factor.codes", input = Json, output = Json)]
pub async fn renew_codes(fields: Fields) -> Result<RecoveryCodes, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let code = fields.factor_code();
        Ok(keyring::factor::renew_codes(&keyring, &caller, code).await?)
    })
    .await
}

/// Takes somebody's away.
#[server(name = RemoveFactor, prefix = "/_fn", endpoint = "factor.remove", input = Json, output = Json)]
pub async fn remove(id: String, fields: Fields) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = super::confirmed(&fields).await?;
        let id = contract::people::person_id(&id)?;
        Ok(keyring::factor::remove(&keyring, &caller, id).await?)
    })
    .await
}

/// A `code` alone, on the way to what needs one.
#[server(name = ConfirmSession, prefix = "/_fn", endpoint = "factor.confirm", input = Json, output = Json)]
pub async fn confirm(fields: Fields) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let code = fields.get(contract::factor::CODE_FIELD).unwrap_or_default();
        keyring::factor::confirm(&keyring, &caller, code).await?;
        Ok(())
    })
    .await
}
