//! Where somebody wanted to go when sign-in came in between.

use axum::http::Uri;
use axum::response::Redirect;
use contract::form::Fields;
use contract::next::own_path;

/// To the sign-in page, and from there back to `path`.
pub(super) fn sign_in_for(path: &str) -> Redirect {
    let query = serde_urlencoded::to_string([("next", path)]).unwrap_or_default();
    Redirect::to(&format!("/sign-in?{query}"))
}

/// To the sign-in page, and from there back to the form with what was typed in it: pages read
/// proposed values from their query.
pub(super) fn sign_in_and_resume(page: &str, fields: &Fields) -> Redirect {
    let query = serde_urlencoded::to_string(fields.without_secrets()).unwrap_or_default();
    // A longer URL would be refused on the way; then only the page is kept.
    if query.is_empty() || query.len() > 4_096 {
        return sign_in_for(page);
    }
    let separator = if page.contains('?') { '&' } else { '?' };
    sign_in_for(&format!("{page}{separator}{query}"))
}

/// What stood in a path, as it may stand in one again. Ids need no escaping; what is none leads to
/// a page that says so.
pub(super) fn segment(id: &str) -> &str {
    let plain = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain { id } else { "-" }
}

/// What `?next=` says, if it is a path of ours.
pub(super) fn wanted(uri: &Uri) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(uri.query()?).ok()?;
    let (_, path) = pairs.into_iter().find(|(name, _)| name == "next")?;
    own_path(&path).map(str::to_owned)
}
