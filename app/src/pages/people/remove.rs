//! The question before somebody is removed: what becomes of their keys.

use contract::form::Fields;
use contract::people::{PersonRow, PersonView};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::keys_of;
use super::one::Shown;
use crate::components::{Dialog, Look, Refusal, Segmented, SelectField, SubmitButton, Toasts};
use crate::fns::people;
use crate::form::Submission;
use crate::pages::instead;
use crate::posted::Typed;

#[component]
pub(crate) fn RemovePerson() -> impl IntoView {
    let Shown { view, .. } = expect_context();
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                // What cannot be loaded, the page below says.
                view.await.ok().map(|view| view! { <Remove view/> })
            })}
        </Suspense>
    }
    .into_any()
}

/// "their key", "their 3 keys"
fn theirs(person: &PersonRow) -> String {
    match person.keys {
        1 => "their key".to_owned(),
        _ => format!("their {}", keys_of(person)),
    }
}

#[component]
fn Remove(view: PersonView) -> impl IntoView {
    let PersonView { person, heirs, .. } = view;
    let toasts = Toasts::expect();
    let typed = Typed::here();
    let submission = Submission::posted();
    let refused = submission.error_beside(&["heir"]);
    let keys = RwSignal::new(typed.text("keys", "transfer"));
    let (id, name) = (person.id.to_string(), person.name.clone());
    let navigate = use_navigate();
    let to = {
        let navigate = navigate.clone();
        move |path: String| {
            navigate(&path, instead());
        }
    };
    let leave = {
        let (to, id) = (to.clone(), id.clone());
        move || to(format!("/people/{id}"))
    };
    let remove = {
        let id = id.clone();
        move |fields: Fields| people::remove(id.clone(), fields)
    };
    let removed = {
        let name = name.clone();
        move |()| {
            toasts.done(format!("{name} is removed."));
            to("/people".to_owned());
        }
    };
    let heirs: Vec<_> = heirs
        .into_iter()
        .map(|heir| (heir.id.to_string(), heir.name))
        .collect();
    let heir_error = submission.error("heir");
    let choice = if person.keys == 0 {
        view! { <input type="hidden" name="keys" value="revoke"/> }.into_any()
    } else {
        let options = vec![("transfer", "Hand over"), ("revoke", "Revoke")];
        let hidden = move || keys.with(|keys| keys == "revoke");
        let chosen = typed.text("heir", "");
        view! {
            <p>{format!("What becomes of {}?", theirs(&person))}</p>
            <Segmented name="keys".to_owned() legend="Their keys" options=options value=keys/>
            <p class="hint">
                {move || if hidden() {
                    "Every token of theirs is refused from that moment on, for good."
                } else {
                    "Their keys go on working, and somebody else answers for them."
                }}
            </p>
            <div hidden=hidden>
                <SelectField name="heir" label="Who takes them over" blank="Choose somebody" options=heirs chosen=chosen/>
                {move || heir_error.get().map(|text| view! { <p class="error" role="alert">{text}</p> })}
            </div>
        }
        .into_any()
    };
    view! {
        <Dialog id="remove" title=format!("Remove {name}?") narrow=true on_close=leave>
            <form
                method="post"
                action=format!("/people/{id}/remove")
                on:submit=submission.send(remove, removed)
            >
                <div class="stack">
                    <p class="lead">"They are signed out at once and belong to nothing here any more. What they did stays in the audit log."</p>
                    <Refusal text=refused/>
                    {choice}
                </div>
                <div class="dialog-foot">
                    <SubmitButton look=Look::DangerSolid icon="user-x" busy=submission.busy()>"Remove"</SubmitButton>
                    <a class="btn quiet" href=format!("/people/{id}")>"Cancel"</a>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}
