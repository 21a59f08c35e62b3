//! The drawer that issues a key. Its fields begin with what the URL proposes, so that a link can
//! propose a key; the reveal follows on success.

mod expiry;
mod permissions;
mod workspaces;

use contract::console::{IssueOptions, Me};
use contract::form::Fields;
use contract::resource::RevealedApiKey;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

pub(crate) use self::expiry::{ExpiryField, Lifetime, end_of};
pub(crate) use self::permissions::{PermissionPicker, PermissionsForm};
use self::workspaces::{WorkspacePicker, WorkspacesForm};
use super::PageTitle;
use super::code::CodeField;
use super::failed::Failed;
use super::welcome::FROM_WELCOME;
use crate::browser;
use crate::components::{ApiCall, Drawer, Refusal, Skeleton, SubmitButton, TextField};
use crate::fns::keys;
use crate::form::Submission;
use crate::pages::in_place;
use crate::posted::{Posted, Typed};
use crate::session::Session;
use crate::wording::{self, IssueDraft, Piece};

/// The fields that show their own refusals.
const FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.externalId",
    "metadata.labels",
    "spec.description",
    "spec.permissions",
    "spec.expiresAt",
    "initialWorkspaceIds",
];

#[component]
pub(crate) fn IssueKey() -> impl IntoView {
    // The answer to a plain post shows the token; the form has done its work.
    if use_context::<Posted>().is_some_and(|posted| posted.revealed.is_some()) {
        return ().into_any();
    }
    let options = Resource::new(|| (), |()| keys::options());
    let from_welcome = Typed::here().get(FROM_WELCOME).is_some();
    let back = if from_welcome { "/welcome" } else { "/keys" };
    let navigate = use_navigate();
    let leave = move || {
        navigate(
            back,
            NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            },
        );
    };
    view! {
        <PageTitle text="Issue a key"/>
        <Drawer id="issue" title="Issue a key" close_href=back on_close=leave>
            <Suspense fallback=|| view! { <div class="drawer-body"><Skeleton rows=5 columns=2/></div> }>
                {move || Suspend::new(async move {
                    match options.await {
                        Ok(options) => view! { <IssueForm options back/> }.into_any(),
                        Err(problem) => view! { <div class="drawer-body"><Failed problem/></div> }.into_any(),
                    }
                })}
            </Suspense>
        </Drawer>
    }
    .into_any()
}

/// What the fields of the drawer hold.
#[derive(Clone)]
struct IssueFields {
    name: RwSignal<String>,
    description: RwSignal<String>,
    external_id: RwSignal<String>,
    labels: RwSignal<String>,
    lifetime: Lifetime,
    permissions: PermissionsForm,
    workspaces: WorkspacesForm,
    now: i64,
}

impl IssueFields {
    fn new(options: IssueOptions) -> Self {
        let typed = Typed::here();
        let field = |name: &str, initial: &str| RwSignal::new(typed.text(name, initial));
        let now = options.now;
        let granted = |name: &str| typed.get(name);
        Self {
            name: field("metadata.name", ""),
            description: field("spec.description", ""),
            external_id: field("metadata.externalId", ""),
            labels: field("metadata.labels", ""),
            lifetime: Lifetime::of_new(now, options.keys),
            permissions: PermissionsForm::new(options.catalogue, options.full_access, granted),
            workspaces: WorkspacesForm::new(
                options.workspaces,
                options.all_workspaces,
                &typed.all("initialWorkspaceIds"),
                typed.get("spec.allWorkspaces").is_some(),
            ),
            now: now.unix_millis(),
        }
    }

    /// The form as it stands. Tracks every field.
    fn draft(&self) -> IssueDraft {
        IssueDraft {
            name: self.name.get(),
            description: self.description.get(),
            external_id: self.external_id.get(),
            labels: self.labels.get(),
            lifetime: self.lifetime.choice.get(),
            expires_on: self.lifetime.date.get(),
            now: self.now,
            keys: self.lifetime.keys,
            permissions: self.permissions.chosen(),
            workspaces: self.workspaces.chosen(),
            workspaces_total: self.workspaces.total(),
            all_workspaces: self.workspaces.all.get(),
        }
    }
}

#[component]
fn IssueForm(options: IssueOptions, back: &'static str) -> impl IntoView {
    let fields = IssueFields::new(options);
    let draft = Memo::new({
        let fields = fields.clone();
        move |_| fields.draft()
    });
    let submission = Submission::posted();
    let session = Session::expect();
    let navigate = use_navigate();
    let reveal = move |key: RevealedApiKey| {
        session.reveal(key);
        navigate(back, in_place());
    };
    let refused = submission.error_beside(FIELDS);
    let IssueFields {
        name,
        description,
        external_id,
        labels,
        lifetime,
        permissions,
        workspaces,
        ..
    } = fields;
    view! {
        <form
            class="drawer-form"
            method="post"
            action="/keys/new"
            on:submit=submission.send(|fields: Fields| keys::issue(fields), reveal)
            on:keydown=send_on_ctrl_enter
        >
            <div class="drawer-body">
                <Refusal text=refused/>
                <TextField
                    name="metadata.name"
                    label="Name"
                    value=name
                    required=true
                    autofocus=true
                    error=submission.error("metadata.name")
                />
                <TextField
                    name="spec.description"
                    label="What it is for"
                    note="optional, shown to every admin"
                    value=description
                    error=submission.error("spec.description")
                />
                <ExpiryField lifetime=lifetime error=submission.error("spec.expiresAt")/>
                <PermissionPicker form=permissions error=submission.error("spec.permissions")/>
                <WorkspacePicker form=workspaces error=submission.error("initialWorkspaceIds")/>
                <div class="pair">
                    <TextField
                        name="metadata.labels"
                        label="Labels"
                        note="optional"
                        placeholder="env=prod, team=billing"
                        value=labels
                        error=submission.error("metadata.labels")
                    />
                    <TextField
                        name="metadata.externalId"
                        label="External id"
                        note="optional"
                        placeholder="your own id"
                        value=external_id
                        error=submission.error("metadata.externalId")
                    />
                </div>
                <CodeField submission id="issue-code"/>
            </div>
            <Foot draft busy=submission.busy() back/>
        </form>
    }
    .into_any()
}

/// What is about to exist, and the button that makes it.
#[component]
fn Foot(draft: Memo<IssueDraft>, busy: Signal<bool>, back: &'static str) -> impl IntoView {
    let base = expect_context::<Me>().public_url;
    let piece = |piece| match piece {
        Piece::Plain(text) => text.into_any(),
        Piece::Strong(text) => view! { <b><bdi>{text}</bdi></b> }.into_any(),
    };
    let sentence = move || {
        draft
            .read()
            .sentence()
            .into_iter()
            .map(piece)
            .collect_view()
    };
    view! {
        <div class="drawer-foot">
            <p class="needs-script">{sentence}</p>
            <div class="row">
                <SubmitButton busy=busy kbd="Ctrl ↵">"Issue key"</SubmitButton>
                <a class="btn quiet" href=back>"Cancel"</a>
                <div class="needs-script">
                    <ApiCall curl=Signal::derive(move || draft.with(|draft| wording::issue_call(&base, draft)))/>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Ctrl or Command with Enter sends the form from any of its fields.
fn send_on_ctrl_enter(event: KeyboardEvent) {
    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
        event.prevent_default();
        browser::send_form_around(&event);
    }
}
