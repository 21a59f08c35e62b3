//! People: the list, a new one, and each on their own page.

mod factor;
mod invite;
mod link;
mod list;
mod one;
mod remove;
mod role;
mod sessions;

use contract::people::{PersonRow, PersonState};
use contract::{Permission, Timestamp};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_query_map;

pub(crate) use self::invite::InvitePerson;
use self::link::LinkShown;
use self::list::{Pager, Table};
pub(crate) use self::one::Person;
pub(crate) use self::remove::RemovePerson;
pub(super) use self::sessions::Sessions;
use super::PageTitle;
use super::failed::Failed;
use super::news::{Kind, New};
use super::search::{Search, searched};
use crate::components::{LinkButton, Look, PageHeader, Skeleton, State};
use crate::fns::people;
use crate::session::{Session, may};
use crate::wording::counted;

/// What is said of where somebody stands, at the instant `now`.
fn standing_of(person: &PersonRow, now: Timestamp) -> (State, &'static str) {
    match person.state {
        PersonState::Active => (State::Active, "Active"),
        PersonState::Disabled => (State::Off, "Disabled"),
        PersonState::Invited => match person.invited_until {
            Some(until) if until > now => (State::Warn, "Invited"),
            Some(_) => (State::Bad, "Invitation over"),
            None => (State::Warn, "No link yet"),
        },
    }
}

#[component]
pub(crate) fn People() -> impl IntoView {
    let session = Session::expect();
    let query = use_query_map();
    let wanted = searched();
    let text = RwSignal::new(wanted.get_untracked().unwrap_or_default());
    let asked = Memo::new(move |_| {
        let cursor = query.with(|query| query.get("cursor")).unwrap_or_default();
        (wanted.get().unwrap_or_default(), cursor)
    });
    let view = Resource::new(
        move || (asked.get(), session.changes()),
        |((q, cursor), _)| people::list(q, cursor),
    );
    let rows = move || {
        Suspend::new(async move {
            match view.await {
                Ok(view) => {
                    let (q, _) = asked.get_untracked();
                    let pagination = view.pagination.clone();
                    view! {
                        <Table view searched=!q.is_empty()/>
                        <Pager pagination q/>
                    }
                    .into_any()
                }
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    let new = move || {
        Suspend::new(async move {
            let place = view.await.ok()?.place;
            Some(view! { <New kind=Kind::People place/> })
        })
    };
    let may_invite = may(&Permission::manage("account"));
    view! {
        <PageTitle text="People"/>
        <PageHeader title="People" sub=|| "Who signs in here, and what they may do. Their keys are their own.">
            <Transition>{new}</Transition>
            {may_invite.then(|| view! {
                <LinkButton href="/people/new" look=Look::Primary icon="user-plus">"Invite"</LinkButton>
            })}
        </PageHeader>
        <Search path="/people" label="Search people by name or address" placeholder="Search name or address" text/>
        <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{rows}</Transition>
        <Outlet/>
    }
    .into_any()
}

/// "3 keys"
fn keys_of(person: &PersonRow) -> String {
    counted(person.keys, "key", "keys")
}
