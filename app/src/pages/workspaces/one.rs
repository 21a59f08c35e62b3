//! One workspace: who reaches it, what it is called, and its end.

use contract::access::{AccessMatrix, AccessRow};
use contract::form::Fields;
use contract::resource::{Workspace as WorkspaceResource, WorkspaceStatus};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{FIELDS, FieldsView, WorkspaceFields, state_of};
use crate::components::{
    LinkButton, Look, Notice, PageHeader, Skeleton, Status, SubmitButton, Toasts, Tone,
};
use crate::fns::{access, workspaces};
use crate::form::Submission;
use crate::pages::PageTitle;
use crate::pages::failed::Failed;
use crate::posted::{Posted, Typed};
use crate::session::Session;
use crate::wording;

#[component]
pub(crate) fn Workspace() -> impl IntoView {
    let session = Session::expect();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let workspace = Resource::new(
        move || (id.get(), session.changes()),
        |(id, _)| workspaces::get(id),
    );
    let matrix = Resource::new(move || session.changes(), |_| access::matrix());
    let page = move || {
        Suspend::new(async move {
            match (workspace.await, matrix.await) {
                (Ok(workspace), Ok(matrix)) => {
                    let keys = reaching(&workspace, matrix);
                    view! { <WorkspaceView workspace keys/> }.into_any()
                }
                (Err(problem), _) | (_, Err(problem)) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{page}</Transition> }.into_any()
}

/// The keys that reach a workspace. None reaches one that is archived.
fn reaching(workspace: &WorkspaceResource, matrix: AccessMatrix) -> Vec<AccessRow> {
    let column = matrix
        .workspaces
        .iter()
        .position(|column| column.id == workspace.metadata.id);
    let Some(column) = column.and_then(|column| u32::try_from(column).ok()) else {
        return Vec::new();
    };
    let reaches = |key: &AccessRow| key.all_workspaces || key.grants.contains(&column);
    matrix.keys.into_iter().filter(reaches).collect()
}

#[component]
fn WorkspaceView(workspace: WorkspaceResource, keys: Vec<AccessRow>) -> impl IntoView {
    let WorkspaceResource {
        metadata,
        spec,
        status,
        ..
    } = workspace.clone();
    let (state, word) = state_of(status);
    let name = metadata.name.clone();
    let sub = move || view! { <bdi>{spec.description}</bdi> " " <code class="muted">{metadata.id.to_string()}</code> };
    let posted = Posted::problem().filter(|problem| problem.details.is_empty());
    let count = keys.len() as u64;
    let reached_by = keys.into_iter().map(|key| {
        let how = if key.all_workspaces { "reaches all workspaces" } else { "granted" };
        view! {
            <div>
                <a class="truncate" dir="auto" href=format!("/keys/{}", key.id) title=key.name.clone()>{key.name.clone()}</a>
                <span class="end">{how}</span>
            </div>
        }
    });
    let reached_by = reached_by.collect_view();
    view! {
        <PageTitle text=name.clone()/>
        <PageHeader
            title=name
            crumb=("/workspaces", "Workspaces")
            beside=move || view! { <Status state=state text=word/> }
            sub=sub
        >
            <LinkButton href="/access" icon="grid-3x3">"Access matrix"</LinkButton>
        </PageHeader>
        {posted.map(|problem| view! { <Notice tone=Tone::Bad alert=true>{problem.message}</Notice> })}
        <div class="columns">
            <div>
                <section class="panel pad" aria-labelledby="keys-title">
                    <div class="panel-head">
                        <h2 id="keys-title">"Keys that reach it"</h2>
                        <span class="end muted">{wording::counted(count, "key", "keys")}</span>
                    </div>
                    {(count == 0).then(|| view! {
                        <p class="t2">"None. Grant it to a key in the access matrix, or on the page of the key."</p>
                    })}
                    <div class="rows">{reached_by}</div>
                </section>
            </div>
            <div>
                <Details workspace=workspace.clone()/>
                <Ending workspace=workspace keys=count/>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Details(workspace: WorkspaceResource) -> impl IntoView {
    let session = Session::expect();
    let toasts = Toasts::expect();
    let typed = Typed::here();
    let field = |name: &str, stored: &str| RwSignal::new(typed.text(name, stored));
    let WorkspaceResource { metadata, spec, .. } = workspace;
    let fields = WorkspaceFields {
        name: field("metadata.name", &metadata.name),
        description: field(
            "spec.description",
            spec.description.as_deref().unwrap_or_default(),
        ),
        external_id: field(
            "metadata.externalId",
            metadata.external_id.as_deref().unwrap_or_default(),
        ),
        labels: field("metadata.labels", &metadata.labels.to_pairs()),
    };
    let submission = Submission::posted();
    let refused = submission.error_beside(FIELDS);
    let id = metadata.id.to_string();
    let save = {
        let id = id.clone();
        move |fields: Fields| workspaces::update(id.clone(), fields)
    };
    let saved = move |changed: WorkspaceResource| {
        toasts.done(format!("{} is saved.", changed.metadata.name));
        session.changed();
    };
    view! {
        <section class="panel pad" aria-labelledby="details-title">
            <div class="panel-head"><h2 id="details-title">"Details"</h2></div>
            <form
                class="stack"
                method="post"
                action=format!("/workspaces/{id}")
                on:submit=submission.send(save, saved)
            >
                {move || refused.get().map(|text| view! { <Notice tone=Tone::Bad alert=true>{text}</Notice> })}
                <FieldsView fields=fields submission=submission/>
                <div class="row"><SubmitButton busy=submission.busy()>"Save"</SubmitButton></div>
            </form>
        </section>
    }
    .into_any()
}

/// Archive, with what it means; or restore.
#[component]
fn Ending(workspace: WorkspaceResource, keys: u64) -> impl IntoView {
    let session = Session::expect();
    let toasts = Toasts::expect();
    let id = workspace.metadata.id.to_string();
    let name = workspace.metadata.name;
    let archived = workspace.status == WorkspaceStatus::Archived;
    let (archiving, restoring) = (Submission::new(), Submission::new());
    let restore = {
        let id = id.clone();
        move || workspaces::restore(id.clone())
    };
    let restored = move |restored: WorkspaceResource| {
        toasts.done(format!("{} is back.", restored.metadata.name));
        session.changed();
    };
    if archived {
        let refused = restoring.error_beside(&[]);
        let send = restoring.send(move |_| restore(), restored);
        return view! {
            <section class="panel pad stack" aria-labelledby="ending-title">
                <h2 id="ending-title">"Archived"</h2>
                <p class="t2">"Every request scoped to it is refused. Restored, it is reached again by the keys that were granted it."</p>
                {move || refused.get().map(|text| view! { <Notice tone=Tone::Bad alert=true>{text}</Notice> })}
                <form method="post" action=format!("/workspaces/{id}/restore") on:submit=send>
                    <SubmitButton look=Look::Plain icon="archive-restore" busy=restoring.busy()>"Restore"</SubmitButton>
                </form>
            </section>
        }
        .into_any();
    }
    let refused = archiving.error_beside(&[]);
    let archive = {
        let id = id.clone();
        move |_| workspaces::archive(id.clone())
    };
    let done = move |()| {
        let restore = restore.clone();
        let undo = move |()| restoring.run(Some(session), restore(), restored);
        toasts.undoable(format!("{name} is archived."), Callback::new(undo));
        session.changed();
    };
    let losing = wording::counted(keys, "key loses", "keys lose");
    view! {
        <section class="panel pad stack" aria-labelledby="ending-title">
            <h2 id="ending-title">"Archive"</h2>
            <p class="t2">
                {format!("From then on every request scoped to it is refused; {losing} it. Nothing is deleted, and it can be restored with its grants.")}
            </p>
            {move || refused.get().map(|text| view! { <Notice tone=Tone::Bad alert=true>{text}</Notice> })}
            <form method="post" action=format!("/workspaces/{id}/archive") on:submit=archiving.send(archive, done)>
                <SubmitButton look=Look::Danger icon="archive" busy=archiving.busy()>"Archive"</SubmitButton>
            </form>
        </section>
    }
    .into_any()
}
