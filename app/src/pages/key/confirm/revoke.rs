//! The question before a key is revoked.

use contract::console::Me;
use contract::form::Fields;
use contract::resource::{ApiKey, KeyState, Workspace};
use contract::usage::is_lately;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::{Asked, ReasonField, leave, over_key};
use crate::components::{
    ApiCall, Dialog, LinkButton, Look, Notice, Refusal, SubmitButton, TextField, Toasts, Tone,
};
use crate::fns::keys;
use crate::form::Submission;
use crate::pages::instead;
use crate::pages::key::usage::StillUses;
use crate::posted::Posted;
use crate::wording;

#[component]
pub(crate) fn RevokeKey() -> impl IntoView {
    over_key(|asked| view! { <Revoke asked/> })
}

#[component]
fn Revoke(asked: Asked) -> impl IntoView {
    let Asked {
        key,
        granted,
        usage,
        place,
        now,
    } = asked;
    let toasts = Toasts::expect();
    let submission = Submission::posted();
    let refused = submission.error_beside(&["reason", "name"]);
    let leave = leave();
    let navigate = use_navigate();
    let id = key.metadata.id.to_string();
    let name = key.metadata.name.clone();
    let key_name = name.clone();
    let used = usage.last_uses.iter().any(|last| is_lately(last.at, now));
    let enabled = key.state == KeyState::Enabled;
    let path = format!("/v1/account/api_keys/{id}");
    let curl = wording::plain_call(&expect_context::<Me>().public_url, "DELETE", &path);
    let revoke = {
        let id = id.clone();
        move |fields: Fields| keys::revoke(id.clone(), fields)
    };
    let revoked = {
        let name = name.clone();
        move |()| {
            toasts.done(format!("{name} is revoked."));
            navigate("/keys", instead());
        }
    };
    view! {
        <Dialog id="revoke" title=format!("Revoke {name}?") narrow=true on_close=leave>
            <form method="post" action=format!("/keys/{id}/revoke") on:submit=submission.send(revoke, revoked)>
                <div class="stack">
                    <p class="lead">
                        "Its token is refused from that moment on, for good. What it was and what happened to it stays to be seen among the revoked keys."
                    </p>
                    <StillUses usage place/>
                    <Impact key=key granted=granted/>
                    <Refusal text=refused/>
                    {enabled.then(|| view! {
                        <p class="t2">"Not sure who still uses it? Disable it first: that refuses its token as well, and can be undone."</p>
                    })}
                    <ReasonField submission/>
                    <NameField name=key_name used submission/>
                </div>
                <div class="dialog-foot">
                    {enabled.then(|| view! {
                        <LinkButton href=format!("/keys/{id}/disable") icon="pause">"Disable instead"</LinkButton>
                    })}
                    <SubmitButton look=Look::DangerSolid icon="ban" busy=submission.busy()>"Revoke for good"</SubmitButton>
                    <a class="btn quiet" href=format!("/keys/{id}")>"Cancel"</a>
                </div>
            </form>
            <div class="needs-script"><ApiCall curl=curl/></div>
        </Dialog>
    }
    .into_any()
}

/// Where the name of a key that was used lately is typed. It is also there when the key was used since the page
/// was made, and the server asks for it.
#[component]
fn NameField(name: String, used: bool, submission: Submission) -> impl IntoView {
    // Only what was posted: an address that brings the name along would have nothing typed.
    let posted = use_context::<Posted>().map(|posted| posted.fields);
    let posted = posted.and_then(|fields| fields.get("name").map(str::to_owned));
    let typed = RwSignal::new(posted.unwrap_or_default());
    let error = submission.error("name");
    let asks = Memo::new(move |before: Option<&bool>| {
        used || before.is_some_and(|asked| *asked) || error.with(Option::is_some)
    });
    move || {
        asks.get().then(|| {
            view! {
                <p class="t2">
                    "It was used in the last 7 days. To revoke it, type its name: "
                    <b class="to-type"><bdi>{name.clone()}</bdi></b>
                </p>
                <TextField name="name" label="Name of the key" value=typed required=true error=error/>
            }
        })
    }
}

/// What stops working.
#[component]
fn Impact(key: ApiKey, granted: Vec<Workspace>) -> impl IntoView {
    /// As many names as are read.
    const NAMED: usize = 5;
    if key.spec.all_workspaces {
        return view! { <Notice>"It reaches every workspace."</Notice> }.into_any();
    }
    if granted.is_empty() {
        return view! { <Notice tone=Tone::Info>"It reaches no workspace."</Notice> }.into_any();
    }
    let more = granted.len().saturating_sub(NAMED);
    let count = wording::counted(granted.len() as u64, "workspace", "workspaces");
    let names = granted
        .into_iter()
        .take(NAMED)
        .enumerate()
        .map(|(at, workspace)| {
            view! { {(at > 0).then_some(", ")}<bdi>{workspace.metadata.name}</bdi> }
        });
    view! {
        <Notice>
            {format!("It reaches {count}: ")}
            {names.collect_view()}
            {(more > 0).then(|| format!(" and {more} more"))}
            "."
        </Notice>
    }
    .into_any()
}
