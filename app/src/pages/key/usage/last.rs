//! The last call, and whether a key is still in use, for whoever is about to change it.

use contract::usage::{KeyUsage, LastUse};
use leptos::prelude::*;

use crate::components::{Notice, Tone, When};
use crate::wording;

/// More sources than these are not told apart (`keyring::usage::of_key`).
const MOST_SOURCES: usize = 100;

/// "2 min ago from 192.0.2.1 curl/8.9, in prod-eu", as far as it is known.
#[component]
fn LastCall(last: LastUse, place: Option<String>) -> impl IntoView {
    let address = last
        .address
        .map(|address| view! { " from " <code>{address}</code> });
    let joint = if address.is_some() { " " } else { " by " };
    let program = last
        .user_agent
        .map(|program| view! { {joint}<bdi>{program}</bdi> });
    let place = place.map(|name| view! { ", in " <bdi>{name}</bdi> });
    view! { <When at=last.at/>{address}{program}{place} }.into_any()
}

/// What would notice if the key were gone.
#[component]
pub(in crate::pages::key) fn StillUses(usage: KeyUsage, place: Option<String>) -> impl IntoView {
    let month = usage.days.first().map(|day| day.at);
    let day = usage.last_day().first().map(|hour| hour.at);
    let called = usage.called_in_the_last_day();
    let last = usage.last_uses.into_iter().next();
    let (tone, said) = match (usage.sources.len(), last) {
        (0, Some(last)) if Some(last.at) >= day => (
            Tone::Warn,
            view! { "Still in use, by callers that are not told apart. Its last call was " <LastCall last place/> "." }
                .into_any(),
        ),
        (count, Some(last)) if Some(last.at) >= day => (
            Tone::Warn,
            view! { {told(count)} " in the last day, last call " <LastCall last place/> "." }.into_any(),
        ),
        (count, last) if count > 0 || called => (
            Tone::Info,
            view! {
                {if count > 0 { told(count) } else { "It was called".to_owned() }}
                " in the last day, and every call was denied."
                {last.map(|last| view! { " The last one that was not was " <LastCall last place/> "." })}
            }
            .into_any(),
        ),
        (_, Some(last)) if Some(last.at) >= month => (
            Tone::Warn,
            view! { "Nothing has called with it in the last day. Its last call was " <LastCall last place/> "." }
                .into_any(),
        ),
        (_, last) => (
            Tone::Info,
            view! {
                "Nothing has used this key in the last 30 days."
                {last.map(|last| view! { " Its last call was " <When at=last.at/> "." })}
            }
            .into_any(),
        ),
    };
    view! { <Notice tone>{said}</Notice> }.into_any()
}

fn told(sources: usize) -> String {
    if sources >= MOST_SOURCES {
        format!("{MOST_SOURCES} sources or more")
    } else {
        wording::counted(sources as u64, "source", "sources")
    }
}
