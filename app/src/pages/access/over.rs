//! What lies over the matrix: the review, the question about "all workspaces", a moment of the past.

use contract::ApiKeyId;
use leptos::prelude::*;
use matrix::Beneath;

use super::desk::{Desk, Over};
use super::past::AsOf;
use super::review::Review;
use crate::components::{Button, Dialog, Look};

#[component]
pub(super) fn Overlays(desk: Desk) -> impl IntoView {
    let over = desk.over();
    move || match over.get() {
        None => ().into_any(),
        Some(Over::Review) => view! { <Review desk/> }.into_any(),
        Some(Over::AllOff(key)) => view! { <AllOff desk key/> }.into_any(),
        Some(Over::AsOf) => view! { <AsOf desk/> }.into_any(),
    }
}

/// What a key is to reach when it does not reach all workspaces any more.
#[component]
fn AllOff(desk: Desk, key: ApiKeyId) -> impl IntoView {
    let name = desk.peek(|work| {
        let matrix = work.board().matrix();
        let found = matrix.key_at(key).and_then(|at| matrix.keys().get(at));
        found.map(|found| found.row.name.clone())
    });
    let name = name.flatten().unwrap_or_default();
    let chosen = RwSignal::new(Beneath::Keep);
    let close = move || desk.over().set(None);
    let choices = [
        (
            Beneath::Keep,
            "Keep the grants beneath",
            "What was granted to it one by one stays.",
        ),
        (
            Beneath::Today,
            "Grant today’s workspaces one by one",
            "It reaches what it reaches now, and none that comes later.",
        ),
        (
            Beneath::None,
            "Nothing",
            "It reaches no workspace any more.",
        ),
    ];
    let choice = move |(value, label, hint): (Beneath, &'static str, &'static str)| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="beneath"
                    checked=value == Beneath::Keep
                    on:change=move |_| chosen.set(value)
                />
                <span>{label}<span class="hint">{hint}</span></span>
            </label>
        }
    };
    let stage = move || {
        close();
        desk.turn_all_off(key, chosen.get_untracked());
    };
    view! {
        <Dialog id="all-off" title=format!("{name} reaches all workspaces") narrow=true on_close=close>
            <p class="lead">"When that is turned off, what is it to reach? Nothing is live until you apply."</p>
            <fieldset class="stack">
                <legend class="vh">"What it reaches then"</legend>
                {choices.map(choice).collect_view()}
            </fieldset>
            <div class="dialog-foot">
                <Button look=Look::Primary on_press=stage>"Stage it"</Button>
                <Button look=Look::Quiet on_press=close>"Leave it on"</Button>
            </div>
        </Dialog>
    }
    .into_any()
}
