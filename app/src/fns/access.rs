//! The matrix, and why a key may or may not do something.

use contract::access::{AccessMatrix, ApplyOutcome, Explanation};
use contract::console::{ExplainChoices, Explained, FirstWindow};
use contract::request::ApplyAccess;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::json::Json;
use crate::problem::Problem;

/// Which key reaches which workspace, as far as the caller sees them.
#[server(prefix = "/_fn", endpoint = "access.matrix", input = Json, output = Json)]
pub async fn matrix() -> Result<AccessMatrix, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::access::matrix(&keyring, &caller, keyring::access::SHOWN).await?)
    })
    .await
}

/// What the page of the matrix shows first, by the pairs of its address.
#[server(prefix = "/_fn", endpoint = "access.window", input = Json, output = Json)]
pub async fn window(pairs: Vec<(String, String)>) -> Result<FirstWindow, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let days = crate::pages::access::used_days(&pairs);
        let snapshot = keyring::access::snapshot_used(&keyring, &caller, days).await?;
        Ok(crate::pages::access::first_window(
            snapshot,
            caller.profile(),
            &pairs,
        ))
    })
    .await
}

/// What to offer somebody who is about to ask why a key may or may not do something.
#[server(prefix = "/_fn", endpoint = "access.choices", input = Json, output = Json)]
pub async fn choices() -> Result<ExplainChoices, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::access::choices(&keyring, &caller).await?)
    })
    .await
}

/// What is asked of a key; empty texts ask nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainQuery {
    #[serde(default)]
    pub key: String,
    #[serde(default)]
    pub workspace: String,
    #[serde(default)]
    pub permission: String,
}

/// Why a key may or may not do something, in words; by the ids of key and workspace.
#[server(prefix = "/_fn", endpoint = "access.explain", input = Json, output = Json)]
pub async fn explain(query: ExplainQuery) -> Result<Explanation, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let (workspace, permission) = (given(&query.workspace), given(&query.permission));
        let key = contract::request::key_id(query.key.trim())?;
        let question =
            contract::request::Question::parse(workspace.as_deref(), permission.as_deref(), "")?;
        Ok(keyring::verification::explain(&keyring, &caller, key, &question).await?)
    })
    .await
}

/// The same where key and workspace may be named, and so may mean several.
#[server(prefix = "/_fn", endpoint = "access.asked", input = Json, output = Json)]
pub async fn asked(query: ExplainQuery) -> Result<Explained, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let asked = keyring::access::Asked {
            key: &query.key,
            workspace: &query.workspace,
            permission: &query.permission,
        };
        Ok(keyring::access::explained(&keyring, &caller, asked).await?)
    })
    .await
}

/// Applies a changeset of the matrix, or says which parts of it somebody else changed meanwhile.
#[server(prefix = "/_fn", endpoint = "access.apply", input = Json, output = Json)]
pub async fn apply(changes: ApplyAccess) -> Result<ApplyOutcome, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let changes = changes.try_into()?;
        outcome(&keyring, &caller, &changes).await
    })
    .await
}

/// Takes a changeset back by its batch, or says which parts of it were changed since.
#[server(prefix = "/_fn", endpoint = "access.revert", input = Json, output = Json)]
pub async fn revert(batch: String) -> Result<ApplyOutcome, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let batch = contract::request::RevertAccess { batch_id: batch }.parse()?;
        let changes = keyring::access::undoing(&keyring, &caller, batch).await?;
        outcome(&keyring, &caller, &changes).await
    })
    .await
}

#[cfg(feature = "ssr")]
async fn outcome(
    keyring: &keyring::Keyring,
    caller: &keyring::Caller,
    changes: &contract::request::Changeset,
) -> Result<ApplyOutcome, super::Failure> {
    match keyring::access::apply(keyring, caller, changes).await {
        Ok(applied) => Ok(ApplyOutcome::Applied(applied)),
        Err(error) => {
            let conflicts = changes.conflicts(error.public());
            if conflicts.is_empty() {
                return Err(error.into());
            }
            Ok(ApplyOutcome::Conflicts(conflicts))
        }
    }
}
