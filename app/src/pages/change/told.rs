//! What would happen to each key, and the form that makes it happen.

use contract::bulk::{KeyOutcome, Outcome, Together};
use contract::console::Me;
use contract::form::Fields;
use contract::request::ChangeKind;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

use super::{Asked, PATH};
use crate::components::{ApiCall, Look, Notice, SubmitButton, TextField, Toasts, Tone};
use crate::fns::{audit, keys};
use crate::form::Submission;
use crate::pages::in_place;
use crate::pages::keys::Selection;
use crate::session::Session;
use crate::wording::{bulk, counted};

/// The keys, by what would become of them.
#[component]
pub(super) fn Told(told: Together) -> impl IntoView {
    let group = |outcome: Outcome, title: &'static str| {
        let keys: Vec<&KeyOutcome> = told.with(outcome).collect();
        let count = keys.len() as u64;
        let line = |key: &KeyOutcome| {
            let reason = key.reason.clone();
            view! {
                <li>
                    <bdi class="what">{key.name.clone()}</bdi>
                    {reason.map(|reason| view! { <span class="muted">{reason}</span> })}
                </li>
            }
        };
        let lines: Vec<_> = keys.into_iter().map(line).collect();
        (count > 0).then(|| {
            view! {
                <section class="entry">
                    <h2>{format!("{title}: {}", counted(count, "key", "keys"))}</h2>
                    <ul>{lines}</ul>
                </section>
            }
        })
    };
    view! {
        // What can scroll is reachable by keyboard.
        <div class="changes" tabindex="0" role="region" aria-label="What would happen">
            {group(Outcome::Refused, "Cannot be, and is left out")}
            {group(Outcome::Changed, "Will be changed")}
            {group(Outcome::Unchanged, "Is so already")}
        </div>
    }
    .into_any()
}

/// Does what was told, to the very keys that were told.
#[component]
pub(super) fn Confirm(asked: Asked, told: Together, cancel: AnyView) -> impl IntoView {
    let Some(kind) = asked.kind else {
        return ().into_any();
    };
    let ids: Vec<String> = told
        .with(Outcome::Changed)
        .map(|key| key.api_key_id.to_string())
        .collect();
    let count = ids.len() as u64;
    let text = |name: &str| asked.text(name).to_owned();
    let kept = [
        "change",
        "labels",
        "removeLabels",
        "workspaceId",
        "q",
        "show",
    ];
    let kept = kept.map(|name| view! { <input type="hidden" name=name value=text(name)/> });
    let boxes = ids
        .iter()
        .map(|id| view! { <input type="hidden" name="id" value=id.clone()/> });
    let boxes: Vec<_> = boxes.collect();
    let reason = RwSignal::new(text("reason"));
    let submission = Submission::new();
    let refused = submission.refusal();
    let done = done(kind, ids.clone(), asked.list());
    let look = match kind {
        ChangeKind::Revoke => Look::DangerSolid,
        _ => Look::Primary,
    };
    let curl = {
        let base = expect_context::<Me>().public_url;
        let asked = asked.fields.clone();
        Signal::derive(move || bulk::call(&base, kind, &asked, &ids, &reason.get()))
    };
    view! {
        <form method="post" action=PATH on:submit=submission.send(keys::change, done)>
            {kept}
            {boxes}
            {move || refused.get().map(|text| view! { <div><Notice tone=Tone::Bad alert=true>{text}</Notice></div> })}
            <div class="inputs">
                <TextField
                    name="reason"
                    label="Reason"
                    note="optional, kept in the audit log"
                    value=reason
                    error=submission.error("reason")
                />
            </div>
            <div class="dialog-foot apply">
                <SubmitButton look busy=submission.busy()>{bulk::order(kind, count)}</SubmitButton>
                {cancel}
            </div>
        </form>
        <ApiCall curl/>
    }
    .into_any()
}

/// Back to the list, with a word about what was done, and the way to undo it where there is one.
fn done(kind: ChangeKind, ids: Vec<String>, list: String) -> impl Fn(Together) + Clone + 'static {
    let (session, toasts) = (Session::expect(), Toasts::expect());
    let selection = use_context::<Selection>();
    let navigate = use_navigate();
    move |told: Together| {
        let said = bulk::done(kind, told.with(Outcome::Changed).count() as u64);
        let ids = ids.clone();
        let undo: Option<Fields> = match (kind, told.batch_id) {
            (ChangeKind::Disable, _) => Some(of(ChangeKind::Enable, ids)),
            (ChangeKind::Enable, _) => Some(of(ChangeKind::Disable, ids)),
            (ChangeKind::Grant, Some(batch)) => Some(
                [("batchId".to_owned(), batch.to_string())]
                    .into_iter()
                    .collect(),
            ),
            _ => None,
        };
        match undo {
            None => toasts.done(said),
            Some(fields) => toasts.undoable(said, move || {
                undo_by(kind, fields.clone(), session, toasts);
            }),
        }
        if let Some(selection) = selection {
            selection.clear();
        }
        navigate(&list, in_place());
        session.changed();
    }
}

fn of(kind: ChangeKind, ids: Vec<String>) -> Fields {
    let ids = ids.into_iter().map(|id| ("id".to_owned(), id));
    let change = ("change".to_owned(), kind.as_str().to_owned());
    [change].into_iter().chain(ids).collect()
}

fn undo_by(kind: ChangeKind, fields: Fields, session: Session, toasts: Toasts) {
    spawn_local(async move {
        let undone = match kind {
            ChangeKind::Grant => audit::revert(fields).await.map(drop),
            _ => keys::change(fields).await.map(drop),
        };
        match undone {
            Ok(()) => toasts.done("Undone."),
            Err(problem) => toasts.not_undone(&problem.0.message),
        }
        session.changed();
    });
}
