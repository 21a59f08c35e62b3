//! A question that names what may be several.

use contract::WorkspaceId;
use contract::console::FoundKey;
use contract::resource::BareMetadata;
use leptos::prelude::*;

use crate::fns::access::ExplainQuery;
use crate::pages::search::address;

#[component]
pub(super) fn WhichKey(asked: ExplainQuery, keys: Vec<FoundKey>) -> impl IntoView {
    let line = |key: FoundKey| {
        let asked = ExplainQuery {
            key: key.id.to_string(),
            ..asked.clone()
        };
        one(&asked, key.name, key.hint)
    };
    let lines = keys.into_iter().map(line).collect_view();
    view! { <Which title="Which key?" text=asked.key.clone()>{lines}</Which> }.into_any()
}

#[component]
pub(super) fn WhichWorkspace(
    asked: ExplainQuery,
    workspaces: Vec<BareMetadata<WorkspaceId>>,
) -> impl IntoView {
    let line = |workspace: BareMetadata<WorkspaceId>| {
        let asked = ExplainQuery {
            workspace: workspace.id.to_string(),
            ..asked.clone()
        };
        let id = asked.workspace.clone();
        one(&asked, workspace.name, id)
    };
    let lines = workspaces.into_iter().map(line).collect_view();
    view! { <Which title="Which workspace?" text=asked.workspace.clone()>{lines}</Which> }
        .into_any()
}

#[component]
fn Which(title: &'static str, text: String, children: Children) -> impl IntoView {
    view! {
        <section class="panel pad" aria-labelledby="which-title">
            <h2 id="which-title">{title}</h2>
            <p class="t2">
                "Several match “" <bdi>{text}</bdi> "”. Choose one; if it is not here, write more of its name, or its id."
            </p>
            <ul class="rows which">{children()}</ul>
        </section>
    }
    .into_any()
}

/// One that may be meant, by its name and what tells it from others of that name.
fn one(asked: &ExplainQuery, name: String, apart: String) -> impl IntoView + use<> {
    view! {
        <li>
            <a href=href(asked)><bdi class="truncate">{name}</bdi></a>
            <code class="end">{apart}</code>
        </li>
    }
}

/// The question, asked of this one.
fn href(asked: &ExplainQuery) -> String {
    let pairs = [
        ("key", &asked.key),
        ("workspace", &asked.workspace),
        ("permission", &asked.permission),
    ];
    let pairs: Vec<_> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    address("/access/explain", &pairs)
}
