//! The questions before a token or a key ends. Each has an address of its own, so that it can be asked and
//! answered without scripting.

mod disable;
mod grace;
mod revoke;
mod rotate;

use contract::Timestamp;
use contract::console::Me;
use contract::resource::{ApiKey, KeyState, Workspace};
use contract::usage::KeyUsage;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use serde_json::Value;

pub(crate) use self::disable::DisableKey;
pub(crate) use self::grace::ChangeGrace;
pub(crate) use self::revoke::RevokeKey;
pub(crate) use self::rotate::RotateKey;
use super::{Places, Shown};
use crate::components::{ApiCall, TextField};
use crate::form::Submission;
use crate::pages::in_place;
use crate::posted::Typed;
use crate::wording;

/// What is asked about.
struct Asked {
    key: ApiKey,
    granted: Vec<Workspace>,
    usage: KeyUsage,
    /// The workspace of the last use.
    place: Option<String>,
    now: Timestamp,
}

/// Shows a dialog once the key is there. What cannot be loaded, the page below says.
fn over_key<V: IntoView + 'static>(
    dialog: impl Fn(Asked) -> V + Clone + Send + 'static,
) -> impl IntoView {
    let Shown {
        key,
        granted,
        options,
        usage,
        ..
    } = expect_context();
    view! {
        <Suspense>
            {move || {
                let dialog = dialog.clone();
                Suspend::new(async move {
                    let (key, granted) = (key.await, granted.await);
                    let (options, usage) = (options.await, usage.await);
                    let key = key.ok().filter(|key| key.state != KeyState::Revoked)?;
                    let (granted, usage) = (granted.ok()?, usage.ok()?);
                    let last = usage.last_uses.first().and_then(|last| last.workspace_id);
                    let options = options.ok()?;
                    let places = Places::of(&granted, &options);
                    let place = last.and_then(|id| places.name(id));
                    Some(dialog(Asked { key, granted, usage, place, now: options.now }))
                })
            }}
        </Suspense>
    }
    .into_any()
}

/// Leads back to the key.
fn leave() -> impl Fn() + Clone + Send + Sync + 'static {
    let Shown { id, .. } = expect_context();
    let navigate = use_navigate();
    move || {
        navigate(&format!("/keys/{}", id.get_untracked()), in_place());
    }
}

/// Why a key is stopped, for whoever looks at it later.
#[component]
fn ReasonField(submission: Submission) -> impl IntoView {
    let reason = RwSignal::new(Typed::here().text("reason", ""));
    view! {
        <TextField
            name="reason"
            label="Reason"
            note="optional, kept with the key"
            value=reason
            maxlength=500
            error=submission.error("reason")
        />
    }
    .into_any()
}

/// The same as a call, to `:verb` of the key.
#[component]
fn VerbCall(id: String, verb: &'static str, body: Value) -> impl IntoView {
    let base = expect_context::<Me>().public_url;
    let path = format!("/v1/account/api_keys/{id}:{verb}");
    let curl = wording::call_with_body(&base, "POST", &path, &body);
    view! { <div class="needs-script"><ApiCall curl=curl/></div> }.into_any()
}
