//! The server functions: what the pages call. Each parses, calls one use case of `keyring`, and
//! presents; the caller goes along, so that none can forget to authorise.

pub mod access;
pub mod audit;
pub mod factor;
pub mod grants;
mod json;
pub mod keys;
pub mod palette;
pub mod people;
pub mod reference;
pub mod session;
pub mod settings;
pub mod setup;
pub mod workspaces;

pub use self::json::JsonText;

#[cfg(feature = "ssr")]
use crate::context::{present, refuse};
#[cfg(feature = "ssr")]
use crate::problem::Problem;

/// Runs the body of a server function: logs and presents what failed, and sets the status.
#[cfg(feature = "ssr")]
async fn answer<T>(body: impl Future<Output = Result<T, Failure>>) -> Result<T, Problem> {
    match body.await {
        Ok(value) => Ok(value),
        Err(Failure::Here(problem)) => Err(refuse(problem)),
        Err(Failure::Keyring(error)) => present(Err(error)).map_err(refuse),
    }
}

/// Who is signed in. A form that carries a code of their second factor confirms their session by it before it
/// does anything else.
#[cfg(feature = "ssr")]
async fn confirmed(
    fields: &contract::form::Fields,
) -> Result<(keyring::Keyring, keyring::Caller), Failure> {
    let (keyring, caller) = crate::context::signed_in()?;
    if let Some(code) = fields.code() {
        let caller = keyring::factor::confirm(&keyring, &caller, code).await?;
        return Ok((keyring, caller));
    }
    Ok((keyring, caller))
}

/// Where a server function stopped: before the use case, or in it.
#[cfg(feature = "ssr")]
enum Failure {
    Here(Problem),
    Keyring(keyring::Error),
}

#[cfg(feature = "ssr")]
impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Here(problem)
    }
}

#[cfg(feature = "ssr")]
impl From<contract::Error> for Failure {
    fn from(error: contract::Error) -> Self {
        Self::Here(Problem(error))
    }
}

#[cfg(feature = "ssr")]
impl From<keyring::Error> for Failure {
    fn from(error: keyring::Error) -> Self {
        Self::Keyring(error)
    }
}
