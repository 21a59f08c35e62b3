//! The first call with a new token, as it comes.

use contract::ApiKeyId;
use leptos::prelude::*;

use super::news::FirstCallOf;

/// A line that waits until the key's current token is used, and then says when that was. Without
/// scripting, or where the server cannot be listened to, it says what was so when the page was made.
#[component]
pub(crate) fn FirstCall(
    key: ApiKeyId,
    /// What else stands in the line.
    #[prop(optional, into)]
    beside: Option<String>,
) -> impl IntoView {
    let first = FirstCallOf::new(key);
    let class = move || match (first.at().is_some(), first.is_awaited()) {
        (true, _) => "waiting called",
        (false, true) => "waiting",
        (false, false) => "waiting still",
    };
    let said = move || match first.at() {
        Some(at) => {
            let clock = at.get(11..19).unwrap_or_default().to_owned();
            view! { "First call at " <time datetime=at>{clock} " UTC"</time> "." }.into_any()
        }
        None if first.is_awaited() => "Waiting for the first call with this token…".into_any(),
        None => "No call with this token yet.".into_any(),
    };
    view! {
        <p class=class role="status">
            <span>{said}</span>
            {beside.map(|text| view! { <span class="end muted">{text}</span> })}
        </p>
    }
    .into_any()
}
