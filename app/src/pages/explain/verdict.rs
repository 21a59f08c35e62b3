//! The answer in words.

use contract::access::{Explanation, GrantOrigin};
use contract::console::Me;
use contract::resource::ProfileType;
use leptos::prelude::*;
use leptos_router::location::Url;

use crate::components::{ApiCall, Icon, LinkButton, Notice, Tone, When};
use crate::fns::access::ExplainQuery;
use crate::problem::Problem;
use crate::wording;

#[component]
pub(super) fn Verdict(
    asked: ExplainQuery,
    /// Of the key and of the workspace.
    names: (String, String),
    answer: Explanation,
) -> impl IntoView {
    let Explanation {
        allowed,
        code,
        because,
        grant,
        last_used_at,
    } = answer;
    let (class, icon, word) = if allowed {
        ("verdict allowed", "circle-check", "Allowed")
    } else {
        ("verdict denied", "ban", "Not allowed")
    };
    let curl = wording::plain_call(&expect_context::<Me>().public_url, "GET", &path(&asked));
    let key = format!("/keys/{}", Url::escape(&asked.key));
    let (key_name, workspace_name) = names;
    let of_workspace = !asked.workspace.is_empty();
    let place = of_workspace.then(|| view! { " in " <bdi>{workspace_name}</bdi> });
    let permission = asked.permission.trim().to_owned();
    let permission = (!permission.is_empty()).then(|| view! { ", " <code>{permission}</code> });
    let used = last_used_at.map_or_else(
        || "no call on record".into_any(),
        |at| view! { <When at=at/> }.into_any(),
    );
    view! {
        <section class="panel pad" aria-labelledby="verdict-title">
            <h2 id="verdict-title" class=class><Icon name=icon/>{word}</h2>
            <p class="t2"><bdi>{key_name}</bdi>{place}{permission}</p>
            <dl class="facts">
                <dt>"Because"</dt><dd>{because}</dd>
                {code.map(|code| view! { <dt>"Code"</dt><dd><code>{code.as_str()}</code></dd> })}
                {of_workspace.then(|| view! {
                    <dt>"Granted"</dt><dd>{granted(grant)}</dd>
                    <dt>"Last used there"</dt><dd>{used}</dd>
                })}
            </dl>
            <div class="row">
                <LinkButton href=key icon="key-round">"Open the key"</LinkButton>
                <div class="needs-script"><ApiCall curl=curl/></div>
            </div>
        </section>
    }
    .into_any()
}

/// By whom and when.
fn granted(grant: Option<GrantOrigin>) -> AnyView {
    let Some(GrantOrigin {
        granted_by,
        granted_at,
    }) = grant
    else {
        return "no grant of this workspace".into_any();
    };
    let by = match granted_by.spec.kind {
        ProfileType::System => "Keyrack itself".to_owned(),
        _ => granted_by.metadata.name,
    };
    view! { "by " <bdi>{by}</bdi> ", " <When at=granted_at/> }.into_any()
}

/// The same question over REST.
fn path(asked: &ExplainQuery) -> String {
    let parts = [
        ("apiKeyId", &asked.key),
        ("workspaceId", &asked.workspace),
        ("permission", &asked.permission),
    ];
    let given = parts
        .iter()
        .map(|(name, value)| (name, value.trim()))
        .filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = given
        .map(|(name, value)| format!("{name}={}", Url::escape(value)))
        .collect();
    format!("/v1/account/access:explain?{}", query.join("&"))
}

/// A question that has no answer.
#[component]
pub(super) fn Refused(problem: Problem) -> impl IntoView {
    let detail = problem.0.details.into_iter().next();
    let text = detail.map_or(problem.0.message, |detail| {
        wording::sentence(&detail.message)
    });
    view! { <Notice tone=Tone::Bad alert=true>{text}</Notice> }.into_any()
}
