//! The table of keys. On a narrow screen each row folds into two lines.

use contract::console::{KeyRow, KeysQuery, KeysView, Me};
use contract::resource::{ApiKey, KeyState, ProfileType};
use contract::usage::Trend;
use contract::{Pagination, Timestamp};
use leptos::prelude::*;
use serde_json::json;

use super::selection::{Pick, PickPage, Selection};
use crate::components::{
    Avatar, Chip, EmptyState, LinkButton, Look, Rack, Sparkline, State, Status, When,
};
use crate::pages::search::address;
use crate::wording;

/// What is said of a key's state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) state: State,
    pub(crate) word: &'static str,
    /// Where it ends by itself.
    pub(crate) until: Option<Timestamp>,
}

/// What a key's state is called, at the instant `now`.
pub(crate) fn state_of(key: &ApiKey, now: Timestamp) -> Standing {
    let retiring = key
        .info
        .as_ref()
        .and_then(|info| info.retiring_token.as_ref());
    let grace = retiring.map(|old| old.expires_at).filter(|at| *at > now);
    let (state, word, until) = match (key.state, key.spec.expires_at) {
        (KeyState::Revoked, _) => (State::Bad, "Revoked", None),
        (KeyState::Disabled, _) => (State::Off, "Disabled", None),
        (_, Some(at)) if at <= now => (State::Bad, "Expired", None),
        _ if grace.is_some() => (State::Warn, "In grace", grace),
        _ => (State::Active, "Active", None),
    };
    Standing { state, word, until }
}

#[component]
pub(super) fn KeysTable(view: KeysView, query: KeysQuery) -> impl IntoView {
    let KeysView {
        rows,
        workspaces_total,
        now,
        ..
    } = view;
    // What is over for good cannot be chosen.
    let revoked = query.show == KeysQuery::REVOKED;
    if rows.is_empty() && revoked && query.q.is_empty() {
        return view! {
            <div class="panel">
                <EmptyState
                    icon="ban"
                    title="No key was revoked yet"
                    text="A key that is revoked stays here: what it was, who ended it, when and why, and its history."
                />
            </div>
        }
        .into_any();
    }
    if rows.is_empty() && query.narrows() {
        let text = if query.q.is_empty() {
            "There is none of this kind any more."
        } else {
            "The search looks at names, descriptions, external ids and the visible ends of tokens."
        };
        let (all, everything) = if revoked {
            ("/keys?show=revoked", "Show all revoked keys")
        } else {
            ("/keys", "Show all keys")
        };
        return view! {
            <div class="panel">
                <EmptyState icon="search" title="No key matches" text=text>
                    <LinkButton href=all>{everything}</LinkButton>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let first = !query.narrows() && rows.iter().all(|row| row.key.spec.system);
    let shown = rows.iter().map(|row| row.key.metadata.id).collect();
    expect_context::<Selection>().show(shown);
    let rows: Vec<_> = rows
        .into_iter()
        .enumerate()
        .map(|(at, row)| view! { <Row at=(!revoked).then_some(at) row workspaces_total now/> })
        .collect();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <div class="panel list-box">
                <table class="list">
                    <thead>
                        <tr>
                            {(!revoked).then(|| view! {
                                <th scope="col" class="c-pick"><span class="vh">"Select"</span><PickPage/></th>
                            })}
                            <th scope="col">"Name"</th>
                            <th scope="col">"Status"</th>
                            <th scope="col">"Access"</th>
                            <th scope="col" class="c-spare">"30 days"</th>
                            <th scope="col">"Last used"</th>
                            <th scope="col">"Expires"</th>
                            <th scope="col" class="c-spare">"Owner"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! { {table}{first.then(|| view! { <FirstKey/> })} }.into_any()
}

#[component]
fn Row(at: Option<usize>, row: KeyRow, workspaces_total: u64, now: Timestamp) -> impl IntoView {
    let KeyRow {
        key,
        rack,
        trend,
        idle_days,
    } = row;
    let standing = state_of(&key, now);
    let status = match idle_days.filter(|_| standing.state == State::Active) {
        Some(days) => view! { <Status state=State::Warn text=wording::attention::idle(days)/> },
        None => {
            view! { <Status state=standing.state text=standing.word until=standing.until/> }
        }
    };
    let info = key.info.as_ref();
    let hint = info.map(|info| info.token_hint.clone());
    let reach = info.map_or(0, |info| info.workspaces_total);
    let owner = info.map(|info| info.owner.clone());
    let owner = owner.map(|owner| {
        let is_system = owner.spec.kind == ProfileType::System;
        let name = if is_system {
            String::new()
        } else {
            owner.metadata.name
        };
        let spoken = if is_system {
            "Keyrack itself".to_owned()
        } else {
            name.clone()
        };
        let disabled = owner.spec.disabled;
        view! {
            <Avatar name=name small=true/>
            <span class="vh"><bdi>{spoken}</bdi></span>
            {disabled.then(|| view! { " " <Status state=State::Off text="Disabled"/> })}
        }
    });
    let expires = match key.spec.expires_at {
        Some(at) => view! { <When at=at/> }.into_any(),
        None => "never".into_any(),
    };
    view! {
        <tr class:is-off=key.state != KeyState::Enabled>
            {at.map(|at| view! {
                <td class="c-pick"><Pick row=at key=key.metadata.id name=key.metadata.name.clone()/></td>
            })}
            <td class="c-name">
                <span class="first">
                    <a class="truncate" dir="auto" href=format!("/keys/{}", key.metadata.id) title=key.metadata.name.clone()>
                        {key.metadata.name.clone()}
                    </a>
                    {key.spec.system.then(|| view! { <Chip text="system" small=true/> })}
                </span>
                <code class="second">{hint}</code>
            </td>
            <td class="c-status">{status}</td>
            <td class="c-left"><Rack reach=reach total=workspaces_total all=key.spec.all_workspaces slots=rack/></td>
            <td class="c-wide c-spare"><Calls days=trend.days.clone()/></td>
            <td class="c-right c-used"><LastUsed trend/></td>
            <td class="c-wide c-expires">{expires}</td>
            <td class="c-wide c-spare">{owner}</td>
        </tr>
    }
    .into_any()
}

/// The last 30 days at a glance; nothing to see where there was nothing.
#[component]
fn Calls(days: Vec<u64>) -> impl IntoView {
    let total: u64 = days.iter().sum();
    if total == 0 {
        return view! { <span class="vh">"No calls in 30 days"</span> }.into_any();
    }
    let label = format!("{} in 30 days", wording::calls(total));
    view! { <Sparkline counts=days label=label/> }.into_any()
}

/// When the key was last used, and from where.
#[component]
fn LastUsed(trend: Trend) -> impl IntoView {
    let Some(last) = trend.last else {
        return view! { "never" }.into_any();
    };
    let from = match (last.address, last.user_agent) {
        (Some(address), _) => {
            view! { <code class="second truncate" title=address.clone()>{address.clone()}</code> }
                .into_any()
        }
        (None, Some(program)) => {
            view! { <span class="second truncate" title=program.clone()>{program.clone()}</span> }
                .into_any()
        }
        (None, None) => view! { <span class="second">"source not told"</span> }.into_any(),
    };
    view! { <When at=last.at/>{from} }.into_any()
}

/// What the list says before the first key of somebody's own.
#[component]
fn FirstKey() -> impl IntoView {
    let me = expect_context::<Me>();
    let body =
        json!({"metadata": {"name": "ci-deploy"}, "spec": {"permissions": ["workspaces:read"]}});
    let curl = wording::call_with_body(&me.public_url, "POST", "/v1/account/api_keys", &body);
    view! {
        <EmptyState
            icon="key-round"
            title="Issue your first key"
            text="A key lets a program call your services: as itself, for the workspaces you grant and with the permissions you choose. Its token is shown once."
            curl=curl
        >
            <LinkButton href="/keys/new" look=Look::Primary icon="plus">"Issue key"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

/// The ways to the pages before and after.
#[component]
pub(super) fn Pager(
    pagination: Pagination,
    shown: usize,
    total: u64,
    query: KeysQuery,
) -> impl IntoView {
    let Pagination {
        next_cursor,
        previous_cursor,
    } = pagination;
    if next_cursor.is_none() && previous_cursor.is_none() {
        return ().into_any();
    }
    let says = if query.narrows() {
        wording::counted(shown as u64, "match on this page", "matches on this page")
    } else {
        format!("{shown} of {}", wording::counted(total, "key", "keys"))
    };
    let page = move |cursor: Option<String>, name: &'static str| match cursor {
        Some(cursor) => {
            let other = KeysQuery {
                cursor,
                ..query.clone()
            };
            let href = address("/keys", &other.pairs());
            view! { <LinkButton href=href>{name}</LinkButton> }.into_any()
        }
        None => view! { <span class="btn quiet" aria-disabled="true">{name}</span> }.into_any(),
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{says}</span>
            <span class="end"></span>
            {page.clone()(previous_cursor, "Previous")}
            {page(next_cursor, "Next")}
        </nav>
    }
    .into_any()
}
