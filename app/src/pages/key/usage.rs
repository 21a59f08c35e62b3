//! What a key is used for: how much, from where, and why not.

mod chart;
mod last;
mod refusals;
mod sources;

pub(super) use self::last::{LastCall, StillUses};

use contract::Timestamp;
use contract::console::Me;
use contract::resource::{ApiKey, RetiringToken};
use contract::usage::{KeyUsage, LastUse};
use leptos::prelude::*;

use self::chart::Hours;
use self::refusals::Refusals;
use self::sources::Sources;
use super::Places;
use crate::components::{CodeBlock, Notice, State, Tone, When};
use crate::pages::first_call::FirstCall;
use crate::pages::keys::state_of;
use crate::wording;

#[component]
pub(super) fn Usage(key: ApiKey, usage: KeyUsage, places: Places, now: Timestamp) -> impl IntoView {
    let info = key.info.as_ref();
    let last = usage.last_uses.first().map(|last| last.at);
    // The code that waits for a call would wait in vain where every call is refused.
    let good = state_of(&key, now).0 == State::Active;
    let waits = good && !usage.last_uses.iter().any(|last| last.current);
    let rotation = info.and_then(|info| info.retiring_token.clone());
    let rotation = rotation.map(|old| {
        let used = usage
            .last_uses
            .iter()
            .find(|last| last.token_hint == old.hint);
        view! { <Rotation old used=used.cloned() places=places.clone()/> }
    });
    let never = usage.days.iter().all(|day| day.calls == 0);
    let head = match last {
        Some(at) => view! { "last used " <When at=at/> }.into_any(),
        None if never => "never used".into_any(),
        None => "every call was denied".into_any(),
    };
    let told = if never {
        view! { <Unused ever=last.is_some()/> }.into_any()
    } else {
        view! {
            <Hours hours=usage.hours/>
            <Sources sources=usage.sources/>
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
            {rotation}
            {waits.then(|| view! { <FirstCall key=key.metadata.id/> })}
            {told}
        </section>
    }
    .into_any()
}

/// A rotation in progress: whether the token before is still in use.
#[component]
fn Rotation(old: RetiringToken, used: Option<LastUse>, places: Places) -> impl IntoView {
    let RetiringToken {
        hint, expires_at, ..
    } = old;
    let until = view! { "It is good until " {expires_at.date_and_time()} "." };
    match used {
        Some(last) => {
            let place = last.workspace_id.and_then(|id| places.name(id));
            view! {
                <Notice>
                    "The token before, " <code>{hint}</code> ", was last used " <LastCall last place/> ". " {until}
                </Notice>
            }
            .into_any()
        }
        None => view! {
            <Notice tone=Tone::Info>"Nobody has used the token before, " <code>{hint}</code> ". " {until}</Notice>
        }
        .into_any(),
    }
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
