//! What somebody may do, and one's ownership, which can be handed to them.

use contract::console::Role;
use contract::form::Fields;
use contract::people::PersonView;
use leptos::prelude::*;

use super::invite::role_told;
use crate::components::{Look, Refusal, Segmented, SubmitButton, Toasts};
use crate::fns::people;
use crate::form::Submission;
use crate::pages::code::CodeField;
use crate::posted::Typed;
use crate::session::Session;

#[component]
pub(super) fn RoleForm(view: PersonView) -> impl IntoView {
    let shared = Session::expect();
    let toasts = Toasts::expect();
    let (id, name) = (view.person.id.to_string(), view.person.name.clone());
    let role = RwSignal::new(Typed::here().text("role", view.person.role.as_str()));
    let submission = Submission::posted_by("role");
    let refused = submission.error_beside(&[]);
    let given = view.roles;
    let locked = Role::ALL.into_iter().filter(|role| !given.contains(role));
    let locked = locked.map(Role::as_str).collect();
    let roles = Role::ALL.map(|role| (role.as_str(), role.title()));
    let set = {
        let id = id.clone();
        move |fields: Fields| people::set_role(id.clone(), fields)
    };
    let done = {
        let name = name.clone();
        move |()| {
            toasts.done(format!("The role of {name} is changed."));
            shared.changed();
        }
    };
    view! {
        <section class="panel pad stack" aria-labelledby="role-title">
            <h2 id="role-title">"Role"</h2>
            <Refusal text=refused/>
            <form class="stack" method="post" action=format!("/people/{id}/role") on:submit=submission.send(set, done)>
                <Segmented name="role".to_owned() legend="Role" options=roles.into() value=role locked=locked/>
                <p class="hint">{move || role_told(&role.read())}</p>
                <input type="hidden" name="section" value="role"/>
                <CodeField submission id="role-code"/>
                <div class="row"><SubmitButton look=Look::Plain busy=submission.busy()>"Change role"</SubmitButton></div>
            </form>
            {view.may_inherit.then(|| view! { <HandOver id name/> })}
        </section>
    }
    .into_any()
}

/// Makes them the owner in one's own place.
#[component]
fn HandOver(id: String, name: String) -> impl IntoView {
    let toasts = Toasts::expect();
    let shared = Session::expect();
    let submission = Submission::posted_by("transfer");
    let refused = submission.error_beside(&[]);
    let open = submission.is_refused();
    let action = format!("/people/{id}/transfer");
    let hand_over = move |fields: Fields| people::transfer(id.clone(), fields);
    let told = format!("{name} becomes an owner, and you an admin.");
    let done = move |()| {
        toasts.done(format!("{name} is an owner now, and you are an admin."));
        shared.changed();
    };
    view! {
        <details class="more" open=open>
            <summary>"Hand your ownership over"</summary>
            <div class="stack">
                <p class="t2">{told}</p>
                <Refusal text=refused/>
                <form class="stack" method="post" action=action on:submit=submission.send(hand_over, done)>
                    <input type="hidden" name="section" value="transfer"/>
                    <CodeField submission id="transfer-code"/>
                    <SubmitButton look=Look::Danger busy=submission.busy()>"Hand it over"</SubmitButton>
                </form>
            </div>
        </details>
    }
    .into_any()
}
