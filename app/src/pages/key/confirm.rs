//! The questions before a rotation and a revocation. Each has an address of its own, so that it can
//! be asked and answered without scripting.

use contract::console::Me;
use contract::resource::{ApiKey, KeyState, RevealedApiKey, Workspace};
use contract::usage::KeyUsage;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::usage::StillUses;
use super::{Places, Shown};
use crate::components::{ApiCall, Dialog, Look, Notice, SubmitButton, Toasts, Tone};
use crate::fns::keys;
use crate::form::Submission;
use crate::posted::Posted;
use crate::session::Session;
use crate::wording;

/// What is asked about.
struct Asked {
    key: ApiKey,
    granted: Vec<Workspace>,
    usage: KeyUsage,
    /// The workspace of the last use.
    place: Option<String>,
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
                    let (key, granted, usage) = (key.ok()?, granted.ok()?, usage.ok()?);
                    let last = usage.last_uses.first().and_then(|last| last.workspace_id);
                    let places = Places::of(&granted, &options.ok()?);
                    let place = last.and_then(|id| places.name(id));
                    Some(dialog(Asked { key, granted, usage, place }))
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
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&format!("/keys/{}", id.get_untracked()), options);
    }
}

#[component]
pub(crate) fn RotateKey() -> impl IntoView {
    let shows_token = use_context::<Posted>().is_some_and(|posted| posted.revealed.is_some());
    (!shows_token).then(|| over_key(|asked| view! { <Rotate asked/> }))
}

#[component]
fn Rotate(asked: Asked) -> impl IntoView {
    let Asked {
        key, usage, place, ..
    } = asked;
    let session = Session::expect();
    let submission = Submission::posted();
    let refused = submission.error_beside(&[]);
    let leave = leave();
    let id = key.metadata.id.to_string();
    let path = format!("/v1/account/api_keys/{id}/rotate");
    let curl = wording::plain_call(&expect_context::<Me>().public_url, "POST", &path);
    let rotate = {
        let id = id.clone();
        move |_| keys::rotate(id.clone())
    };
    let reveal = {
        let leave = leave.clone();
        move |key: RevealedApiKey| {
            session.reveal(key);
            leave();
        }
    };
    view! {
        <Dialog id="rotate" title=format!("Rotate {}?", key.metadata.name) narrow=true on_close=leave>
            <div class="stack">
            <p class="lead">
                "It gets a new token, which is shown once. The present one, "
                <code>{key.info.map(|info| info.token_hint)}</code>
                ", stops working at once: whatever still uses it is refused until it has the new one."
            </p>
            <StillUses usage place/>
            {move || refused.get().map(|text| view! { <Notice tone=Tone::Bad alert=true>{text}</Notice> })}
            </div>
            <form method="post" action=format!("/keys/{id}/rotate") on:submit=submission.send(rotate, reveal)>
                <div class="dialog-foot">
                    <SubmitButton icon="rotate-cw" busy=submission.busy()>"Rotate now"</SubmitButton>
                    <a class="btn quiet" href=format!("/keys/{id}")>"Cancel"</a>
                </div>
            </form>
            <div class="needs-script"><ApiCall curl=curl/></div>
        </Dialog>
    }
    .into_any()
}

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
    } = asked;
    let session = Session::expect();
    let toasts = Toasts::expect();
    let (revoking, disabling) = (Submission::posted(), Submission::new());
    let (refused, not_disabled) = (revoking.error_beside(&[]), disabling.error_beside(&[]));
    let leave = leave();
    let navigate = use_navigate();
    let id = key.metadata.id.to_string();
    let name = key.metadata.name.clone();
    let enabled = key.state == KeyState::Enabled;
    let path = format!("/v1/account/api_keys/{id}");
    let curl = wording::plain_call(&expect_context::<Me>().public_url, "DELETE", &path);
    let revoke = {
        let id = id.clone();
        move |_| keys::revoke(id.clone())
    };
    let revoked = {
        let name = name.clone();
        move |()| {
            toasts.done(format!("{name} is revoked."));
            navigate(
                "/keys",
                NavigateOptions {
                    replace: true,
                    ..NavigateOptions::default()
                },
            );
        }
    };
    let disable = {
        let id = id.clone();
        move |_| keys::disable(id.clone())
    };
    let disabled = {
        let leave = leave.clone();
        move |key: ApiKey| {
            toasts.done(format!("{} is disabled.", key.metadata.name));
            leave();
            session.changed();
        }
    };
    view! {
        <Dialog id="revoke" title=format!("Revoke {name}?") narrow=true on_close=leave>
            <div class="stack">
            <p class="lead">"Its token is refused from that moment on, and the key is gone for good. Its history stays."</p>
            <StillUses usage place/>
            <Impact key=key granted=granted/>
            {move || refused.get().or_else(|| not_disabled.get()).map(|text| view! {
                <Notice tone=Tone::Bad alert=true>{text}</Notice>
            })}
            {enabled.then(|| view! {
                <p class="t2">"Not sure who still uses it? Disable it first: that refuses its token as well, and can be undone."</p>
            })}
            </div>
            <div class="dialog-foot">
                {enabled.then(|| view! {
                    <form method="post" action=format!("/keys/{id}/disable") on:submit=disabling.send(disable, disabled)>
                        <SubmitButton look=Look::Plain icon="pause" busy=disabling.busy()>"Disable instead"</SubmitButton>
                    </form>
                })}
                <form method="post" action=format!("/keys/{id}/revoke") on:submit=revoking.send(revoke, revoked)>
                    <SubmitButton look=Look::DangerSolid icon="ban" busy=revoking.busy()>"Revoke for good"</SubmitButton>
                </form>
                <a class="btn quiet" href=format!("/keys/{id}")>"Cancel"</a>
            </div>
            <div class="needs-script"><ApiCall curl=curl/></div>
        </Dialog>
    }
    .into_any()
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
