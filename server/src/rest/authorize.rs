//! `/v1/authorize`: the verdict for reverse proxies (forward-auth).

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::Error;
use contract::request::Question;
use keyring::verification::Authorized;
use keyring::{Keyring, Origin};

use super::extract::{FromQuery, Params, Query, bearer};
use crate::answer::Result;

/// What is asked, as far as it can be read.
pub(super) struct Asked(Result<Question, Error>);

impl FromQuery for Asked {
    fn from_query(params: &mut Params) -> Self {
        params.only(&["workspace", "permission"]);
        let (workspace, permission) = (params.given("workspace"), params.given("permission"));
        Self(Question::parse(
            workspace.as_deref(),
            permission.as_deref(),
            "",
        ))
    }
}

/// Authorize a request
///
/// For a reverse proxy that passes on the `Authorization` header of its client: 200 when the token is
/// good for the workspace and the permission, 401 or 403 when not. A 200 always has every `X-Keyrack-*`
/// header, empty where there is nothing to say, so that a proxy which copies them never passes on forged
/// ones. `X-Keyrack-Key-Name` is percent-encoded. A parameter that is empty, unknown or there twice is
/// refused, not left out. Needs the token under test and nothing else.
#[utoipa::path(
    get, path = "/authorize", operation_id = "authorize", tag = "Verification",
    params(Query<Asked>),
    responses((status = 200, description = "Let it through", headers(
        ("X-Keyrack-Key-Id" = String, description = "The key"),
        ("X-Keyrack-Key-Name" = String, description = "Its name, percent-encoded"),
        ("X-Keyrack-Profile" = String, description = "Its principal"),
        ("X-Keyrack-Account" = String, description = "Its account"),
        ("X-Keyrack-Workspace" = String, description = "The workspace that was asked about"),
        ("X-Keyrack-Permissions" = String, description = "What it holds, separated by spaces"),
    ))),
)]
pub(super) async fn authorize(
    State(keyring): State<Keyring>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    Query(Asked(question)): Query<Asked>,
) -> Result<Response> {
    let token = bearer(&headers)?;
    let authorized = keyring::verification::authorize(&keyring, token, &question?, &origin).await?;
    Ok((StatusCode::OK, identity(&authorized)).into_response())
}

fn identity(authorized: &Authorized) -> HeaderMap {
    let workspace = authorized.workspace.map(|id| id.to_string());
    let fields = [
        ("x-keyrack-key-id", authorized.key.to_string()),
        ("x-keyrack-key-name", percent_encoded(&authorized.name)),
        ("x-keyrack-profile", authorized.profile.to_string()),
        ("x-keyrack-account", authorized.account.to_string()),
        ("x-keyrack-workspace", workspace.unwrap_or_default()),
        (
            "x-keyrack-permissions",
            authorized.permissions.to_strings().join(" "),
        ),
    ];
    let header = |(name, value): (&'static str, String)| {
        let value = HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static(""));
        (HeaderName::from_static(name), value)
    };
    fields.map(header).into_iter().collect()
}

/// RFC 3986, unreserved characters as they are: a header takes no others without doubt.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                let _ = write!(encoded, "%{byte:02X}");
            }
            encoded
        })
}
