//! The first call with a new token, as it comes.

use contract::ApiKeyId;
use leptos::prelude::*;

use crate::browser;

/// A line that waits until the key's current token is used, and then says when that was. Without
/// scripting, or where the server cannot be listened to, it says what was so when the page was made.
#[component]
pub(crate) fn FirstCall(
    key: ApiKeyId,
    /// What else stands in the line.
    #[prop(optional, into)]
    beside: Option<String>,
) -> impl IntoView {
    // As the server wrote it, in RFC 3339: to read it and to write it anew takes more code than the rest
    // of the line, and every page would load it.
    let called = RwSignal::new(None::<String>);
    let listens = RwSignal::new(false);
    Effect::new(move || {
        listens.set(true);
        browser::on_event(&format!("/keys/{key}/first-call"), "called", move |data| {
            listens.try_set(false);
            called.try_set(data);
        });
    });
    let class = move || match (called.read().is_some(), listens.get()) {
        (true, _) => "waiting called",
        (false, true) => "waiting",
        (false, false) => "waiting still",
    };
    let said = move || match called.get() {
        Some(at) => {
            let clock = at.get(11..19).unwrap_or_default().to_owned();
            view! { "First call at " <time datetime=at>{clock} " UTC"</time> "." }.into_any()
        }
        None if listens.get() => "Waiting for the first call with this token…".into_any(),
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
