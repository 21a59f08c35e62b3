//! Inviting somebody.

use contract::console::Role;
use contract::people::{InvitationLink, InviteOptions};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::LinkShown;
use crate::components::{ChipCheck, Dialog, Refusal, Segmented, SubmitButton, TextField};
use crate::fns::people;
use crate::form::Submission;
use crate::pages::PageTitle;
use crate::pages::code::CodeField;
use crate::pages::in_place;
use crate::posted::{Posted, Typed};

const FIELDS: &[&str] = &["email", "role", "initialWorkspaceIds"];

#[component]
pub(crate) fn InvitePerson() -> impl IntoView {
    let options = Resource::new(|| (), |()| people::options());
    let made = RwSignal::new(use_context::<Posted>().and_then(|posted| posted.invitation));
    let dialog = move || match made.get() {
        Some(link) => view! { <LinkShown link/> }.into_any(),
        None => view! {
            <Suspense>
                {move || Suspend::new(async move {
                    // What cannot be loaded, the page below says.
                    options.await.ok().map(|options| view! { <Invite options made/> })
                })}
            </Suspense>
        }
        .into_any(),
    };
    view! {
        <PageTitle text="Invite"/>
        {dialog}
    }
    .into_any()
}

#[component]
fn Invite(options: InviteOptions, made: RwSignal<Option<InvitationLink>>) -> impl IntoView {
    let typed = Typed::here();
    let email = RwSignal::new(typed.text("email", ""));
    let role = RwSignal::new(typed.text("role", Role::Member.as_str()));
    let submission = Submission::posted();
    let refused = submission.error_beside(FIELDS);
    let navigate = use_navigate();
    let leave = move || {
        navigate("/people", in_place());
    };
    let roles = options
        .roles
        .into_iter()
        .map(|role| (role.as_str(), role.title()));
    let chosen = typed.all("initialWorkspaceIds");
    let some = !options.workspaces.is_empty();
    let workspaces = options.workspaces.into_iter().map(|workspace| {
        let id = workspace.id.to_string();
        let checked = RwSignal::new(chosen.contains(&id));
        view! { <ChipCheck name="initialWorkspaceIds" value=id label=workspace.name checked=checked/> }
    });
    let workspaces = workspaces.collect_view();
    let is_member = move || role.with(|role| role == Role::Member.as_str());
    view! {
        <Dialog id="invite" title="Invite somebody" on_close=leave>
            <form
                class="stack"
                method="post"
                action="/people/new"
                on:submit=submission.send(people::invite, move |link| made.set(Some(link)))
            >
                <Refusal text=refused/>
                <TextField
                    name="email"
                    label="Email"
                    kind="email"
                    value=email
                    required=true
                    autofocus=true
                    hint="What they sign in with. No mail is sent: you get a link to hand over."
                    error=submission.error("email")
                />
                <Segmented name="role".to_owned() legend="Role" options=roles.collect() value=role show_legend=true/>
                <p class="hint">{move || role_told(&role.read())}</p>
                {some.then(|| view! {
                    <fieldset class="field" hidden=move || !is_member()>
                        <legend>"Workspaces " <span class="note">"that they belong to; none unless chosen"</span></legend>
                        <div class="chips pick-list">{workspaces}</div>
                    </fieldset>
                })}
                <CodeField submission id="invite-code"/>
                <div class="dialog-foot">
                    <SubmitButton busy=submission.busy()>"Make the link"</SubmitButton>
                    <a class="btn quiet" href="/people">"Cancel"</a>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

/// What a role means.
pub(super) fn role_told(role: &str) -> &'static str {
    match Role::parse(role) {
        Some(Role::Owner) => "May do everything, and make and unmake owners.",
        Some(Role::Admin) => "May do everything but what concerns owners.",
        _ => "Sees and makes their own keys, in the workspaces they belong to.",
    }
}
