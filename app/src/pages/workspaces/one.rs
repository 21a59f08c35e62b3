//! One workspace: who reaches it, what it is called, and its end.

use contract::form::Fields;
use contract::people::{ReachingKey, WorkspaceReach};
use contract::resource::{Workspace as WorkspaceResource, WorkspaceStatus};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::reach::{Keys, People, posted};
use super::{FIELDS, FieldsView, WorkspaceFields, state_of};
use crate::components::{
    LinkButton, Look, Notice, PageHeader, Refusal, Skeleton, Status, SubmitButton, Toasts, Tone,
};
use crate::fns::workspaces;
use crate::form::{self, Submission, shown_texts};
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
    let reach = Resource::new(
        move || (id.get(), session.changes()),
        |(id, _)| workspaces::reach(id),
    );
    let page = move || {
        Suspend::new(async move {
            match (workspace.await, reach.await) {
                (Ok(workspace), Ok(reach)) => view! { <WorkspaceView workspace reach/> }.into_any(),
                (Err(problem), _) | (_, Err(problem)) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{page}</Transition> }.into_any()
}

#[component]
fn WorkspaceView(workspace: WorkspaceResource, reach: WorkspaceReach) -> impl IntoView {
    let WorkspaceResource {
        metadata,
        spec,
        status,
        ..
    } = workspace.clone();
    let (state, word) = state_of(status);
    let name = metadata.name.clone();
    let shown_id = metadata.id.to_string();
    let sub =
        move || view! { <bdi>{spec.description}</bdi> " " <code class="muted">{shown_id}</code> };
    let posted = Posted::problem().filter(|problem| problem.details.is_empty());
    let info = workspace.info.as_ref();
    let count = info.map_or(0, |info| info.api_keys_total);
    let losing = reach.keys.clone();
    let id = metadata.id.to_string();
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
                <People id reach=reach.clone()/>
                <Keys reach count/>
            </div>
            <div>
                <Details workspace=workspace.clone()/>
                <Ending workspace=workspace keys=count losing/>
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
    let was = shown_texts(&metadata, spec.description.as_deref());
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
    let submission = posted(&typed, false);
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
                <Refusal text=refused/>
                {form::shown(was)}
                <FieldsView fields=fields submission=submission/>
                <div class="row"><SubmitButton busy=submission.busy()>"Save"</SubmitButton></div>
            </form>
        </section>
    }
    .into_any()
}

/// Archive, with what it means; or restore.
#[component]
fn Ending(workspace: WorkspaceResource, keys: u64, losing: Vec<ReachingKey>) -> impl IntoView {
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
                <Refusal text=refused/>
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
    let lost = wording::counted(keys, "key loses", "keys lose");
    let more = keys.saturating_sub(losing.len() as u64);
    let names = losing.into_iter().map(|key| {
        view! { <li><a class="truncate" dir="auto" href=format!("/keys/{}", key.id)>{key.name}</a></li> }
    });
    let names = names.collect_view();
    view! {
        <section class="panel pad stack" aria-labelledby="ending-title">
            <h2 id="ending-title">"Archive"</h2>
            <p class="t2">
                {format!("From then on every request scoped to it is refused; {lost} it. Nothing is deleted, and it can be restored with its grants.")}
            </p>
            {(keys > 0).then(|| view! {
                <details class="more">
                    <summary>"Which keys lose it"</summary>
                    <ul class="rows">{names}</ul>
                    {(more > 0).then(|| view! { <p class="t2">{format!("and {more} more")}</p> })}
                </details>
            })}
            <Refusal text=refused/>
            <form method="post" action=format!("/workspaces/{id}/archive") on:submit=archiving.send(archive, done)>
                <SubmitButton look=Look::Danger icon="archive" busy=archiving.busy()>"Archive"</SubmitButton>
            </form>
        </section>
    }
    .into_any()
}
