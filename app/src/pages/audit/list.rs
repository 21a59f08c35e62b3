//! The list, newest first, and what is newer than it.

use contract::Timestamp;
use contract::audit::{AuditEntry, AuditQuery, AuditView, EntryOpen};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::address;
use super::entry::{Opened, Revert};
use crate::browser;
use crate::components::{Button, EmptyState, Icon, LinkButton};
use crate::fns::audit;
use crate::form::Submission;
use crate::pages::news::News;
use crate::problem::Problem;
use crate::wording::{self, audit as words};

type Entry = Resource<Option<Result<EntryOpen, Problem>>>;

#[component]
pub(super) fn Entries(
    view: AuditView,
    asked: AuditQuery,
    entry: Entry,
    open: Memo<String>,
    revert: Submission,
) -> impl IntoView {
    let AuditView {
        entries,
        pagination,
        now,
        ..
    } = view;
    if entries.is_empty() {
        return view! { <Nothing asked/> }.into_any();
    }
    let older = pagination.next_cursor;
    let newer = pagination.previous_cursor;
    let shown = entries.len() as u64;
    let rows: Vec<_> = entries
        .into_iter()
        .map(|one| view! { <Row one asked=asked.clone() now entry open revert/> })
        .collect();
    let page = |cursor: Option<String>, name: &'static str| match cursor {
        Some(cursor) => {
            let href = address(&asked, &[("cursor", &cursor)]);
            view! { <LinkButton href=href>{name}</LinkButton> }.into_any()
        }
        None => view! { <span class="btn quiet" aria-disabled="true">{name}</span> }.into_any(),
    };
    let pages = (older.is_some() || newer.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                <span>{wording::counted(shown, "entry on this page", "entries on this page")}</span>
                <span class="end"></span>
                {page(newer, "Newer")}
                {page(older, "Older")}
            </nav>
        }
    });
    view! {
        <div class="panel list-box">
            <table class="list audit">
                <thead>
                    <tr>
                        <th scope="col">"When (UTC)"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                        <th scope="col"><span class="vh">"Details"</span></th>
                        <th scope="col"><span class="vh">"Open"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {pages}
    }
    .into_any()
}

/// Why there is nothing to see.
#[component]
fn Nothing(asked: AuditQuery) -> impl IntoView {
    let (title, text) = if asked.is_filtered() {
        (
            "Nothing matches",
            "No event of this time is what you ask for.",
        )
    } else {
        ("Nothing happened", "There is no event in this time.")
    };
    view! {
        <div class="panel">
            <EmptyState icon="scroll-text" title text>
                <LinkButton href="/audit?period=all">"Show everything"</LinkButton>
            </EmptyState>
        </div>
    }
    .into_any()
}

#[component]
fn Row(
    one: AuditEntry,
    asked: AuditQuery,
    now: Timestamp,
    entry: Entry,
    open: Memo<String>,
    revert: Submission,
) -> impl IntoView {
    let AuditEntry { event, batch } = one;
    let id = event.id.to_string();
    let (told, beside) = match &batch {
        Some(batch) => (
            words::told_batch(&event, batch),
            words::beside_batch(&event, batch),
        ),
        None => (words::told(&event), words::beside(&event)),
    };
    let refused = words::is_refusal(event.action);
    let label = format!("Details of: {told}");
    let is_open = Memo::new({
        let id = id.clone();
        move |_| open.get() == id
    });
    let by = address(
        &asked,
        &[("who", &event.actor.profile_id.to_string()), ("cursor", "")],
    );
    let toggle = {
        let (asked, id) = (asked.clone(), id.clone());
        move || {
            let open = if is_open.get() { "" } else { &id };
            address(&asked, &[("open", open)])
        }
    };
    let reverts = batch.is_some() && words::can_revert(&event);
    let batch_id = event.batch_id.filter(|_| reverts);
    let opened = move || {
        is_open
            .get()
            .then(|| view! { <Opened entry asked=asked.clone()/> })
    };
    view! {
        <tr class:is-open=move || is_open.get() class:is-refused=refused>
            <td class="c-when">
                <time datetime=event.created_at.to_string() title=event.created_at.date_and_time()>
                    {words::clock(event.created_at, now)}
                </time>
            </td>
            <td class="c-who">
                <a class="truncate" dir="auto" href=by title=format!("What {} did", event.actor.name)>
                    {event.actor.name.clone()}
                </a>
                " "
                <small>{words::entrance(event.actor.entrance)}</small>
            </td>
            <td class="c-what"><bdi class="truncate" title=told.clone()>{told.clone()}</bdi></td>
            <td class="c-beside"><bdi class="truncate" title=beside.clone()>{beside.clone()}</bdi></td>
            <td class="c-end">
                {batch_id.map(|batch| view! { <Revert batch revert/> })}
                <a
                    class="icon-btn"
                    href=toggle
                    aria-label=label
                    aria-expanded=move || if is_open.get() { "true" } else { "false" }
                    data-noscroll
                >
                    <Icon name="chevron-right"/>
                </a>
            </td>
        </tr>
        {opened}
    }
    .into_any()
}

/// Says how many entries came since, and shows them when it is asked to; the list stays as it is until then.
/// Nothing of it is there without scripting, nor on pages that are not the first.
#[component]
pub(super) fn Live(asked: AuditQuery, total: u64, again: RwSignal<u32>) -> impl IntoView {
    let first = asked.cursor.is_empty();
    let on = RwSignal::new(true);
    let newer = RwSignal::new(0_u64);
    let news: News = expect_context();
    Effect::new(move || {
        if first {
            news.listen(total);
        }
    });
    count_newer(news, on, asked, total, newer);
    let said = move || {
        let many = if newer.get() >= MOST { "+" } else { "" };
        format!("{}{many} new", newer.get())
    };
    let show = move |()| again.update(|again| *again += 1);
    // It keeps its place while it says nothing: nothing may move when it does.
    let quiet = move || newer.get() == 0;
    first.then(|| {
        view! {
            <span class="live-tail needs-script">
                <span role="status" class:unsaid=quiet>
                    <Button disabled=Signal::derive(quiet) on_press=show>{said}</Button>
                </span>
                <button
                    type="button"
                    class="btn"
                    aria-pressed=move || if on.get() { "true" } else { "false" }
                    on:click=move |_| on.update(|on| *on = !*on)
                >
                    <Icon name="radio"/>
                    "Live"
                </button>
            </span>
        }
    })
}

/// More than these are not counted.
const MOST: u64 = 100;
/// How long after one question the next is asked, in milliseconds.
const PATIENCE_MS: u32 = 1_000;

/// Asks how many entries of the list are new whenever something happened, one question after the other.
fn count_newer(
    news: News,
    on: RwSignal<bool>,
    asked: AuditQuery,
    total: u64,
    newer: RwSignal<u64>,
) {
    let first = asked.cursor.is_empty();
    let (busy, counted) = (RwSignal::new(false), RwSignal::new(total));
    Effect::new(move || {
        let last = news.last();
        let due = first && on.get() && last > counted.get() && newer.get() < MOST;
        if !due || busy.get() {
            return;
        }
        busy.set(true);
        let asked = asked.clone();
        spawn_local(async move {
            let answer = audit::newer(asked, total).await;
            if let Ok(count) = answer {
                newer.try_set(count);
            }
            counted.try_set(last);
            browser::after(PATIENCE_MS, move || {
                busy.try_set(false);
            });
        });
    });
}
