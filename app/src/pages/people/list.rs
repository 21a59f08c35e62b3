//! The table of people.

use contract::people::{PeopleView, PersonRow, PersonState};
use contract::{Pagination, Timestamp};
use leptos::prelude::*;
use leptos_router::location::Url;

use super::{keys_of, standing_of};
use crate::components::{Avatar, EmptyState, Icon, LinkButton, Status, When};

#[component]
pub(super) fn Table(view: PeopleView, searched: bool) -> impl IntoView {
    let PeopleView { rows, now, .. } = view;
    if rows.is_empty() && searched {
        return view! {
            <div class="panel">
                <EmptyState icon="search" title="Nobody matches" text="The search looks at names and addresses.">
                    <LinkButton href="/people">"Show everybody"</LinkButton>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let rows = rows.into_iter().map(|person| row(person, now));
    view! {
        <div class="panel list-box">
            <table class="list people">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Keys"</th>
                        <th scope="col">"Last seen"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(person: PersonRow, now: Timestamp) -> impl IntoView {
    let (state, word) = standing_of(&person, now);
    let keys = keys_of(&person);
    let seen = match person.last_seen_at {
        Some(at) => view! { <When at=at/> }.into_any(),
        None => "never".into_any(),
    };
    view! {
        <tr class:is-off=person.state == PersonState::Disabled>
            <td class="c-name">
                <span class="first">
                    <Avatar name=person.name.clone() small=true/>
                    <a class="truncate" dir="auto" href=format!("/people/{}", person.id) title=person.name.clone()>
                        {person.name.clone()}
                    </a>
                </span>
                <span class="second truncate"><bdi>{person.email}</bdi></span>
            </td>
            <td class="c-status"><Status state=state text=word/></td>
            <td class="c-left">
                {person.role.title()}
                {person.second_factor.then(|| view! {
                    <span class="has-factor" title="Has a second factor"><Icon name="shield-check"/><span class="vh">"has a second factor"</span></span>
                })}
            </td>
            <td class="c-wide">{keys}</td>
            <td class="c-right">{seen}</td>
        </tr>
    }
    .into_any()
}

#[component]
pub(super) fn Pager(pagination: Pagination, q: String) -> impl IntoView {
    let page = |cursor: Option<String>, name: &'static str| {
        let cursor = cursor?;
        let search = if q.is_empty() {
            String::new()
        } else {
            format!("q={}&", Url::escape(&q))
        };
        let href = format!("/people?{search}cursor={cursor}");
        Some(view! { <LinkButton href=href>{name}</LinkButton> })
    };
    let before = page(pagination.previous_cursor, "Before");
    let more = page(pagination.next_cursor, "More");
    (before.is_some() || more.is_some()).then(|| {
        view! { <nav class="pager" aria-label="Pages"><span class="end"></span>{before}{more}</nav> }
            .into_any()
    })
}
