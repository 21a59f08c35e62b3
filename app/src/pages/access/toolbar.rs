//! Above the matrix: the filter, how much of it is shown, in which order, and who else is here.

use leptos::prelude::*;
use matrix::{Grouping, Sort};

use super::super::search::at_rest;
use super::desk::Desk;
use super::work::{Query, Told, Work};
use crate::components::{Avatar, SearchField};
use crate::wording::{counted, grouped, listed};

/// How long typing rests before it filters, in milliseconds.
const REST_MS: u32 = 120;

/// The orders of rows, as the address has them.
const ORDERS: [(&str, &str); 4] = [
    ("made", "Oldest first"),
    ("name", "By name"),
    ("reach", "By reach"),
    ("used", "By last use"),
];

#[component]
pub(super) fn Toolbar(
    desk: Desk,
    /// What the server knows of the numbers, until the matrix is here.
    first: Told,
    labels: Vec<String>,
) -> impl IntoView {
    let query = desk.query();
    let text = RwSignal::new(query.with_untracked(|query| query.filter.clone()));
    let told = Memo::new(move |_| {
        if desk.ready() {
            desk.told().get()
        } else {
            first.clone()
        }
    });
    at_rest(text, REST_MS, move || apply_filter(desk, text));
    let filter = Memo::new(move |_| query.with(|query| query.filter.clone()));
    Effect::new(move |awake: Option<()>| {
        let filter = filter.get();
        if awake.is_some() && text.with_untracked(|text| text.trim() != filter.trim()) {
            text.set(filter);
        }
    });
    let stage_unused = move |_| desk.say_outcome(desk.edit(Work::revoke_unused));
    let days = move || counted(query.with(|query| query.used_days), "day", "days");
    let idle =
        move || !desk.ready() || desk.past().get().is_some() || told.with(|told| told.unused == 0);
    let refused = move || told.with(|told| told.refused.clone());
    view! {
        <form class="toolbar matrix-bar" method="get" action="/access" on:submit=move |event| {
            event.prevent_default();
            apply_filter(desk, text);
        }>
            <SearchField name="q" label="Filter keys and workspaces" placeholder="key@workspace, is:idle, is:all" value=text/>
            <span class="chip tally">"Keys " <b>{move || told.with(|told| tally(told.keys))}</b></span>
            <span class="chip tally">"Workspaces " <b>{move || told.with(|told| tally(told.workspaces))}</b></span>
            <button
                type="button"
                class="chip needs-script"
                title=move || format!("Stage that grants not used in {} are revoked, among what is shown", days())
                disabled=idle
                on:click=stage_unused
            >
                "Unused grants " <b>{move || grouped(told.with(|told| told.unused) as u64)}</b>
            </button>
            <Unused desk query/>
            <Order desk query/>
            <Groups desk query labels/>
            <noscript>
                <button class="btn">"Show"</button>
                <p class="hint">"Without scripting this is for reading: grant workspaces on the page of a key."</p>
            </noscript>
            <Company desk/>
        </form>
        <div aria-live="polite">
            {move || refused().map(|text| view! { <p class="error filter-error">{crate::wording::sentence(&text)}</p> })}
        </div>
    }
    .into_any()
}

/// "412", or "12 of 412".
fn tally((all, shown): (usize, usize)) -> String {
    if all == shown {
        grouped(all as u64)
    } else {
        format!("{} of {}", grouped(shown as u64), grouped(all as u64))
    }
}

fn apply_filter(desk: Desk, text: RwSignal<String>) {
    let Some(filter) = text.try_get_untracked() else {
        return;
    };
    let query = desk.query().get_untracked();
    desk.set_query(Query { filter, ..query });
}

/// After how many days without use a grant counts as unused.
#[component]
fn Unused(desk: Desk, query: Signal<Query>) -> impl IntoView {
    let chosen = query.with_untracked(|query| query.used_days);
    let mut choices = vec![7, 30, 90, 365];
    if !choices.contains(&chosen) {
        choices.push(chosen);
    }
    let options = choices.into_iter().map(|days| {
        let text = format!("Unused for {}", counted(days, "day", "days"));
        view! { <option value=days.to_string() selected=chosen == days>{text}</option> }
    });
    let choose = move |value: String| {
        let query = query.get_untracked();
        let used_days = value.parse().unwrap_or(query.used_days);
        desk.set_query(Query { used_days, ..query });
    };
    view! {
        <label class="box choice">
            <span class="vh">"When a grant counts as unused"</span>
            <select name="used" on:change:target=move |event| choose(event.target().value())>{options.collect_view()}</select>
        </label>
    }
    .into_any()
}

/// In which order the keys stand.
#[component]
fn Order(desk: Desk, query: Signal<Query>) -> impl IntoView {
    let chosen = query.with_untracked(|query| query.sort.to_string());
    let options = ORDERS.map(|(value, label)| {
        view! { <option value=value selected=chosen == value>{label}</option> }
    });
    let choose = move |value: String| {
        let sort: Sort = value.parse().unwrap_or_default();
        let query = query.get_untracked();
        desk.set_query(Query { sort, ..query });
    };
    view! {
        <label class="box choice">
            <span class="vh">"Order of the keys"</span>
            <select name="sort" on:change:target=move |event| choose(event.target().value())>{options.collect_view()}</select>
        </label>
    }
    .into_any()
}

/// By which label the workspaces stand together.
#[component]
fn Groups(desk: Desk, query: Signal<Query>, labels: Vec<String>) -> impl IntoView {
    let chosen = query.with_untracked(|query| match &query.grouping {
        Grouping::Common => String::new(),
        Grouping::None => "-".to_owned(),
        Grouping::Label(label) => label.clone(),
    });
    let fixed = [
        (String::new(), "Grouped as usual".to_owned()),
        ("-".to_owned(), "Not grouped".to_owned()),
    ];
    let by = labels
        .into_iter()
        .map(|label| (label.clone(), format!("Grouped by {label}")));
    let options = fixed.into_iter().chain(by).map(|(value, text)| {
        view! { <option selected=chosen == value value=value>{text}</option> }
    });
    let choose = move |value: String| {
        let pairs = [("by", value.as_str())];
        let grouping = Query::of(pairs).grouping;
        let query = query.get_untracked();
        desk.set_query(Query { grouping, ..query });
    };
    view! {
        <label class="box choice">
            <span class="vh">"Groups of workspaces"</span>
            <select name="by" on:change:target=move |event| choose(event.target().value())>{options.collect_view()}</select>
        </label>
    }
    .into_any()
}

/// Who else looks at the matrix, and whether news of them comes.
#[component]
fn Company(desk: Desk) -> impl IntoView {
    let people = Memo::new(move |_| {
        desk.present().with(|present| {
            let mut names: Vec<String> = present.iter().map(|one| one.name.clone()).collect();
            names.sort();
            names.dedup();
            names
        })
    });
    let told = move || {
        if desk.is_cut_off().get() {
            return view! { <span class="warn">"Reconnecting…"</span> }.into_any();
        }
        let names = people.get();
        if names.is_empty() {
            return ().into_any();
        }
        let verb = if names.len() == 1 {
            "is here"
        } else {
            "are here"
        };
        let text = format!("{} {verb}", listed(&names));
        let avatars = names
            .into_iter()
            .take(4)
            .map(|name| view! { <Avatar name small=true/> });
        view! { {avatars.collect_view()} <span class="truncate">{text}</span> }.into_any()
    };
    view! { <span class="company end" role="status">{told}</span> }.into_any()
}
