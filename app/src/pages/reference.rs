//! The API: every operation, from the document that programs read.

mod fields;
mod operation;

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::console::Me;
use contract::reference::{Errors, Group, Reference as Told};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use self::fields::{Side, field_list, prose};
use self::operation::operation_view;
use super::PageTitle;
use super::failed::Failed;
use super::search::{Search, searched};
use crate::browser;
use crate::components::{EmptyState, Icon, LinkButton, PageHeader, Skeleton};
use crate::fns;
use crate::wording::counted;

#[component]
pub(crate) fn Reference() -> impl IntoView {
    let public_url = expect_context::<Me>().public_url;
    let text = RwSignal::new(searched().get_untracked().unwrap_or_default());
    let reference = Resource::new(|| (), |()| fns::reference::read());
    let page = move || {
        Suspend::new(async move {
            match reference.await {
                Ok(reference) => view! { <Contents reference text/> }.into_any(),
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! {
        <PageTitle text="API reference"/>
        <PageHeader
            title="API reference"
            sub=move || view! { "What programs call, at " <code>{public_url}"/v1"</code> }
        >
            // No page of ours: the router would look for one.
            <a class="btn" href="/v1/openapi.json" rel="external">
                <Icon name="braces"/>
                "OpenAPI document"
            </a>
        </PageHeader>
        <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{page}</Transition>
    }
    .into_any()
}

#[component]
fn Contents(reference: Told, text: RwSignal<String>) -> impl IntoView {
    let reference = Arc::new(reference);
    let groups = &reference.groups;
    let total = groups.iter().map(|group| group.operations.len()).sum();
    let found = Memo::new({
        let reference = reference.clone();
        move |_| text.with(|text| found_in(&reference.groups, text))
    });
    let chips: Vec<_> = groups.iter().map(|group| chip(group, found)).collect();
    let sections: Vec<_> = groups
        .iter()
        .map(|group| group_view(&reference, group, found))
        .collect();

    let hash = use_location().hash;
    Effect::new(move || hash.with(|hash| browser::unfold(hash.trim_start_matches('#'))));

    let nothing = move || {
        found.with(BTreeSet::is_empty).then(|| {
            view! {
                <div class="panel">
                    <EmptyState
                        icon="search"
                        title="No operation matches"
                        text="The search looks for every word in methods, paths and descriptions."
                    >
                        <LinkButton href="/reference">"Show all operations"</LinkButton>
                    </EmptyState>
                </div>
            }
        })
    };
    view! {
        <Search
            path="/reference"
            label="Search operations by method, path and what they do"
            placeholder="Method, path or words"
            text
        >
            <nav class="views" aria-label="Groups">{chips}</nav>
            <p class="found muted" role="status">{move || count_of(found.with(BTreeSet::len), total)}</p>
        </Search>
        <Basics description=reference.description.clone()/>
        <div class="reference">
            {sections}
            {nothing}
            <EveryError errors=reference.errors.clone()/>
        </div>
    }
    .into_any()
}

/// The ids of the operations that a search finds.
fn found_in(groups: &[Group], search: &str) -> BTreeSet<String> {
    let operations = groups.iter().flat_map(|group| &group.operations);
    let found = operations.filter(|operation| operation.matches(search));
    found.map(|operation| operation.id.clone()).collect()
}

fn count_of(found: usize, total: usize) -> String {
    let all = counted(total as u64, "operation", "operations");
    if found == total {
        all
    } else {
        format!("{found} of {all}")
    }
}

/// How many operations of a group a search finds.
fn left_of(group: &Group, found: Memo<BTreeSet<String>>) -> Memo<usize> {
    let ids = group
        .operations
        .iter()
        .map(|operation| operation.id.clone());
    let ids: Vec<String> = ids.collect();
    Memo::new(move |_| found.with(|found| ids.iter().filter(|id| found.contains(*id)).count()))
}

fn anchor(group: &str) -> String {
    format!("group-{}", group.to_lowercase().replace(' ', "-"))
}

/// Leads to a group. By the browser and not by the router, which would leave the focus behind.
fn chip(group: &Group, found: Memo<BTreeSet<String>>) -> impl IntoView + use<> {
    let href = format!("#{}", anchor(&group.name));
    let left = left_of(group, found);
    view! {
        <a class="chip" href=href rel="external" hidden=move || left.get() == 0>
            {group.name.clone()}
            <b>{move || left.get()}</b>
        </a>
    }
}

fn group_view(
    reference: &Told,
    group: &Group,
    found: Memo<BTreeSet<String>>,
) -> impl IntoView + use<> {
    let left = left_of(group, found);
    let id = anchor(&group.name);
    let operations: Vec<_> = group
        .operations
        .iter()
        .map(|operation| {
            let id = operation.id.clone();
            let hidden = Signal::derive(move || found.with(|found| !found.contains(&id)));
            operation_view(reference, operation, hidden)
        })
        .collect();
    view! {
        <section aria-labelledby=id hidden=move || left.get() == 0>
            <div class="group-head">
                <h2 id=id.clone()>{group.name.clone()}</h2>
                <p class="muted">{group.description.clone()}</p>
            </div>
            <div class="panel">{operations}</div>
        </section>
    }
}

/// What holds for every call.
#[component]
fn Basics(description: String) -> impl IntoView {
    view! {
        <p class="about">{prose(&description)}</p>
        <dl class="panel pad facts basics">
            <dt>"Token"</dt>
            <dd>"Every call carries the token of a key: " <code>"Authorization: Bearer $KEYRACK_TOKEN"</code></dd>
            <dt>"Dominance"</dt>
            <dd>"What you have over a key that holds and reaches no more than you do. Without it you cannot change it, nor hand out what it has."</dd>
            <dt>"Errors"</dt>
            <dd>"All of them have the same body, " <a href="#errors" rel="external">"told at the end"</a> "."</dd>
        </dl>
    }
    .into_any()
}

/// What every error answers with.
#[component]
fn EveryError(errors: Errors) -> impl IntoView {
    let Errors {
        fields, headers, ..
    } = errors;
    view! {
        <section aria-labelledby="errors">
            <div class="group-head">
                <h2 id="errors">"Errors"</h2>
                <p class="muted">"What every error has, whatever was called"</p>
            </div>
            <div class="panel pad two">
                <div>
                    <h3>"Body"</h3>
                    {field_list(&fields, Side::Answer)}
                </div>
                <div>
                    <h3>"Headers, where they apply"</h3>
                    {field_list(&headers, Side::Neither)}
                </div>
            </div>
        </section>
    }
    .into_any()
}
