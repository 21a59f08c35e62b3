//! Who and what reaches a workspace, and how; and who is to.

use contract::console::Role;
use contract::form::Fields;
use contract::people::{PersonState, ReachingPerson, WorkspaceReach};
use contract::resource::WorkspaceMember;
use leptos::prelude::*;

use crate::components::{Avatar, Chip, Look, Refusal, SubmitButton, TextField, Toasts};
use crate::fns::workspaces;
use crate::form::Submission;
use crate::pages::code::CodeField;
use crate::posted::Typed;
use crate::session::Session;
use crate::wording;

#[component]
pub(super) fn People(id: String, reach: WorkspaceReach) -> impl IntoView {
    let WorkspaceReach {
        people,
        may_change,
        may_see_people,
        ..
    } = reach;
    let count = people.len() as u64;
    let removing = Submission::new();
    let refused = removing.error_beside(&[]);
    let rows = people.into_iter().map(|person| {
        view! { <Row id=id.clone() person linked=may_see_people may_change removing/> }
    });
    let rows = rows.collect_view();
    view! {
        <section class="panel pad" aria-labelledby="people-title">
            <div class="panel-head">
                <h2 id="people-title">"People who reach it"</h2>
                <span class="end muted">{wording::counted(count, "person", "people")}</span>
            </div>
            {(count == 0).then(|| view! { <p class="t2">"Nobody belongs to it yet."</p> })}
            <Refusal text=refused/>
            <ul class="rows">{rows}</ul>
            {may_change.then(|| view! { <Add id/> })}
        </section>
    }
    .into_any()
}

#[component]
fn Row(
    /// The workspace.
    id: String,
    person: ReachingPerson,
    /// Whether people have a page of their own.
    linked: bool,
    may_change: bool,
    removing: Submission,
) -> impl IntoView {
    let shared = Session::expect();
    let toasts = Toasts::expect();
    let how = match (person.role, person.belongs) {
        (Role::Member, _) => "belongs to it".to_owned(),
        (role, false) => format!("by role: {}", role.title()),
        (role, true) => format!("by role: {}; belongs to it", role.title()),
    };
    let state = match person.state {
        PersonState::Active => None,
        PersonState::Invited => Some("invited"),
        PersonState::Disabled => Some("disabled"),
    };
    let name = person.name.clone();
    let named = if linked {
        let href = format!("/people/{}", person.id);
        view! { <a class="truncate" dir="auto" href=href>{name.clone()}</a> }.into_any()
    } else {
        view! { <bdi class="truncate">{name.clone()}</bdi> }.into_any()
    };
    let whom = person.id.to_string();
    let action = format!("/workspaces/{id}/members/{whom}/remove");
    let remove = move |_| workspaces::remove_member(id.clone(), whom.clone());
    let label = format!("Remove {name}");
    let removed = move |()| {
        toasts.done(format!("{name} belongs to it no more."));
        shared.changed();
    };
    view! {
        <li>
            <Avatar name=person.name small=true/>
            {named}
            {state.map(|state| view! { <Chip text=state small=true/> })}
            <span class="end">{how}</span>
            {(may_change && person.belongs).then(|| view! {
                <form method="post" action=action on:submit=removing.send(remove, removed)>
                    <SubmitButton look=Look::Quiet small=true busy=removing.busy()>
                        <span aria-hidden="true">"Remove"</span>
                        <span class="vh">{label}</span>
                    </SubmitButton>
                </form>
            })}
        </li>
    }
    .into_any()
}

/// Adds somebody by their address.
#[component]
fn Add(id: String) -> impl IntoView {
    let shared = Session::expect();
    let toasts = Toasts::expect();
    let typed = Typed::here();
    let email = RwSignal::new(typed.text("email", ""));
    let submission = posted(&typed, true);
    let refused = submission.error_beside(&["email"]);
    let action = format!("/workspaces/{id}/members");
    let add = move |fields: Fields| workspaces::add_member(id.clone(), fields);
    let added = move |member: WorkspaceMember| {
        let name = member.name.or(member.email).unwrap_or_default();
        toasts.done(format!("{name} belongs to it."));
        email.set(String::new());
        shared.changed();
    };
    view! {
        <form class="stack add-member" method="post" action=action on:submit=submission.send(add, added)>
            <Refusal text=refused/>
            <TextField
                name="email"
                label="Add somebody by their address"
                kind="email"
                value=email
                required=true
                hint="An address that nobody here has is invited; make the link on their page."
                error=submission.error("email")
            />
            <CodeField submission id="member-code" needed="Wanted only where the address is invited."/>
            <div class="row"><SubmitButton look=Look::Plain icon="user-plus" busy=submission.busy()>"Add"</SubmitButton></div>
        </form>
    }
    .into_any()
}

/// What became of a plain post, for the form that it came from: of the two on the page, one sends an address.
pub(super) fn posted(typed: &Typed, address: bool) -> Submission {
    if typed.get("email").is_some() == address {
        Submission::posted()
    } else {
        Submission::new()
    }
}

#[component]
pub(super) fn Keys(
    reach: WorkspaceReach,
    /// How many there are in all.
    count: u64,
) -> impl IntoView {
    let none = reach.keys.is_empty();
    let rows = reach.keys.into_iter().map(|key| {
        let how = if key.all_workspaces { "reaches all workspaces" } else { "granted" };
        view! {
            <li>
                <a class="truncate" dir="auto" href=format!("/keys/{}", key.id) title=key.name.clone()>{key.name.clone()}</a>
                <span class="end">{how}</span>
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="panel pad" aria-labelledby="keys-title">
            <div class="panel-head">
                <h2 id="keys-title">"Keys that reach it"</h2>
                <span class="end muted">{wording::counted(count, "key", "keys")}</span>
            </div>
            {none.then(|| view! {
                <p class="t2">"None. Grant it to a key in the access matrix, or on the page of the key."</p>
            })}
            <ul class="rows">{rows}</ul>
            {reach.more_keys.then(|| view! { <p class="t2">"These are the newest of them; "<a href="/access">"the matrix"</a>" has all."</p> })}
        </section>
    }
    .into_any()
}
