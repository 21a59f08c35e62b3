//! Why a key may or may not do something. What is asked stands in the address, so that an answer can be
//! sent to somebody; the form is a plain one, and the server answers it.

mod verdict;

use contract::access::Explanation;
use contract::console::ExplainChoices;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::verdict::{Refused, Verdict};
use super::PageTitle;
use super::failed::Failed;
use crate::components::{EmptyState, LinkButton, PageHeader, SelectField, Skeleton, SubmitButton};
use crate::fns::access::{self, ExplainQuery};
use crate::problem::Problem;

#[component]
pub(crate) fn Explain() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let text = |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
        ExplainQuery {
            key: text("key"),
            workspace: text("workspace"),
            permission: text("permission"),
        }
    });
    let choices = Resource::new(|| (), |()| access::choices());
    let answer = Resource::new(move || asked.get(), explained);
    let page = move || {
        Suspend::new(async move {
            // Both are awaited even when one has failed: a page must not end before its resources.
            match (choices.await, answer.await) {
                (Ok(choices), answer) => {
                    let asked = asked.get_untracked();
                    view! { <Question choices asked answer/> }.into_any()
                }
                (Err(problem), _) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! {
        <PageTitle text="Explain access"/>
        <PageHeader
            title="Explain access"
            crumb=("/access", "Access")
            sub=|| "May this key do that there, and why? Ask before somebody else does."
        >
            <LinkButton href="/access" icon="grid-3x3">"Access matrix"</LinkButton>
        </PageHeader>
        <Transition fallback=|| view! { <div class="panel"><Skeleton rows=3/></div> }>{page}</Transition>
    }
    .into_any()
}

/// The answer, once a key was named.
async fn explained(asked: ExplainQuery) -> Option<Result<Explanation, Problem>> {
    if asked.key.trim().is_empty() {
        return None;
    }
    Some(access::explain(asked).await)
}

#[component]
fn Question(
    choices: ExplainChoices,
    asked: ExplainQuery,
    answer: Option<Result<Explanation, Problem>>,
) -> impl IntoView {
    let ExplainChoices {
        keys,
        workspaces,
        permissions,
    } = choices;
    let keys: Vec<_> = keys
        .into_iter()
        .map(|one| (one.id.to_string(), one.name))
        .collect();
    let workspaces: Vec<_> = workspaces
        .into_iter()
        .map(|one| (one.id.to_string(), one.name))
        .collect();
    let named = |list: &[(String, String)], id: &str| {
        let found = list.iter().find(|(known, _)| known == id);
        found.map_or_else(|| id.to_owned(), |(_, name)| name.clone())
    };
    let names = (
        named(&keys, &asked.key),
        named(&workspaces, &asked.workspace),
    );
    let answer = match answer {
        None => view! {
            <div class="panel">
                <EmptyState
                    icon="circle-question-mark"
                    title="Ask about a key"
                    text="Choose a key, and what it is asked for. The answer names the grant that decides, or the first check that fails: it is the same decision that services get."
                />
            </div>
        }
        .into_any(),
        Some(Ok(answer)) => view! { <Verdict asked=asked.clone() names answer/> }.into_any(),
        Some(Err(problem)) => view! { <Refused problem/> }.into_any(),
    };
    let suggestions = permissions
        .into_iter()
        .map(|one| view! { <option value=one></option> });
    view! {
        <form class="panel pad question" method="get" action="/access/explain">
            <SelectField name="key" label="Key" blank="Choose a key" options=keys chosen=asked.key required=true/>
            <SelectField
                name="workspace"
                label="Workspace"
                note="optional"
                blank="Any"
                options=workspaces
                chosen=asked.workspace
            />
            <div class="field">
                <label for="field-permission">"Permission " <span class="note">"optional"</span></label>
                <div class="box">
                    <input
                        id="field-permission"
                        name="permission"
                        type="text"
                        list="permissions"
                        value=asked.permission
                        placeholder="tools:read"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                    />
                </div>
                <datalist id="permissions">{suggestions.collect_view()}</datalist>
            </div>
            <SubmitButton icon="search">"Explain"</SubmitButton>
        </form>
        {answer}
    }
    .into_any()
}
