//! The list of keys; the issue drawer opens over it.

mod attention;
mod list;
mod selection;
mod views;

pub(crate) use self::list::state_of;
pub(crate) use self::selection::Selection;

use contract::console::{KeysQuery, KeysView};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_query_map;

use self::attention::{Urgent, Views};
use self::list::{KeysTable, Pager};
use self::selection::Together;
use self::views::SaveView;
use super::PageTitle;
use super::failed::Failed;
use super::news::{Kind, New};
use super::search::{Search, searched};
use crate::components::{LinkButton, Look, PageHeader, Skeleton};
use crate::fns::keys;
use crate::problem::Problem;
use crate::session::Session;
use crate::wording::attention::need;
use crate::wording::counted;

type View = Resource<Result<KeysView, Problem>>;

#[component]
pub(crate) fn Keys() -> impl IntoView {
    let session = Session::expect();
    Selection::provide();
    let query = use_query_map();
    let q = searched();
    let given = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let revoked = Memo::new(move |_| given("show") == KeysQuery::REVOKED);
    let wanted = Memo::new(move |_| KeysQuery {
        q: q.get().unwrap_or_default(),
        show: given("show"),
        cursor: given("cursor"),
    });
    let view = Resource::new(
        move || (wanted.get(), session.changes()),
        |(wanted, _)| keys::view(wanted),
    );
    let title = move || {
        let title = if revoked.get() {
            "Revoked keys"
        } else {
            "Keys"
        };
        title.to_owned()
    };
    let title = Signal::derive(title);
    let new = move || {
        Suspend::new(async move {
            let place = view.await.ok()?.place;
            Some(view! { <New kind=Kind::Keys place/> })
        })
    };
    let urgent = move || {
        Suspend::new(async move {
            let urgent = view.await.ok()?.urgent;
            urgent.map(|urgent| view! { <Urgent urgent/> })
        })
    };
    let save = move || {
        Suspend::new(async move {
            let saved = view.await.ok()?.saved;
            Some(view! { <SaveView query=wanted.get_untracked() saved/> })
        })
    };
    view! {
        <PageTitle text=title/>
        <PageHeader title=title sub=move || view! { <Totals view revoked/> }>
            <Transition>{new}</Transition>
            <LinkButton href="/access" icon="grid-3x3">"Access matrix"</LinkButton>
            <LinkButton href="/keys/new" look=Look::Primary icon="plus" kbd="c">"Issue key"</LinkButton>
        </PageHeader>
        <Transition>{urgent}</Transition>
        <Narrow view wanted revoked/>
        <Transition>{save}</Transition>
        <Listed view wanted/>
        <Outlet/>
    }
    .into_any()
}

/// What the heading says of all of them.
#[component]
fn Totals(view: View, revoked: Memo<bool>) -> impl IntoView {
    let totals = move || {
        Suspend::new(async move {
            if revoked.get_untracked() {
                let text =
                    "What they were, who ended them and why. Their tokens are refused for good.";
                return Some(text.to_owned());
            }
            view.await.ok().map(|view| {
                let keys = counted(view.keys_total, "key", "keys");
                let reach = if view.keys_total == 1 {
                    "reaches"
                } else {
                    "reach"
                };
                format!(
                    "{keys} {reach} {}.{}",
                    counted(view.workspaces_total, "workspace", "workspaces"),
                    need(view.need_attention).unwrap_or_default()
                )
            })
        })
    };
    view! { <Transition>{totals}</Transition> }.into_any()
}

/// The search and the views.
#[component]
fn Narrow(view: View, wanted: Memo<KeysQuery>, revoked: Memo<bool>) -> impl IntoView {
    let text = RwSignal::new(wanted.with_untracked(|wanted| wanted.q.clone()));
    let kept = Signal::derive(move || {
        let view = KeysQuery {
            show: wanted.with(|wanted| wanted.show.clone()),
            ..KeysQuery::default()
        };
        view.pairs()
    });
    let views = move || {
        Suspend::new(async move {
            let view = view.await.ok()?;
            let query = wanted.get_untracked();
            Some(view! {
                <Views
                    query
                    total=view.keys_total
                    disabled=view.disabled
                    attention=view.attention
                    saved=view.saved
                />
            })
        })
    };
    move || {
        if revoked.get() {
            return view! {
                <Search
                    path="/keys"
                    label="Search revoked keys by name, description, external id or the ends of the token"
                    placeholder="Search name, id or last four"
                    text
                    kept
                >
                    <LinkButton href="/keys" icon="arrow-left">"Keys that are there"</LinkButton>
                </Search>
            }
            .into_any();
        }
        view! {
            <Search
                path="/keys"
                label="Search keys by name, description, external id or the ends of the token"
                placeholder="Search name, id or last four"
                text
                kept
            >
                <Transition>{views}</Transition>
                <LinkButton href="/keys?show=revoked" look=Look::Quiet icon="ban">"Revoked keys"</LinkButton>
            </Search>
        }
        .into_any()
    }
}

/// The table, its pages, and what can be done to the keys that are chosen in it.
#[component]
fn Listed(view: View, wanted: Memo<KeysQuery>) -> impl IntoView {
    let rows = move || {
        Suspend::new(async move {
            match view.await {
                Ok(view) => {
                    let query = wanted.get_untracked();
                    let pagination = view.pagination.clone();
                    let (shown, total, matching) =
                        (view.rows.len(), view.keys_total, view.matching);
                    view! {
                        <KeysTable view=view query=query.clone()/>
                        <Pager pagination shown total query=query.clone()/>
                        {(query.show != KeysQuery::REVOKED).then(|| view! { <Together query matching/> })}
                    }
                    .into_any()
                }
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{rows}</Transition> }
        .into_any()
}
