//! What is written down about a key, and the form that changes it.

use contract::Permissions;
use contract::console::IssueOptions;
use contract::form::{Fields, permission_fields};
use contract::resource::{ApiKey, ProfileType};
use leptos::html;
use leptos::prelude::*;

use crate::components::{Chip, Icon, Refusal, SubmitButton, TextArea, TextField, Toasts, When};
use crate::fns::keys;
use crate::form::{self, Submission, shown_texts};
use crate::pages::issue::{ExpiryField, Lifetime, PermissionPicker, PermissionsForm};
use crate::posted::{Posted, Typed};

const FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.externalId",
    "metadata.labels",
    "spec.description",
    "spec.permissions",
    "spec.expiresAt",
];

#[component]
pub(super) fn Details(
    key: RwSignal<ApiKey>,
    options: IssueOptions,
    told: RwSignal<u32>,
) -> impl IntoView {
    view! {
        <section class="panel pad" aria-labelledby="permissions-title">
            <div class="panel-head"><h2 id="permissions-title">"Permissions"</h2></div>
            <div class="chips">{move || permission_chips(&key.read())}</div>
        </section>
        <section class="panel pad" aria-labelledby="details-title">
            <div class="panel-head"><h2 id="details-title">"Details"</h2></div>
            {move || facts(&key.read())}
            <Edit key options told/>
        </section>
    }
    .into_any()
}

pub(super) fn permission_chips(key: &ApiKey) -> impl IntoView + use<> {
    if key.spec.permissions.is_empty() {
        return view! { <p class="t2">"None: its token is good, and may do nothing."</p> }
            .into_any();
    }
    let chip = |text: String| view! { <Chip text=text mono=true/> };
    key.spec
        .permissions
        .to_strings()
        .into_iter()
        .map(chip)
        .collect_view()
        .into_any()
}

pub(super) fn facts(key: &ApiKey) -> impl IntoView + use<> {
    let owner = key.info.as_ref().map(|info| match info.owner.spec.kind {
        ProfileType::System => "Keyrack itself".to_owned(),
        _ => info.owner.metadata.name.clone(),
    });
    let disabled = key
        .info
        .as_ref()
        .is_some_and(|info| info.owner.spec.disabled);
    let hint = key.info.as_ref().map(|info| info.token_hint.clone());
    let expires = match key.spec.expires_at {
        Some(at) => {
            view! { {at.date()} <span class="needs-script">", " <When at=at/></span> }.into_any()
        }
        None => "never".into_any(),
    };
    let labels = key.metadata.labels.iter().map(|(name, value)| {
        view! { <Chip text=format!("{name}={value}") mono=true small=true/> }
    });
    let labels = (!key.metadata.labels.is_empty()).then(|| labels.collect_view());
    let external_id = key.metadata.external_id.clone();
    view! {
        <dl class="facts">
            <dt>"Token"</dt><dd><code>{hint}</code></dd>
            <dt>"Owner"</dt><dd><bdi>{owner}</bdi>{disabled.then_some(", who is disabled")}</dd>
            <dt>"Expires"</dt><dd>{expires}</dd>
            <dt>"Labels"</dt><dd>{labels.map_or_else(|| "none".into_any(), |labels| view! { <span class="chips">{labels}</span> }.into_any())}</dd>
            <dt>"External id"</dt><dd>{external_id.map_or_else(|| "none".into_any(), |id| view! { <code><bdi>{id}</bdi></code> }.into_any())}</dd>
            <dt>"Issued"</dt><dd><When at=key.metadata.created_at/></dd>
        </dl>
    }
    .into_any()
}

/// Folded until it is wanted, or until a post was refused.
#[component]
fn Edit(key: RwSignal<ApiKey>, options: IssueOptions, told: RwSignal<u32>) -> impl IntoView {
    let typed = Typed::here();
    let open = Posted::problem().is_some() || typed.any(FIELDS);
    let fold = NodeRef::<html::Details>::new();
    let options = StoredValue::new(options);
    let toasts = Toasts::expect();
    let saved = Callback::new(move |changed: ApiKey| {
        toasts.done(format!("{} is saved.", changed.metadata.name));
        if let Some(fold) = fold.get_untracked() {
            fold.set_open(false);
        }
        key.set(changed);
        told.update(|told| *told += 1);
    });
    // The form begins anew from what was saved.
    let form = move || {
        let stored = key.get();
        view! { <EditForm stored=stored options=options.get_value() saved=saved/> }
    };
    view! {
        <details class="edit" node_ref=fold open=open>
            <summary class="btn"><Icon name="pencil"/>"Edit"</summary>
            {form}
        </details>
    }
    .into_any()
}

#[component]
fn EditForm(stored: ApiKey, options: IssueOptions, saved: Callback<ApiKey>) -> impl IntoView {
    let typed = Typed::here();
    let field = |name: &str, stored: &str| RwSignal::new(typed.text(name, stored));
    let ApiKey { metadata, spec, .. } = stored;
    let mut was = shown_texts(&metadata, spec.description.as_deref());
    was.extend(permission_fields(&spec.permissions));
    let name = field("metadata.name", &metadata.name);
    let description = field(
        "spec.description",
        spec.description.as_deref().unwrap_or_default(),
    );
    let external_id = field(
        "metadata.externalId",
        metadata.external_id.as_deref().unwrap_or_default(),
    );
    let labels = field("metadata.labels", &metadata.labels.to_pairs());
    let lifetime = Lifetime {
        choice: field("expires", "keep"),
        date: field("expiresOn", ""),
        now: options.now,
        keys: options.keys,
    };
    let submission = Submission::posted();
    let refused = submission.error_beside(FIELDS);
    let id = metadata.id.to_string();
    let save = {
        let id = id.clone();
        move |fields: Fields| keys::update(id.clone(), fields)
    };
    let (permitted, beyond) = (spec.permissions.clone(), spec.system);
    let picker = permission_picker(
        options,
        permitted,
        beyond,
        submission.error("spec.permissions"),
    );
    view! {
        <form
            class="stack"
            method="post"
            action=format!("/keys/{id}")
            on:submit=submission.send(save, move |key| saved.run(key))
        >
            <Refusal text=refused/>
            {form::shown(was)}
            <TextField
                name="metadata.name"
                label="Name"
                value=name
                required=true
                error=submission.error("metadata.name")
            />
            <TextArea
                name="spec.description"
                label="What it is for"
                note="shown to every admin"
                rows=2
                value=description
                error=submission.error("spec.description")
            />
            <TextField
                name="metadata.labels"
                label="Labels"
                placeholder="env=prod, team=billing"
                value=labels
                error=submission.error("metadata.labels")
            />
            <TextField
                name="metadata.externalId"
                label="External id"
                value=external_id
                error=submission.error("metadata.externalId")
            />
            {(!spec.system).then(|| view! {
                <ExpiryField lifetime=lifetime keep=spec.expires_at error=submission.error("spec.expiresAt")/>
            })}
            {picker}
            <div class="row"><SubmitButton busy=submission.busy()>"Save"</SubmitButton></div>
        </form>
    }
    .into_any()
}

/// The picker, where everything the key holds can be said in it; else the reason why not. A form
/// without it leaves the permissions as they are.
fn permission_picker(
    options: IssueOptions,
    permissions: Permissions,
    system: bool,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let IssueOptions {
        catalogue,
        full_access,
        ..
    } = options;
    if system {
        return view! { <p class="hint">"The global account key keeps its permissions."</p> }
            .into_any();
    }
    if let Some(beyond) = PermissionsForm::beyond(&catalogue, full_access, &permissions) {
        let text = format!(
            "It holds {beyond}, which you do not hold, so its permissions are not yours to change."
        );
        return view! { <p class="hint">{text}</p> }.into_any();
    }
    let typed = Typed::here();
    let was_typed = typed.any(&["metadata.name"]);
    let initial = |name: &str| {
        typed.get(name).or_else(|| {
            (!was_typed)
                .then(|| PermissionsForm::level_of(&permissions, name))
                .flatten()
        })
    };
    let form = PermissionsForm::new(catalogue, full_access, initial);
    view! { <PermissionPicker form=form error=error/> }.into_any()
}
