//! Somebody's second factor, which they may have lost.

use contract::form::Fields;
use contract::people::PersonView;
use leptos::prelude::*;

use crate::components::{Look, Refusal, SubmitButton, Toasts};
use crate::fns::factor;
use crate::form::Submission;
use crate::pages::code::CodeField;
use crate::session::Session;

/// For somebody who has a second factor, and may have lost it.
#[component]
pub(super) fn SecondFactor(view: PersonView) -> impl IntoView {
    if view.own {
        return view! {
            <section class="panel pad stack" aria-labelledby="factor-title">
                <h2 id="factor-title">"Second factor"</h2>
                <p class="t2">"On. It is yours to change on the page of " <a href="/account">"your account"</a> "."</p>
            </section>
        }
        .into_any();
    }
    let shared = Session::expect();
    let toasts = Toasts::expect();
    let submission = Submission::posted_by("factor");
    let refused = submission.error_beside(&[]);
    let (id, name) = (view.person.id.to_string(), view.person.name);
    let action = format!("/people/{id}/remove-factor");
    let remove = move |fields: Fields| factor::remove(id.clone(), fields);
    let removed = move |()| {
        toasts.done(format!("{name} signs in with the passphrase alone now."));
        shared.changed();
    };
    view! {
        <section class="panel pad stack" aria-labelledby="factor-title">
            <h2 id="factor-title">"Second factor"</h2>
            <p class="t2">
                "On. Who has lost it and their recovery codes cannot sign in. Removed, their passphrase alone lets them in, until they set another up."
            </p>
            <Refusal text=refused/>
            <form class="stack" method="post" action=action on:submit=submission.send(remove, removed)>
                <input type="hidden" name="section" value="factor"/>
                <CodeField submission id="factor-code"/>
                <div class="row"><SubmitButton look=Look::Danger icon="shield-off" busy=submission.busy()>"Remove second factor"</SubmitButton></div>
            </form>
        </section>
    }
    .into_any()
}
