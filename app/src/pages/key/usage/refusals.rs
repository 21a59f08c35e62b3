//! Why calls were denied.

use contract::usage::DenialCount;
use leptos::prelude::*;

use crate::wording;

/// Nothing at all where none was.
#[component]
pub(super) fn Refusals(denials: Vec<DenialCount>) -> impl IntoView {
    if denials.is_empty() {
        return ().into_any();
    }
    let line = |DenialCount { code, calls }: DenialCount| {
        view! {
            <li>
                <span>{wording::sentence(wording::because(code))}</span>
                <code class="code-name">{code.as_str()}</code>
                <span class="calls">{wording::calls(calls)}</span>
            </li>
        }
    };
    view! {
        <h3>"Denied in the last day"</h3>
        <ul class="rows refusals">{denials.into_iter().map(line).collect_view()}</ul>
    }
    .into_any()
}
