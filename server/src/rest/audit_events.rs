//! `/v1/account/audit_events`

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use contract::Page;
use contract::audit::{Action, AuditEvent, EntranceKind};
use contract::request::ListEvents;
use contract::{Invalid, Timestamp};
use futures_util::stream;
use keyring::Keyring;
use keyring::audit::Export;

use super::extract::{Caller, FromQuery, Params, Query};
use crate::answer::Result;

impl FromQuery for ListEvents {
    fn from_query(params: &mut Params) -> Self {
        let action = |text: &str| {
            Action::parse(text)
                .ok_or_else(|| Invalid::new("there is no such action; use one like api_key.issued"))
        };
        let entrance = |text: &str| {
            EntranceKind::parse(text)
                .ok_or_else(|| Invalid::new("use session, key, command_line, sign_in or system"))
        };
        Self {
            page: params.page(),
            actor: params.parsed("actor", str::parse),
            entrance: params.parsed("entrance", entrance),
            action: params.parsed("action", action),
            refused: params.flag("refused"),
            target: params.text("target"),
            batch: params.parsed("batchId", str::parse),
            query: params.text("query"),
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

/// Export audit events
///
/// What the list holds, oldest first, a line of JSON for each, as long as there are any; `cursor` and
/// `limit` mean nothing here. The export is an event itself and the last that can be in it. Needs
/// `account:manage`.
#[utoipa::path(
    get, path = "/account/audit_events/:export", operation_id = "export_audit_events", tag = "Account",
    params(Query<ListEvents>),
    responses((status = 200, description = "The events", body = String, content_type = "application/jsonl")),
)]
pub(super) async fn export(
    State(keyring): State<Keyring>,
    Caller(caller): Caller,
    Query(request): Query<ListEvents>,
) -> Result<Response> {
    Ok(lines(
        keyring::audit::export(&keyring, &caller, request).await?,
    ))
}

/// Events as they are read, so that any number of them needs little memory. Where reading fails, the answer
/// breaks off.
pub(crate) fn lines(export: Export) -> Response {
    let body = stream::try_unfold(export, async |mut export| {
        let Some(event) = export.next().await? else {
            return Ok(None);
        };
        let mut line = serde_json::to_vec(&event)?;
        line.push(b'\n');
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(Some((Bytes::from(line), export)))
    });
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/jsonl")),
        (
            CONTENT_DISPOSITION,
            HeaderValue::from_static(r#"attachment; filename="audit.jsonl""#),
        ),
    ];
    (headers, Body::from_stream(body)).into_response()
}
