//! Why a key may or may not do something. What is asked stands in the address, so that an answer can be
//! sent to somebody; the form is a plain one, and the server answers it.

mod verdict;
mod which;

use contract::console::{AskedPlace, ExplainChoices, Explained};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::verdict::{Refused, Verdict};
use self::which::{WhichKey, WhichWorkspace};
use super::PageTitle;
use super::failed::Failed;
use crate::components::{EmptyState, LinkButton, PageHeader, Skeleton, SubmitButton, SuggestField};
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
async fn explained(asked: ExplainQuery) -> Option<Result<Explained, Problem>> {
    if asked.key.trim().is_empty() {
        return None;
    }
    Some(access::asked(asked).await)
}

#[component]
fn Question(
    choices: ExplainChoices,
    asked: ExplainQuery,
    answer: Option<Result<Explained, Problem>>,
) -> impl IntoView {
    let ExplainChoices {
        keys,
        workspaces,
        permissions,
    } = choices;
    // Whoever came by a link with ids reads names.
    let (key, workspace) = match &answer {
        Some(Ok(Explained::Answer(answer))) => (
            answer.key.written(),
            answer.workspace.as_ref().map(AskedPlace::written),
        ),
        _ => (asked.key.clone(), Some(asked.workspace.clone())),
    };
    let permission = asked.permission.clone();
    let answer = match answer {
        None => view! {
            <div class="panel">
                <EmptyState
                    icon="circle-question-mark"
                    title="Ask about a key"
                    text="Name a key, and what it is asked for. The answer names the grant that decides, or the first check that fails: it is the same decision that services get."
                />
            </div>
        }
        .into_any(),
        Some(Ok(Explained::Answer(answer))) => view! { <Verdict answer=*answer permission=asked.permission/> }.into_any(),
        Some(Ok(Explained::WhichKey(keys))) => view! { <WhichKey asked keys/> }.into_any(),
        Some(Ok(Explained::WhichWorkspace(workspaces))) => view! { <WhichWorkspace asked workspaces/> }.into_any(),
        Some(Err(problem)) => view! { <Refused problem/> }.into_any(),
    };
    view! {
        <form class="panel pad question" method="get" action="/access/explain">
            <SuggestField name="key" label="Key" placeholder="name or id" suggestions=keys value=key required=true/>
            <SuggestField
                name="workspace"
                label="Workspace"
                note="optional"
                placeholder="any"
                suggestions=workspaces
                value=workspace.unwrap_or_default()
            />
            <SuggestField
                name="permission"
                label="Permission"
                note="optional"
                placeholder="tools:read"
                suggestions=permissions
                value=permission
            />
            <SubmitButton icon="search">"Explain"</SubmitButton>
        </form>
        {answer}
    }
    .into_any()
}
