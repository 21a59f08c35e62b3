//! `/v1/tokens:verify`: the question that the account's services ask on every request they serve.

use axum::extract::State;
use contract::request::{Verify, VerifyToken, VerifyTokens};
use contract::verdict::{Verdict, Verdicts};
use keyring::Keyring;

use super::extract::{Body, Caller};
use super::reply::Told;
use crate::answer::Result;

/// Verify a token
///
/// Whether a token of this account is good, for this workspace and this permission if they are named.
/// The answer is 200 either way; a refusal has the code of the first check that failed: `MALFORMED`,
/// `UNKNOWN`, `REVOKED`, `DISABLED`, `EXPIRED`, `WORKSPACE_UNKNOWN`, `WORKSPACE_ARCHIVED`,
/// `WORKSPACE_NOT_GRANTED`, `PERMISSION_MISSING`. Another account's token is `UNKNOWN`. Needs
/// `api_keys:read`.
#[utoipa::path(
    post, path = "/tokens:verify", operation_id = "verify_token", tag = "Verification",
    request_body = VerifyToken,
    responses((status = 200, description = "The verdict", body = Verdict)),
)]
pub(super) async fn verify(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Body(request): Body<VerifyToken>,
) -> Result<Told<Verdict>> {
    let asked = request.try_into()?;
    let verdict = keyring::verification::verify(&keyring, &caller, &asked).await?;
    Ok(Told(verdict))
}

/// Verify several tokens
///
/// Up to 100 at once, answered in their order. Needs `api_keys:read`.
#[utoipa::path(
    post, path = "/tokens:verifyBatch", operation_id = "verify_tokens", tag = "Verification",
    request_body = VerifyTokens,
    responses((status = 200, description = "A verdict for each", body = Verdicts)),
)]
pub(super) async fn verify_batch(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Body(request): Body<VerifyTokens>,
) -> Result<Told<Verdicts>> {
    let questions: Vec<Verify> = request.parse()?;
    let mut verdicts = Vec::with_capacity(questions.len());
    for asked in &questions {
        verdicts.push(keyring::verification::verify(&keyring, &caller, asked).await?);
    }
    Ok(Told(Verdicts { verdicts }))
}
