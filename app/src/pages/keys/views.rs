//! Saving what is asked of the list under a name, and forgetting it.

use contract::console::{KeysQuery, SavedView};
use leptos::prelude::*;

use crate::components::{Look, Notice, SubmitButton, TextField, Toasts, Tone};
use crate::fns::keys;
use crate::form::Submission;
use crate::posted::Typed;
use crate::session::Session;

/// There while less than all keys is asked for.
#[component]
pub(super) fn SaveView(query: KeysQuery, saved: Vec<SavedView>) -> impl IntoView {
    if !query.narrows() {
        return ().into_any();
    }
    let asked = query.first_page();
    let own = saved.into_iter().find(|view| view.query == asked);
    let (session, toasts) = (Session::expect(), Toasts::expect());
    let submission = Submission::posted();
    let refused = submission.error_beside(&["name"]);
    let refused = move || {
        let text = refused.get();
        text.map(|text| view! { <Notice tone=Tone::Bad alert=true>{text}</Notice> })
    };
    if let Some(view) = own {
        let name = view.name;
        let removed = {
            let name = name.clone();
            move |()| {
                toasts.done(format!("The view {name} is removed."));
                session.changed();
            }
        };
        return view! {
            <form
                class="save-view"
                method="post"
                action="/keys/views/remove"
                on:submit=submission.send(keys::remove_view, removed)
            >
                <input type="hidden" name="name" value=name.clone()/>
                <span class="t2">"Your view " <b><bdi>{name}</bdi></b></span>
                <SubmitButton look=Look::Quiet small=true busy=submission.busy()>"Remove"</SubmitButton>
                {refused}
            </form>
        }
        .into_any();
    }
    let name = RwSignal::new(Typed::here().text("name", ""));
    let done = move |()| {
        toasts.done(format!(
            "The view {} is saved.",
            name.get_untracked().trim()
        ));
        session.changed();
    };
    let kept = asked.pairs().into_iter().map(|(name, value)| {
        view! { <input type="hidden" name=name value=value/> }
    });
    view! {
        <details class="save-view" open=submission.refusal().get_untracked().is_some()>
            <summary class="btn quiet small">"Save as a view"</summary>
            <form
                class="row"
                method="post"
                action="/keys/views"
                on:submit=submission.send(keys::save_view, done)
            >
                {kept.collect_view()}
                <TextField name="name" label="Name of the view" value=name required=true error=submission.error("name")/>
                <SubmitButton look=Look::Plain busy=submission.busy()>"Save"</SubmitButton>
                {refused}
            </form>
        </details>
    }
    .into_any()
}
