//! The list of keys; the issue drawer opens over it.

mod list;

pub(crate) use self::list::state_of;

use contract::resource::KeyState;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_query_map;

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
    let state = move || query.with(|query| KeyState::parse(&query.get("state")?).ok());
    let revoked = Memo::new(move |_| state() == Some(KeyState::Revoked));
    let wanted = Memo::new(move |_| ListKeysQuery {
        q: q.get(),
        state: state(),
        cursor: query.with(|query| query.get("cursor")),
    });
    let text = RwSignal::new(q.get_untracked().unwrap_or_default());
    let view = Resource::new(
        move || (wanted.get(), session.changes()),
        |(wanted, _)| keys::view(wanted),
    );
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
                        <KeysTable view=view searched=query.q.clone() state=query.state/>
                        <Pager pagination=pagination shown=shown total=total searched=query.q state=query.state/>
                    }
                    .into_any()
                }
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    let title = Signal::derive(move || {
        let title = if revoked.get() {
            "Revoked keys"
        } else {
            "Keys"
        };
        title.to_owned()
    });
    let search = move || {
        if revoked.get() {
            return view! { <p class="toolbar"><LinkButton href="/keys" icon="arrow-left">"Keys that are there"</LinkButton></p> }
                .into_any();
        }
        view! {
            <Search
                path="/keys"
                label="Search keys by name, description, external id or the ends of the token"
                placeholder="Search name, id or last four"
                text
            >
                <LinkButton href="/keys?state=STATE_REVOKED" look=Look::Quiet icon="ban">"Revoked keys"</LinkButton>
            </Search>
        }
        .into_any()
    };
    view! {
        <PageTitle text=title/>
        <PageHeader title=title sub=move || view! { <Transition>{totals}</Transition> }>
            <LinkButton href="/access" icon="grid-3x3">"Access matrix"</LinkButton>
            <LinkButton href="/keys/new" look=Look::Primary icon="plus" kbd="c">"Issue key"</LinkButton>
        </PageHeader>
        {search}
        <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{rows}</Transition>
        <Outlet/>
    }
    .into_any()
}
