//! Where calls come from.

use contract::usage::UsageSource;
use leptos::prelude::*;

use crate::components::When;
use crate::wording;

/// How many are told before the rest is folded.
const UNFOLDED: usize = 5;

#[component]
pub(super) fn Sources(
    mut sources: Vec<UsageSource>,
    /// Whether there was any call, wherever it came from.
    called: bool,
) -> impl IntoView {
    let folded = sources.split_off(sources.len().min(UNFOLDED));
    let none = sources.is_empty().then_some(if called {
        "Who asked did not say where the calls came from (clientIp, userAgent)."
    } else {
        "No call in the last day."
    });
    let folded = (!folded.is_empty()).then(|| {
        let more = wording::counted(folded.len() as u64, "more source", "more sources");
        view! {
            <details class="more">
                <summary>{more}</summary>
                <ul class="rows sources">{folded.into_iter().map(source_line).collect_view()}</ul>
            </details>
        }
    });
    view! {
        <h3>"Sources of the last day"</h3>
        {none.map(|said| view! { <p class="t2">{said}</p> })}
        <ul class="rows sources">{sources.into_iter().map(source_line).collect_view()}</ul>
        {folded}
    }
    .into_any()
}

/// One source, as a line of the list.
pub(in crate::pages::key) fn source_line(source: UsageSource) -> impl IntoView {
    let UsageSource {
        address,
        user_agent,
        calls,
        last_at,
    } = source;
    let told_nothing = address.is_none() && user_agent.is_none();
    let address = match address {
        Some(address) => view! { <code>{address}</code> }.into_any(),
        None if told_nothing => "not told apart".into_any(),
        None => view! { <span class="muted">"no address"</span> }.into_any(),
    };
    let program = user_agent
        .map(|program| view! { <bdi class="program truncate" title=program.clone()>{program.clone()}</bdi> });
    view! {
        <li>
            <span class="address">{address}</span>
            {program}
            <span class="calls">{wording::calls(calls)}</span>
            <When at=last_at/>
        </li>
    }
    .into_any()
}
