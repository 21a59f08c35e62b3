//! One entry in full: before and after, where it came from, and its place in the chain.

use contract::BatchId;
use contract::access::AccessApplied;
use contract::audit::{AuditQuery, EntryOpen};
use leptos::prelude::*;

use super::address;
use crate::components::{Look, SubmitButton, Toasts};
use crate::fns;
use crate::form::Submission;
use crate::problem::Problem;
use crate::session::Session;
use crate::wording::{self, audit};

/// A row below the one that was opened.
#[component]
pub(super) fn Opened(
    entry: Resource<Option<Result<EntryOpen, Problem>>>,
    asked: AuditQuery,
) -> impl IntoView {
    let asked = StoredValue::new(asked);
    let full = move || {
        Suspend::new(async move {
            match entry.await {
                Some(Ok(entry)) => view! { <Full entry asked=asked.get_value()/> }.into_any(),
                Some(Err(problem)) => problem.to_string().into_any(),
                None => ().into_any(),
            }
        })
    };
    view! {
        <tr class="opened">
            <td class="c-when"></td>
            <td colspan="4"><Transition>{full}</Transition></td>
        </tr>
    }
    .into_any()
}

#[component]
fn Full(entry: EntryOpen, asked: AuditQuery) -> impl IntoView {
    let EntryOpen {
        event,
        batch,
        events,
    } = entry;
    let lines = if events.is_empty() {
        audit::lines(&event)
    } else {
        audit::batch_lines(&events)
    };
    let lines = lines.into_iter().map(|line| {
        let (class, sign) = match line.is {
            Some(true) => ("is", "+ "),
            Some(false) => ("was", "− "),
            None => ("", ""),
        };
        view! { <li class=class>{sign}<bdi>{line.text}</bdi></li> }
    });
    let told = events.len() as u64;
    let rest = batch.map_or(0, |batch| batch.size.saturating_sub(told));
    let rest =
        (rest > 0).then(|| view! { <li>{format!("and {} more", wording::grouped(rest))}</li> });
    let about = address(&asked, &[("target", &event.target), ("cursor", "")]);
    let target = view! { <a href=about title="What happened to it">{event.target.clone()}</a> };
    let request = event
        .request_id
        .map(|id| view! { " · request " <code>{id}</code> });
    let address = event
        .address
        .map(|from| view! { " · " <code>{from}</code> });
    let (hash, before) = (event.hash.to_string(), event.previous_hash.to_string());
    view! {
        <ul class="change">{lines.collect_view()} {rest}</ul>
        <p class="origin">
            <code>{event.id.to_string()}</code> " · " {event.action.as_str()} " · " {target} {request} {address}
            " · hash " <code title=hash.clone()>{audit::short(&hash)}</code>
            " follows " <code title=before.clone()>{audit::short(&before)}</code>
        </p>
    }
    .into_any()
}

/// Takes a changeset back; what that did is an entry of its own.
#[component]
pub(super) fn Revert(batch: BatchId, revert: Submission) -> impl IntoView {
    let (session, toasts) = (Session::expect(), Toasts::expect());
    let done = move |applied: AccessApplied| {
        let changes = applied.granted + applied.revoked;
        let changes = wording::counted(changes, "change", "changes");
        toasts.done(format!("Took back {changes}"));
        session.changed();
    };
    view! {
        <form method="post" action="/audit/revert" on:submit=revert.send(fns::audit::revert, done)>
            <input type="hidden" name="batchId" value=batch.to_string()/>
            <SubmitButton look=Look::Plain small=true busy=revert.busy()>"Revert"</SubmitButton>
        </form>
    }
    .into_any()
}
