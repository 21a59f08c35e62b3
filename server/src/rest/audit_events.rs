//! `/v1/account/audit_events`

use axum::Json;
use axum::extract::State;
use contract::Page;
use contract::audit::{Action, AuditEvent};
use contract::request::ListEvents;
use contract::{Invalid, Timestamp};
use keyring::Keyring;

use super::extract::{Caller, FromQuery, Params, Query};
use crate::answer::Result;

impl FromQuery for ListEvents {
    fn from_query(params: &mut Params) -> Self {
        let action = |text: &str| {
            Action::parse(text)
                .ok_or_else(|| Invalid::new("there is no such action; use one like api_key.issued"))
        };
        Self {
            page: params.page(),
            actor: params.parsed("actor", str::parse),
            action: params.parsed("action", action),
            target: params.text("target"),
            since: params.parsed("since", Timestamp::parse),
            until: params.parsed("until", Timestamp::parse),
        }
    }
}

/// List audit events
///
/// Everything that happened in the account, newest first. Needs `account:manage`.
#[utoipa::path(
    get, path = "/account/audit_events", operation_id = "list_audit_events", tag = "Account",
    params(Query<ListEvents>),
    responses((status = 200, description = "A page of events", body = Page<AuditEvent>)),
)]
pub(super) async fn list(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Query(request): Query<ListEvents>,
) -> Result<Json<Page<AuditEvent>>> {
    Ok(Json(
        keyring::audit::list(&keyring, &caller, request).await?,
    ))
}
