//! The first call with a new token, as it comes.

use contract::{ApiKeyId, Timestamp};
use leptos::prelude::*;

use crate::browser;
use crate::components::When;

/// A line that waits until the key's current token is used, and then says when that was. Without
/// scripting, or where the server cannot be listened to, it says what was so when the page was made.
#[component]
pub(crate) fn FirstCall(
    key: ApiKeyId,
    /// What else stands in the line.
    #[prop(optional, into)]
    beside: Option<String>,
) -> impl IntoView {
    let called = RwSignal::new(None::<Timestamp>);
    let listens = RwSignal::new(false);
    Effect::new(move || {
        listens.set(true);
        browser::on_event(&format!("/keys/{key}/first-call"), "called", move |data| {
            listens.try_set(false);
            called.try_set(data.and_then(|at| Timestamp::parse(&at).ok()));
        });
    });
    let class = move || match (called.get(), listens.get()) {
        (Some(_), _) => "waiting called",
        (None, true) => "waiting",
        (None, false) => "waiting still",
    };
    let said = move || match called.get() {
        Some(at) => {
            view! { "First call at " {at.date_and_time()} ", " <When at=at/> "." }.into_any()
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
