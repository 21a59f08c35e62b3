//! The answer in words.

use contract::ApiKeyId;
use contract::access::{Explanation, GrantOrigin};
use contract::console::{Answer, AskedPlace, Me};
use contract::resource::ProfileType;
use leptos::prelude::*;

use crate::components::{ApiCall, Icon, LinkButton, Notice, Tone, When};
use crate::pages::search::address;
use crate::problem::Problem;
use crate::wording;

#[component]
pub(super) fn Verdict(
    answer: Answer,
    /// As it was asked for.
    permission: String,
) -> impl IntoView {
    let Answer {
        key,
        workspace,
        explanation,
    } = answer;
    let Explanation {
        allowed,
        code,
        because,
        grant,
        last_used_at,
    } = explanation;
    let nothing_asked = workspace.is_none() && permission.trim().is_empty();
    let (class, icon, word) = if allowed && nothing_asked {
        ("verdict allowed", "circle-check", "The key is good")
    } else if allowed {
        ("verdict allowed", "circle-check", "Allowed")
    } else {
        ("verdict denied", "ban", "Not allowed")
    };
    let curl = wording::plain_call(
        &expect_context::<Me>().public_url,
        "GET",
        &path(&key.id, workspace.as_ref(), &permission),
    );
    let href = format!("/keys/{}", key.id);
    let of_workspace = workspace.is_some();
    let place = workspace.map(|place| view! { " in " <bdi>{place.name().to_owned()}</bdi> });
    let permission = permission.trim().to_owned();
    let permission = (!permission.is_empty()).then(|| view! { ", " <code>{permission}</code> });
    let used = last_used_at.map_or_else(
        || "no call on record".into_any(),
        |at| view! { <When at=at/> }.into_any(),
    );
    view! {
        <section class="panel pad" aria-labelledby="verdict-title">
            <h2 id="verdict-title" class=class><Icon name=icon/>{word}</h2>
            <p class="t2"><bdi>{key.name}</bdi>{place}{permission}</p>
            <dl class="facts">
                <dt>"Because"</dt><dd>{because}</dd>
                {code.map(|code| view! { <dt>"Code"</dt><dd><code>{code.as_str()}</code></dd> })}
                {of_workspace.then(|| view! {
                    <dt>"Granted"</dt><dd>{granted(grant)}</dd>
                    <dt>"Last used there"</dt><dd>{used}</dd>
                })}
            </dl>
            <div class="row">
                <LinkButton href=href icon="key-round">"Open the key"</LinkButton>
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
fn path(key: &ApiKeyId, workspace: Option<&AskedPlace>, permission: &str) -> String {
    let parts = [
        ("apiKeyId", key.to_string()),
        (
            "workspaceId",
            workspace.map(AskedPlace::written_by_id).unwrap_or_default(),
        ),
        ("permission", permission.trim().to_owned()),
    ];
    let given: Vec<_> = parts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let given: Vec<_> = given.iter().map(|(name, value)| (*name, value)).collect();
    address("/v1/account/access:explain", &given)
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
