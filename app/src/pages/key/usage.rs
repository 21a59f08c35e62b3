//! What a key is used for: how much, from where, and why not.

mod chart;
mod last;
mod refusals;
mod sources;

pub(super) use self::last::StillUses;
pub(super) use self::sources::source_line;

use contract::Timestamp;
use contract::console::Me;
use contract::resource::ApiKey;
use contract::usage::KeyUsage;
use leptos::prelude::*;

use self::chart::Hours;
use self::refusals::Refusals;
use self::sources::Sources;
use crate::components::{CodeBlock, State, When};
use crate::pages::first_call::FirstCall;
use crate::pages::keys::state_of;
use crate::wording;

#[component]
pub(super) fn Usage(key: ApiKey, usage: KeyUsage, now: Timestamp) -> impl IntoView {
    let last = usage.last_uses.first().map(|last| last.at);
    // The code that waits for a call would wait in vain where every call is refused.
    let good = matches!(state_of(&key, now).state, State::Active | State::Warn);
    let waits = good && !usage.last_uses.iter().any(|last| last.current);
    let never = usage.days.iter().all(|day| day.calls == 0);
    let head = match last {
        Some(at) => view! { "last used " <When at=at/> }.into_any(),
        None if never => "never used".into_any(),
        None => "every call was denied".into_any(),
    };
    let called = usage.called_in_the_last_day();
    let told = if never {
        view! { <Unused ever=last.is_some()/> }.into_any()
    } else {
        view! {
            <Hours hours=usage.hours/>
            <Sources sources=usage.sources called/>
            <Refusals denials=usage.denials/>
        }
        .into_any()
    };
    view! {
        <section class="panel pad usage" aria-labelledby="usage-title">
            <div class="panel-head">
                <h2 id="usage-title">"Usage"</h2>
                <span class="end muted">{head}</span>
            </div>
            {waits.then(|| view! { <FirstCall key=key.metadata.id/> })}
            {told}
        </section>
    }
    .into_any()
}

/// What stands here until there is something to count.
#[component]
fn Unused(ever: bool) -> impl IntoView {
    let me = expect_context::<Me>();
    let text = if ever {
        "Nothing has called with this key in the last 30 days. "
    } else {
        "Nothing has called with this key yet. "
    };
    view! {
        <p class="t2 lead">
            {text}
            "Each call that is checked against it is counted here: how many there are, where they come from, and why some are denied."
        </p>
        <CodeBlock text=wording::whoami_call(&me.public_url)/>
    }
    .into_any()
}
