//! The matrix: which key reaches which workspace. Keys are rows, workspaces are columns; what is painted is
//! staged, reviewed, and applied together.
//!
//! - [`first`]: the first window, written by the server; [`grid`]: the listeners around it
//! - `painter` with `rows`, `heads` and `parts`: what is in sight, drawn directly
//! - [`work`]: what somebody works on, as plain values; [`desk`]: that with everything which shows it
//! - [`toolbar`], [`bar`], [`review`], [`card`], [`over`], [`past`], [`list`]: what stands around the grid

#![expect(
    clippy::large_types_passed_by_value,
    reason = "the desk is a bundle of handles, and goes into closures as they do"
)]

mod bar;
mod card;
mod conflicts;
mod desk;
mod face;
mod first;
mod grid;
#[cfg(feature = "hydrate")]
mod heads;
mod list;
mod over;
#[cfg(feature = "hydrate")]
mod painter;
#[cfg(not(feature = "hydrate"))]
#[path = "access/unpainted.rs"]
mod painter;
#[cfg(feature = "hydrate")]
mod parts;
mod past;
mod presses;
mod review;
#[cfg(feature = "hydrate")]
mod rows;
mod toolbar;
mod work;

use contract::access::{MOST_KEYS, MOST_WORKSPACES};
use contract::console::FirstWindow;
use leptos::prelude::*;
use leptos_meta::Link;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use self::bar::Bar;
use self::card::Card;
use self::desk::{Desk, Over, Stand};
#[cfg(feature = "ssr")]
pub(crate) use self::first::first_window;
use self::grid::Grid;
use self::list::List;
use self::over::Overlays;
use self::past::PastNotice;
use self::toolbar::Toolbar;
use self::work::{Query, Told};
use super::PageTitle;
use super::failed::Failed;
use super::news::News;
use crate::components::{
    Button, EmptyState, IconButton, LinkButton, Look, Notice, PageHeader, Skeleton, Tone,
};
use crate::fns;
use crate::wording::grouped;

#[component]
pub(crate) fn Access() -> impl IntoView {
    let params = use_query_map();
    let pairs = pairs_of(params.get_untracked());
    let desk = Desk::new(query_of(&pairs));
    let news: News = expect_context();
    Effect::new(move || news.rest());
    // A link to this page from within it.
    Effect::new(move |awake: Option<()>| {
        let pairs = pairs_of(params.get());
        if awake.is_some() {
            desk.set_query(query_of(&pairs));
        }
    });
    let first = Resource::new(|| (), move |()| fns::access::window(pairs.clone()));
    let page = move || {
        Suspend::new(async move {
            match first.await {
                Ok(first) => view! { <Matrix desk first/> }.into_any(),
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    let past = desk.past();
    let loading = Signal::derive(move || !desk.ready());
    view! {
        <PageTitle text="Access"/>
        <PageHeader
            title="Access"
            sub=|| view! {
                "Which key reaches which workspace."
                <span class="for-wide">" Drag to paint, or move with the arrows and press space."</span>
            }
        >
            <LinkButton href="/access/explain" icon="circle-question-mark">"Explain"</LinkButton>
            <span class="needs-script row">
                <Button icon="history" on_press=move || desk.over().set(Some(Over::AsOf))>
                    {move || if past.get().is_some() { "As of then" } else { "As of now" }}
                </Button>
                <Button icon="download" disabled=loading on_press=move || desk.download()>"CSV"</Button>
            </span>
        </PageHeader>
        <Transition fallback=|| view! { <div class="panel"><Skeleton rows=10/></div> }>{page}</Transition>
    }
    .into_any()
}

fn pairs_of(params: ParamsMap) -> Vec<(String, String)> {
    let pairs = params.into_iter();
    pairs
        .map(|(name, value)| (name.into_owned(), value))
        .collect()
}

/// After how many days without use a grant counts as unused, by the pairs of the address.
#[cfg(feature = "ssr")]
pub(crate) fn used_days(pairs: &[(String, String)]) -> u64 {
    query_of(pairs).used_days
}

fn query_of(pairs: &[(String, String)]) -> Query {
    Query::of(
        pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

#[component]
fn Matrix(desk: Desk, first: FirstWindow) -> impl IntoView {
    if first.keys == 0 || first.workspaces == 0 {
        return view! { <Nothing no_workspace=first.workspaces == 0/> }.into_any();
    }
    let told = Told {
        keys: (first.keys, first.rows),
        workspaces: (first.workspaces, first.columns),
        unused: first.unused,
        refused: first.refused.clone(),
        ..Told::default()
    };
    let labels = first.labels.clone();
    let snapshot = desk.query().with_untracked(Query::snapshot_path);
    let cut = first.keys as u64 >= MOST_KEYS || first.workspaces as u64 >= MOST_WORKSPACES;
    let failed = move || match desk.stand().get() {
        Stand::Failed(text) => Some(text),
        Stand::Loading | Stand::Ready => None,
    };
    view! {
        // Asked for before the code of the page is there, which waits for it.
        <Link rel="preload" href=snapshot as_="fetch" crossorigin="anonymous" media="(scripting: enabled)"/>
        <Toolbar desk first=told labels/>
        <PastNotice desk/>
        {cut.then(|| view! { <Notice tone=Tone::Info>{cut_short()}</Notice> })}
        <div aria-live="assertive">
            {move || failed().map(|text| view! {
                <Notice tone=Tone::Bad>
                    {text} " "
                    <Button small=true on_press=move || desk.load()>"Load it again"</Button>
                </Notice>
            })}
        </div>
        <Grid desk first/>
        <List desk/>
        <Bar desk/>
        <Said desk/>
        <Card desk/>
        <Overlays desk/>
        <p class="vh" role="status">{move || desk.said().get()}</p>
    }
    .into_any()
}

/// Why something was not done, or is not as it was. Over the foot of the page: it comes while somebody else
/// works, and must not move the cells under a pointer.
#[component]
fn Said(desk: Desk) -> impl IntoView {
    let refused = desk.refused();
    let shown = move || refused.get().filter(|_| desk.over().get().is_none());
    view! {
        <div aria-live="assertive" class="afloat">
            {move || shown().map(|text| view! {
                <Notice tone=Tone::Warn>
                    <bdi>{text}</bdi>
                    <IconButton icon="x" label="Dismiss" on_press=move || desk.hush()/>
                </Notice>
            })}
        </div>
    }
    .into_any()
}

/// Where that is which is too much for one page.
fn cut_short() -> String {
    format!(
        "This page holds the newest {} keys and the oldest {} workspaces. Every key has a page of its own, with everything it reaches.",
        grouped(MOST_KEYS),
        grouped(MOST_WORKSPACES),
    )
}

/// What stands here until there is something to grant.
#[component]
fn Nothing(no_workspace: bool) -> impl IntoView {
    let (text, href, label) = if no_workspace {
        (
            "A workspace is what keys are granted. With the first one, this page shows who reaches it.",
            "/workspaces/new",
            "New workspace",
        )
    } else {
        (
            "With the first key, this page shows what it reaches.",
            "/keys/new",
            "Issue key",
        )
    };
    view! {
        <div class="panel">
            <EmptyState icon="grid-3x3" title="Nothing to grant yet" text=text>
                <LinkButton href=href look=Look::Primary icon="plus">{label}</LinkButton>
            </EmptyState>
        </div>
    }
    .into_any()
}
