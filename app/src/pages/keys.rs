//! The list of keys; the issue drawer opens over it.

mod list;

pub(crate) use self::list::state_of;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::location::Url;

use self::list::{KeysTable, Pager};
use super::PageTitle;
use super::failed::Failed;
use crate::browser;
use crate::components::{LinkButton, Look, PageHeader, SearchField, Skeleton};
use crate::fns::keys::{self, ListKeysQuery};
use crate::session::Session;
use crate::wording::counted;

/// How long typing rests before it searches.
const REST_MS: u32 = 250;

#[component]
pub(crate) fn Keys() -> impl IntoView {
    let session = Session::expect();
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        query.with(|query| ListKeysQuery {
            q: query.get("q").filter(|text| !text.trim().is_empty()),
            cursor: query.get("cursor"),
        })
    });
    let view = Resource::new(
        move || (wanted.get(), session.changes()),
        |(wanted, _)| keys::view(wanted),
    );
    let totals = move || {
        Suspend::new(async move {
            view.await.ok().map(|view| {
                let keys = counted(view.keys_total, "key", "keys");
                let reach = if view.keys_total == 1 {
                    "reaches"
                } else {
                    "reach"
                };
                format!(
                    "{keys} {reach} {}.",
                    counted(view.workspaces_total, "workspace", "workspaces")
                )
            })
        })
    };
    let rows = move || {
        Suspend::new(async move {
            match view.await {
                Ok(view) => {
                    let query = wanted.get_untracked();
                    let pagination = view.pagination.clone();
                    let (shown, total) = (view.rows.len(), view.keys_total);
                    view! {
                        <KeysTable view=view searched=query.q.clone()/>
                        <Pager pagination=pagination shown=shown total=total searched=query.q/>
                    }
                    .into_any()
                }
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! {
        <PageTitle text="Keys"/>
        <PageHeader title="Keys" sub=move || view! { <Transition>{totals}</Transition> }>
            <LinkButton href="/access" icon="grid-3x3">"Access matrix"</LinkButton>
            <LinkButton href="/keys/new" look=Look::Primary icon="plus" kbd="c">"Issue key"</LinkButton>
        </PageHeader>
        <Search wanted/>
        <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{rows}</Transition>
        <Outlet/>
    }
    .into_any()
}

/// The search lives in the URL: it can be linked to, and the way back leads through it.
#[component]
fn Search(wanted: Memo<ListKeysQuery>) -> impl IntoView {
    let in_url = move || wanted.with(|wanted| wanted.q.clone().unwrap_or_default());
    let text = RwSignal::new(untrack(in_url));
    let sent = StoredValue::new(text.get_untracked());
    let navigate = use_navigate();
    let search = move || {
        let (Some(wish), Some(before)) = (text.try_get_untracked(), sent.try_get_value()) else {
            return;
        };
        if wish.trim() == before.trim() {
            return;
        }
        sent.set_value(wish.clone());
        let path = match wish.trim() {
            "" => "/keys".to_owned(),
            wish => format!("/keys?q={}", Url::escape(wish)),
        };
        navigate(
            &path,
            NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            },
        );
    };
    let rest = StoredValue::new(0_u32);
    let search_at_rest = search.clone();
    Effect::new(move |awake: Option<()>| {
        text.track();
        if awake.is_none() {
            return;
        }
        let turn = rest.get_value() + 1;
        rest.set_value(turn);
        let search = search_at_rest.clone();
        browser::after(REST_MS, move || {
            if rest.try_get_value() == Some(turn) {
                search();
            }
        });
    });
    // A link or the way back may have changed the search.
    Effect::new(move |_| {
        let now = in_url();
        if now.trim() != sent.get_value().trim() {
            sent.set_value(now.clone());
            text.set(now);
        }
    });
    view! {
        <form
            class="toolbar"
            method="get"
            action="/keys"
            on:submit=move |event| {
                event.prevent_default();
                search();
            }
        >
            <SearchField
                name="q"
                label="Search keys by name, description, external id or the ends of the token"
                placeholder="Search name, id or last four"
                value=text
            />
        </form>
    }
    .into_any()
}
