//! The list of keys; the issue drawer opens over it.

mod attention;
mod list;

pub(crate) use self::list::state_of;

use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_query_map;

use self::attention::{Urgent, Views};
use self::list::{KeysTable, Pager};
use super::PageTitle;
use super::failed::Failed;
use super::search::{Search, searched};
use crate::components::{LinkButton, Look, PageHeader, Skeleton};
use crate::fns::keys::{self, ListKeysQuery};
use crate::session::Session;
use crate::wording::counted;

#[component]
pub(crate) fn Keys() -> impl IntoView {
    let session = Session::expect();
    let query = use_query_map();
    let q = searched();
    let given = move |name: &str| {
        let value = query.with(|query| query.get(name));
        value.filter(|value| !value.is_empty())
    };
    let wanted = Memo::new(move |_| ListKeysQuery {
        q: q.get(),
        show: given("show"),
        cursor: given("cursor"),
    });
    let kept = Signal::derive(move || {
        let show = given("show").map(|show| ("show", show));
        show.into_iter().collect::<Vec<_>>()
    });
    let text = RwSignal::new(q.get_untracked().unwrap_or_default());
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
    let views = move || {
        Suspend::new(async move {
            let view = view.await.ok()?;
            let query = wanted.get_untracked();
            Some(
                view! { <Views query total=view.keys_total disabled=view.disabled attention=view.attention/> },
            )
        })
    };
    let urgent = move || {
        Suspend::new(async move {
            view.await
                .ok()?
                .urgent
                .map(|urgent| view! { <Urgent urgent/> })
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
                        <KeysTable view=view query=query.clone()/>
                        <Pager pagination shown total query/>
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
        <Transition>{urgent}</Transition>
        <Search
            path="/keys"
            label="Search keys by name, description, external id or the ends of the token"
            placeholder="Search name, id or last four"
            text
            kept
        >
            <Transition>{views}</Transition>
        </Search>
        <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{rows}</Transition>
        <Outlet/>
    }
    .into_any()
}
