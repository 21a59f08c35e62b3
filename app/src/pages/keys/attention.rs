//! What deserves a look: a quiet row of views with their counts, and a line for what cannot wait.

use contract::attention::{Attention, AttentionCounts};
use contract::console::{self, KeysQuery, SavedView};
use leptos::prelude::*;

use crate::components::{ChipLink, Notice, When};
use crate::pages::search::address;
use crate::wording::{attention as wording, counted};

/// The views of the list, each without a search, as it is counted. What no key is in, is not there, unless
/// it is what is looked at.
#[component]
pub(super) fn Views(
    query: KeysQuery,
    total: u64,
    disabled: u64,
    attention: AttentionCounts,
    saved: Vec<SavedView>,
) -> impl IntoView {
    let kinds = Attention::ALL.iter();
    let kinds = kinds.map(|kind| (kind.as_str(), wording::view(*kind), attention.of(*kind)));
    let chips = kinds
        .chain([(KeysQuery::DISABLED, "Disabled", disabled)])
        .filter_map(|(show, name, count)| {
            let current = query.show == show && query.q.is_empty();
            let href = format!("/keys?show={show}");
            (count > 0 || current).then(|| view! { <ChipLink href text=name count=count current/> })
        });
    let asked = query.first_page();
    let saved = saved.into_iter().map(|view| {
        let current = view.query == asked;
        let href = address("/keys", &view.query.pairs());
        view! { <ChipLink href text=view.name count=view.keys current/> }
    });
    view! {
        <nav class="views" aria-label="Views">
            <ChipLink href="/keys" text="All" count=total current=!query.narrows()/>
            {chips.collect_view()}
            {saved.collect_view()}
        </nav>
    }
    .into_any()
}

/// What ends by itself unless somebody does something.
#[component]
pub(super) fn Urgent(urgent: console::Urgent) -> impl IntoView {
    let console::Urgent {
        attention,
        keys,
        key,
    } = urgent;
    let grace = attention == Attention::OldTokenCalled;
    let (said, href) = if let Some(key) = key {
        let href = format!("/keys/{}", key.metadata.id);
        let ends = key.info.and_then(|info| info.retiring_token);
        let ends = ends.map(|token| token.expires_at);
        let said = match (grace, ends, key.spec.expires_at) {
            (true, Some(at), _) => {
                view! { " is still called with its old token. Its grace ends " <When at/> "." }
                    .into_any()
            }
            (false, _, Some(at)) => view! { " expires " <When at/> "." }.into_any(),
            _ => ().into_any(),
        };
        (
            view! { <b><bdi>{key.metadata.name}</bdi></b> {said} }.into_any(),
            href,
        )
    } else {
        let said = if grace {
            format!("{keys} keys are still called with their old tokens.")
        } else {
            format!(
                "{} within 7 days.",
                counted(keys, "key expires", "keys expire")
            )
        };
        let href = format!("/keys?show={}", attention.as_str());
        (said.into_any(), href)
    };
    view! { <Notice><a class="end" href=href>"Review"</a>{said}</Notice> }.into_any()
}
