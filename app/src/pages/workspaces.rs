//! Workspaces: the list, a new one, and each on its own page.

mod one;
mod reach;

use contract::Permission;
use contract::console::Me;
use contract::resource::{Workspace as WorkspaceResource, WorkspaceStatus};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_navigate, use_query_map};

pub(crate) use self::one::Workspace;
use super::PageTitle;
use super::failed::Failed;
use super::news::{Kind, New};
use crate::components::{
    Chip, ChipLink, Dialog, EmptyState, LinkButton, Look, PageHeader, Refusal, Skeleton, State,
    Status, SubmitButton, TextField, Toasts, When,
};
use crate::fns::workspaces;
use crate::form::Submission;
use crate::pages::in_place;
use crate::posted::Typed;
use crate::session::{Session, may};
use crate::wording;

/// The fields that show their own refusals.
const FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.externalId",
    "metadata.labels",
    "spec.description",
];

/// What a workspace's status is called.
pub(crate) const fn state_of(status: WorkspaceStatus) -> (State, &'static str) {
    match status {
        WorkspaceStatus::Enabled => (State::Active, "Enabled"),
        WorkspaceStatus::Disabled => (State::Off, "Disabled"),
        WorkspaceStatus::Archived => (State::Off, "Archived"),
    }
}

#[component]
pub(crate) fn Workspaces() -> impl IntoView {
    let session = Session::expect();
    let query = use_query_map();
    let archived = Memo::new(move |_| query.with(|query| query.get("archived").is_some()));
    let list = Resource::new(
        move || (archived.get(), session.changes()),
        |(archived, _)| workspaces::list(archived),
    );
    let rows = move || {
        Suspend::new(async move {
            match list.await {
                Ok(view) if view.workspaces.is_empty() => {
                    view! { <div class="panel"><FirstWorkspace/></div> }.into_any()
                }
                Ok(view) => view! { <Table list=view.workspaces/> }.into_any(),
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    let new = move || {
        Suspend::new(async move {
            let place = list.await.ok()?.place;
            Some(view! { <New kind=Kind::Workspaces place/> })
        })
    };
    view! {
        <PageTitle text="Workspaces"/>
        <PageHeader title="Workspaces" sub=|| "What keys are granted: environments, customers, projects.">
            <Transition>{new}</Transition>
            <LinkButton href="/access" icon="grid-3x3">"Access matrix"</LinkButton>
            {may(&Permission::manage("workspaces")).then(|| view! {
                <LinkButton href="/workspaces/new" look=Look::Primary icon="plus">"New workspace"</LinkButton>
            })}
        </PageHeader>
        <nav class="toolbar" aria-label="Views">
            <div class="views">
                <ChipLink href="/workspaces" text="In use" current=Signal::derive(move || !archived.get())/>
                <ChipLink href="/workspaces?archived=1" text="With archived" current=archived/>
            </div>
        </nav>
        <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{rows}</Transition>
        <Outlet/>
    }
    .into_any()
}

#[component]
fn Table(list: Vec<WorkspaceResource>) -> impl IntoView {
    view! {
        <div class="panel list-box">
            <table class="list">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Keys that reach it"</th>
                        <th scope="col">"Labels"</th>
                        <th scope="col">"Made"</th>
                    </tr>
                </thead>
                <tbody>{list.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(workspace: WorkspaceResource) -> impl IntoView {
    let WorkspaceResource {
        metadata,
        spec,
        status,
        info,
    } = workspace;
    let (state, word) = state_of(status);
    let keys = info.map(|info| wording::counted(info.api_keys_total, "key", "keys"));
    let labels = metadata.labels.iter().map(|(key, value)| {
        view! { <Chip text=format!("{key}={value}") mono=true small=true/> }
    });
    view! {
        <tr class:is-off=status != WorkspaceStatus::Enabled>
            <td class="c-name">
                <span class="first">
                    <a class="truncate" dir="auto" href=format!("/workspaces/{}", metadata.id) title=metadata.name.clone()>
                        {metadata.name.clone()}
                    </a>
                </span>
                <span class="second truncate" dir="auto">{spec.description}</span>
            </td>
            <td class="c-status"><Status state=state text=word/></td>
            <td class="c-left">{keys}</td>
            <td class="c-wide"><span class="chips">{labels.collect_view()}</span></td>
            <td class="c-right"><When at=metadata.created_at/></td>
        </tr>
    }
    .into_any()
}

#[component]
fn FirstWorkspace() -> impl IntoView {
    let me = expect_context::<Me>();
    if !may(&Permission::manage("workspaces")) {
        return view! {
            <EmptyState
                icon="layers"
                title="You belong to no workspace yet"
                text="An admin adds you to the workspaces that you work in. What your keys may reach stands here then."
            />
        }
        .into_any();
    }
    view! {
        <EmptyState
            icon="layers"
            title="Make your first workspace"
            text="A workspace is what keys are granted. A key reaches only the workspaces it was given, so that what leaks from one does not open the others."
            curl=wording::plain_call(&me.public_url, "GET", "/v1/workspaces")
        >
            <LinkButton href="/workspaces/new" look=Look::Primary icon="plus">"New workspace"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

#[component]
pub(crate) fn NewWorkspace() -> impl IntoView {
    let session = Session::expect();
    let toasts = Toasts::expect();
    let typed = Typed::here();
    let field = |name: &str| RwSignal::new(typed.text(name, ""));
    let fields = WorkspaceFields {
        name: field("metadata.name"),
        description: field("spec.description"),
        external_id: field("metadata.externalId"),
        labels: field("metadata.labels"),
    };
    let submission = Submission::posted();
    let refused = submission.error_beside(FIELDS);
    let navigate = use_navigate();
    let leave = move || {
        navigate("/workspaces", in_place());
    };
    let made = {
        let leave = leave.clone();
        move |made: WorkspaceResource| {
            toasts.done(format!("{} is there.", made.metadata.name));
            leave();
            session.changed();
        }
    };
    view! {
        <PageTitle text="New workspace"/>
        <Dialog id="workspace" title="New workspace" narrow=true on_close=leave>
            <form
                class="stack"
                method="post"
                action="/workspaces/new"
                on:submit=submission.send(workspaces::create, made)
            >
                <Refusal text=refused/>
                <FieldsView fields=fields submission=submission autofocus=true/>
                <div class="dialog-foot">
                    <SubmitButton busy=submission.busy()>"Create workspace"</SubmitButton>
                    <a class="btn quiet" href="/workspaces">"Cancel"</a>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

/// What both forms of a workspace hold.
#[derive(Clone, Copy)]
struct WorkspaceFields {
    name: RwSignal<String>,
    description: RwSignal<String>,
    external_id: RwSignal<String>,
    labels: RwSignal<String>,
}

#[component]
fn FieldsView(
    fields: WorkspaceFields,
    submission: Submission,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    view! {
        <TextField
            name="metadata.name"
            label="Name"
            value=fields.name
            required=true
            autofocus=autofocus
            error=submission.error("metadata.name")
        />
        <TextField
            name="spec.description"
            label="What it is for"
            note="optional"
            value=fields.description
            error=submission.error("spec.description")
        />
        <TextField
            name="metadata.labels"
            label="Labels"
            note="optional; the matrix groups by them"
            placeholder="env=prod, team=billing"
            value=fields.labels
            error=submission.error("metadata.labels")
        />
        <TextField
            name="metadata.externalId"
            label="External id"
            note="optional"
            placeholder="your own id"
            value=fields.external_id
            error=submission.error("metadata.externalId")
        />
    }
    .into_any()
}
