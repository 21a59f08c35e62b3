//! `/v1/account/access`: the matrix of which key reaches which workspace.

use axum::Json;
use axum::extract::State;
use contract::access::{AccessApplied, AccessMatrix, Explanation};
use contract::request::{ApplyAccess, Question, RevertAccess};
use contract::{ApiKeyId, Error, Invalid, Timestamp};
use keyring::Keyring;

use super::extract::{Body, Caller, FromQuery, Params, Query};
use crate::answer::Result;

/// A moment, if one was named.
pub(super) struct AsOf(Option<Timestamp>);

impl FromQuery for AsOf {
    fn from_query(params: &mut Params) -> Self {
        params.only(&["asOf"]);
        Self(params.parsed("asOf", Timestamp::parse))
    }
}

/// Get the access matrix
///
/// Every key the caller sees against every workspace that is not archived. With `asOf`, a time that is
/// over, as it was then, rebuilt from the audit log: of the newest 20,000 keys, and with nothing in it that
/// can be changed. Needs `api_keys:read`.
#[utoipa::path(
    get, path = "/account/access", operation_id = "get_access", tag = "Access",
    params(Query<AsOf>),
    responses((status = 200, description = "The whole matrix", body = AccessMatrix)),
)]
pub(super) async fn show(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Query(AsOf(at)): Query<AsOf>,
) -> Result<Json<AccessMatrix>> {
    if let Some(at) = at {
        return Ok(Json(
            keyring::access::matrix_as_of(&keyring, &caller, at).await?,
        ));
    }
    let everything = keyring::access::EVERYTHING;
    Ok(Json(
        keyring::access::matrix(&keyring, &caller, everything).await?,
    ))
}

/// Apply a changeset
///
/// Every key and every cell becomes what is wanted, or none does. One that is not as `expected` makes the
/// whole changeset a 409 whose details name every such one. At most 10,000 cells are changed. The body may
/// have 2 MiB. Needs `api_keys:manage`, and dominance over every key and workspace in it.
#[utoipa::path(
    post, path = "/account/access/:apply", operation_id = "apply_access", tag = "Access",
    request_body = ApplyAccess,
    responses((status = 200, description = "What changed", body = AccessApplied)),
)]
pub(super) async fn apply(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Body(request): Body<ApplyAccess>,
) -> Result<Json<AccessApplied>> {
    let changes = request.try_into()?;
    Ok(Json(
        keyring::access::apply(&keyring, &caller, &changes).await?,
    ))
}

/// Revert a changeset
///
/// Every cell becomes what it was before the batch, or none does: one that was changed since is a
/// conflict. The result is a batch again. Needs `api_keys:manage`.
#[utoipa::path(
    post, path = "/account/access/:revert", operation_id = "revert_access", tag = "Access",
    request_body = RevertAccess,
    responses((status = 200, description = "What changed", body = AccessApplied)),
)]
pub(super) async fn revert(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Body(request): Body<RevertAccess>,
) -> Result<Json<AccessApplied>> {
    let batch = request.parse()?;
    Ok(Json(
        keyring::access::revert(&keyring, &caller, batch).await?,
    ))
}

/// A key and what it is asked for, as far as they can be read.
pub(super) struct AskedOfKey {
    key: Option<ApiKeyId>,
    question: Result<Question, Error>,
}

impl FromQuery for AskedOfKey {
    fn from_query(params: &mut Params) -> Self {
        params.only(&["apiKeyId", "workspaceId", "permission"]);
        let key = params.parsed("apiKeyId", str::parse);
        let workspace = params.given("workspaceId");
        let permission = params.given("permission");
        let question = Question::parse(workspace.as_deref(), permission.as_deref(), "");
        Self { key, question }
    }
}

/// Explain a verdict
///
/// Why a key may or may not do something: the deciding grant, or the first check that fails, in words.
/// Needs `api_keys:read`.
#[utoipa::path(
    get, path = "/account/access/:explain", operation_id = "explain_access", tag = "Access",
    params(Query<AskedOfKey>),
    responses((status = 200, description = "The verdict and its reason", body = Explanation)),
)]
pub(super) async fn explain(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Query(AskedOfKey { key, question }): Query<AskedOfKey>,
) -> Result<Json<Explanation>> {
    let key = key.ok_or_else(|| Error::from(Invalid::new("name the key").at("apiKeyId")))?;
    let explained = keyring::verification::explain(&keyring, &caller, key, &question?).await?;
    Ok(Json(explained))
}
