//! One key: who it is, what it may do and where, what it is used for, what happened to it.

mod confirm;
mod details;
mod history;
mod reach;
mod rotation;
mod tombstone;
mod usage;

use contract::WorkspaceId;
use contract::audit::AuditEvent;
use contract::console::IssueOptions;
use contract::form::Fields;
use contract::resource::{ApiKey, KeyState, Workspace};
use contract::usage::KeyUsage;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_params_map;

pub(crate) use self::confirm::{ChangeGrace, DisableKey, RevokeKey, RotateKey};
use self::details::Details;
use self::history::History;
use self::reach::Reach;
use self::rotation::Rotation;
use self::tombstone::{StoppedBy, Tombstone};
use self::usage::Usage;
use super::PageTitle;
use super::failed::Failed;
use super::keys::state_of;
use crate::components::{
    Chip, LinkButton, Look, Notice, PageHeader, Refusal, Skeleton, Status, SubmitButton, Toasts,
    Tone,
};
use crate::fns::{grants, keys};
use crate::form::Submission;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::session::Session;

/// The key of this page, for the dialogs over it.
#[derive(Clone, Copy)]
struct Shown {
    id: Memo<String>,
    key: Resource<Result<ApiKey, Problem>>,
    granted: Resource<Result<Vec<Workspace>, Problem>>,
    options: Resource<Result<IssueOptions, Problem>>,
    usage: Resource<Result<KeyUsage, Problem>>,
}

/// What workspaces are called, as far as the reader sees them.
#[derive(Clone)]
struct Places(Vec<(WorkspaceId, String)>);

impl Places {
    fn of(granted: &[Workspace], options: &IssueOptions) -> Self {
        let granted = granted.iter().map(|one| &one.metadata);
        let granted = granted.map(|metadata| (metadata.id, metadata.name.clone()));
        let offered = options.workspaces.iter();
        let offered = offered.map(|offered| (offered.id, offered.name.clone()));
        Self(granted.chain(offered).collect())
    }

    fn name(&self, id: WorkspaceId) -> Option<String> {
        let found = self.0.iter().find(|(known, _)| *known == id);
        found.map(|(_, name)| name.clone())
    }
}

#[component]
pub(crate) fn Key() -> impl IntoView {
    let session = Session::expect();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let source = move || (id.get(), session.changes());
    let key = Resource::new(source, |(id, _)| keys::get(id));
    let granted = Resource::new(source, |(id, _)| grants::list(id));
    let options = Resource::new(|| (), |()| keys::options());
    let history = Resource::new(source, |(id, _)| keys::history(id));
    let usage = Resource::new(source, |(id, _)| keys::usage(id));
    provide_context(Shown {
        id,
        key,
        granted,
        options,
        usage,
    });
    let page = move || {
        Suspend::new(async move {
            // All are awaited even when one has failed: a page must not end before its resources.
            let (key, granted, options) = (key.await, granted.await, options.await);
            let (events, usage) = (history.await, usage.await);
            let parts = || Ok((key?, granted?, events?, usage?));
            match parts() {
                // Nothing of one that was revoked can be changed, so it is no matter what there is to choose from.
                Ok((key, granted, events, usage)) if key.state == KeyState::Revoked => {
                    view! { <Tombstone key granted events usage/> }.into_any()
                }
                Ok((key, granted, events, usage)) => match options {
                    Ok(options) => view! { <KeyView key granted options events usage/> }.into_any(),
                    Err(problem) => view! { <Failed problem/> }.into_any(),
                },
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! {
        <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{page}</Transition>
        <Outlet/>
    }
    .into_any()
}

#[component]
fn KeyView(
    key: ApiKey,
    granted: Vec<Workspace>,
    options: IssueOptions,
    events: Vec<AuditEvent>,
    usage: KeyUsage,
) -> impl IntoView {
    let now = options.now;
    let places = Places::of(&granted, &options);
    let used = usage.workspaces.clone();
    let key = RwSignal::new(key);
    // Bumped by every change made here, so that the history tells it.
    let told = RwSignal::new(0_u32);
    let name = Signal::derive(move || key.read().metadata.name.clone());
    let standing = move || state_of(&key.read(), now);
    let state = Signal::derive(move || standing().state);
    let word = Signal::derive(move || standing().word.to_owned());
    let until = Signal::derive(move || standing().until);
    let beside = move || {
        view! {
            <Status state=state text=word until=until/>
            {key.with_untracked(|key| key.spec.system).then(|| view! { <Chip text="system" small=true/> })}
        }
    };
    let sub = move || {
        view! {
            <bdi>{move || key.read().spec.description.clone()}</bdi>
            " "
            <code class="muted">{key.with_untracked(|key| key.metadata.id.to_string())}</code>
        }
    };
    let stopped = move || {
        let disabled = key
            .read()
            .info
            .as_ref()
            .and_then(|info| info.disabled.clone());
        disabled.map(|stopped| view! { <Notice tone=Tone::Info>"Disabled by " <StoppedBy stopped/></Notice> })
    };
    let posted = Posted::problem().filter(|problem| problem.details.is_empty());
    view! {
        <PageTitle text=name/>
        <PageHeader title=name crumb=("/keys", "Keys") beside=beside sub=sub>
            <Actions key told/>
        </PageHeader>
        {posted.map(|problem| view! { <Notice tone=Tone::Bad alert=true>{problem.message}</Notice> })}
        {stopped}
        <div class="columns history-last">
            <div>
                <Rotation key usage=usage.clone() now told/>
                <Usage key=key.get_untracked() usage now/>
                <History key events told/>
            </div>
            <div>
                <Reach key granted offered=options.workspaces.clone() places used told/>
                <Details key options told/>
            </div>
        </div>
    }
    .into_any()
}

/// Undoes that a key was disabled or enabled, and loads it anew.
fn turn_back(
    session: Session,
    toasts: Toasts,
    change: impl Future<Output = Result<ApiKey, Problem>> + 'static,
) {
    spawn_local(async move {
        match change.await {
            Ok(_) => toasts.done("Undone."),
            Err(problem) => toasts.not_undone(&problem.0.message),
        }
        session.changed();
    });
}

/// Rotate, disable or enable, revoke.
#[component]
fn Actions(key: RwSignal<ApiKey>, told: RwSignal<u32>) -> impl IntoView {
    let (id, system) = key.with_untracked(|key| (key.metadata.id.to_string(), key.spec.system));
    let enabled = Memo::new(move |_| key.read().state == KeyState::Enabled);
    let submission = Submission::new();
    let refused = submission.error_beside(&[]);
    let (toasts, session) = (Toasts::expect(), Session::expect());
    let enable = {
        let id = id.clone();
        move |_| keys::enable(id.clone())
    };
    let done = move |changed: ApiKey| {
        let id = changed.metadata.id.to_string();
        let said = format!("{} is enabled.", changed.metadata.name);
        toasts.undoable(said, move || {
            turn_back(
                session,
                toasts,
                keys::disable(id.clone(), Fields::default()),
            );
        });
        key.set(changed);
        told.update(|told| *told += 1);
    };
    let turn = {
        let id = id.clone();
        move || {
            if enabled.get() {
                return view! { <LinkButton href=format!("/keys/{id}/disable") icon="pause">"Disable"</LinkButton> }
                    .into_any();
            }
            view! {
                <form method="post" action=format!("/keys/{id}/enable") on:submit=submission.send(enable.clone(), done)>
                    <SubmitButton look=Look::Plain icon="play" busy=submission.busy()>"Enable"</SubmitButton>
                </form>
            }
            .into_any()
        }
    };
    view! {
        <LinkButton href=format!("/keys/{id}/rotate") icon="rotate-cw">"Rotate"</LinkButton>
        {turn}
        {(!system).then(|| view! {
            <LinkButton href=format!("/keys/{id}/revoke") look=Look::Danger icon="ban">"Revoke"</LinkButton>
        })}
        <Refusal text=refused/>
    }
    .into_any()
}
