//! After the first start: workspace, key, call.

use contract::console::{KeysQuery, Me};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::PageTitle;
use super::failed::Failed;
use crate::components::{CodeBlock, LinkButton, Look, PageHeader, SubmitButton, TextField};
use crate::fns;
use crate::form::Submission;
use crate::pages::in_place;
use crate::posted::Typed;
use crate::session::Session;
use crate::wording;

/// Where the issue drawer leads back to when it was opened from here.
pub(crate) const FROM_WELCOME: &str = "welcome";

#[component]
pub(crate) fn Welcome() -> impl IntoView {
    let session = Session::expect();
    let workspaces = Resource::new(move || session.changes(), |_| fns::workspaces::list(false));
    let keys = Resource::new(
        move || session.changes(),
        |_| fns::keys::view(KeysQuery::default()),
    );
    let steps = move || {
        Suspend::new(async move {
            match (workspaces.await, keys.await) {
                (Ok(workspaces), Ok(keys)) => {
                    let workspace = workspaces
                        .workspaces
                        .first()
                        .map(|first| first.metadata.clone());
                    let issued = keys.rows.iter().any(|row| !row.key.spec.system);
                    view! {
                        <ol class="panel steps">
                            <FirstWorkspace made=workspace.as_ref().map(|first| first.name.clone())/>
                            <FirstKey workspace=workspace.map(|first| first.id.to_string()) issued=issued/>
                            <FirstCall/>
                        </ol>
                    }
                    .into_any()
                }
                (Err(problem), _) | (_, Err(problem)) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! {
        <PageTitle text="Welcome"/>
        <PageHeader title="Three steps to the first call" sub=|| "Each can be done later, too.">
            <LinkButton href="/keys" look=Look::Quiet>"Skip to the keys"</LinkButton>
        </PageHeader>
        <Transition>{steps}</Transition>
    }
    .into_any()
}

#[component]
fn FirstWorkspace(made: Option<String>) -> impl IntoView {
    if let Some(name) = made {
        return view! {
            <li class="done">
                <h2>"A workspace"</h2>
                <p class="t2"><bdi>{name}</bdi> " is there."</p>
            </li>
        }
        .into_any();
    }
    let session = Session::expect();
    let name = RwSignal::new(Typed::here().text("metadata.name", ""));
    let submission = Submission::posted();
    let navigate = use_navigate();
    let go_on = move |_| {
        session.changed();
        navigate("/welcome", in_place());
    };
    view! {
        <li>
            <h2>"Make a workspace"</h2>
            <p class="t2">"A workspace is what keys are granted: an environment, a customer, a project."</p>
            <form
                class="stack"
                method="post"
                action="/workspaces/new"
                on:submit=submission.send(fns::workspaces::create, go_on)
            >
                <input type="hidden" name="next" value="/welcome"/>
                <TextField
                    name="metadata.name"
                    label="Name"
                    placeholder="production"
                    value=name
                    required=true
                    error=submission.error("metadata.name")
                />
                <div class="row"><SubmitButton busy=submission.busy()>"Create workspace"</SubmitButton></div>
            </form>
        </li>
    }
    .into_any()
}

#[component]
fn FirstKey(workspace: Option<String>, issued: bool) -> impl IntoView {
    if issued {
        return view! {
            <li class="done">
                <h2>"A key"</h2>
                <p class="t2">"It is issued, and you have its token."</p>
            </li>
        }
        .into_any();
    }
    let granted = workspace
        .map(|id| format!("&initialWorkspaceIds={id}"))
        .unwrap_or_default();
    let href = format!("/keys/new?{FROM_WELCOME}=1&permission.workspaces=read{granted}");
    view! {
        <li>
            <h2>"Issue a key"</h2>
            <p class="t2">"For one program. You choose what it may do and which workspaces it reaches; its token is shown once."</p>
            <div class="row"><LinkButton href=href look=Look::Primary icon="plus">"Issue key"</LinkButton></div>
        </li>
    }
    .into_any()
}

#[component]
fn FirstCall() -> impl IntoView {
    let me = expect_context::<Me>();
    let call = wording::whoami_call(&me.public_url);
    view! {
        <li>
            <h2>"Make the first call"</h2>
            <p class="t2">"With the token in " <code>"KEYRACK_TOKEN"</code> ", the answer says which key is calling."</p>
            <CodeBlock text=call/>
        </li>
    }
    .into_any()
}
