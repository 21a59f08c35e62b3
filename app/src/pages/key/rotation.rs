//! A rotation in progress: calls by token, who still uses the token before, and when it ends.

mod chart;

use contract::Timestamp;
use contract::resource::{ApiKey, ProfileType, RetiringToken};
use contract::usage::{KeyUsage, RetiringUse, UsageSource};
use leptos::prelude::*;

use self::chart::ByToken;
use super::usage::source_line;
use crate::components::{LinkButton, Look, Notice, Refusal, SubmitButton, Toasts, Tone, When};
use crate::fns::keys;
use crate::form::Submission;
use crate::wording;

/// Nothing at all where no rotation is in progress.
#[component]
pub(super) fn Rotation(
    key: RwSignal<ApiKey>,
    usage: KeyUsage,
    now: Timestamp,
    told: RwSignal<u32>,
) -> impl IntoView {
    let usage = StoredValue::new(usage);
    let rotation = Memo::new(move |_| {
        let key = key.read();
        let info = key.info.as_ref()?;
        Some((info.retiring_token.clone()?, info.token_hint.clone()))
    });
    move || {
        rotation.get().map(|(old, current)| {
            let usage = usage.get_value();
            view! { <InProgress key old current usage now told/> }
        })
    }
}

#[component]
fn InProgress(
    key: RwSignal<ApiKey>,
    old: RetiringToken,
    /// The hint of the new token.
    current: String,
    usage: KeyUsage,
    now: Timestamp,
    told: RwSignal<u32>,
) -> impl IntoView {
    let by = match old.rotated_by.spec.kind {
        ProfileType::System => "Keyrack itself".to_owned(),
        _ => old.rotated_by.metadata.name.clone(),
    };
    let KeyUsage {
        hours, retiring, ..
    } = usage;
    let RetiringUse {
        hours: of_old,
        sources,
    } = retiring.unwrap_or_default();
    view! {
        <section class="panel pad usage rotation" aria-labelledby="rotation-title">
            <div class="panel-head">
                <h2 id="rotation-title">"Rotation in progress"</h2>
                <span class="end muted">"started by " <bdi>{by}</bdi> ", " <When at=old.rotated_at/></span>
            </div>
            <ByToken
                hours
                of_old
                rotated=old.rotated_at
                ends=old.expires_at
                now
                hints=(current, old.hint.clone())
            />
            <StillUsed key old sources told/>
        </section>
    }
    .into_any()
}

/// Who would notice, until when, and what can be done about it.
#[component]
fn StillUsed(
    key: RwSignal<ApiKey>,
    old: RetiringToken,
    sources: Vec<UsageSource>,
    told: RwSignal<u32>,
) -> impl IntoView {
    let id = key.with_untracked(|key| key.metadata.id.to_string());
    let submission = Submission::new();
    let refused = submission.error_beside(&[]);
    let toasts = Toasts::expect();
    let end = {
        let id = id.clone();
        move |_| keys::end_grace(id.clone())
    };
    let hint = old.hint.clone();
    let ended = move |changed: ApiKey| {
        toasts.done(format!("The token {hint} is refused from now on."));
        key.set(changed);
        told.update(|told| *told += 1);
    };
    let (tone, said) = match (sources.as_slice(), old.last_used_at) {
        ([], Some(at)) if at >= old.rotated_at => (
            Tone::Warn,
            view! { "The old token was last used " <When at=at/> "." }.into_any(),
        ),
        ([], _) => (
            Tone::Good,
            "Nobody has used the old token since the rotation.".into_any(),
        ),
        ([one], _) => (
            Tone::Warn,
            view! { "One source still uses the old token: " {named(one)} ", " <When at=one.last_at/> "." }.into_any(),
        ),
        (more, _) => (
            Tone::Warn,
            format!("{} sources still use the old token.", more.len()).into_any(),
        ),
    };
    let quiet = old.end_when_quiet_for.map(|period| {
        let period = wording::lasting(period.0);
        format!(" It ends sooner when it was not used for {period}.")
    });
    let list = (sources.len() > 1).then(|| {
        let lines = sources.into_iter().map(source_line).collect_view();
        view! { <ul class="rows sources">{lines}</ul> }
    });
    view! {
        <Notice tone=tone>
            <p>{said} " It is good until " {old.expires_at.date_and_time()} "." {quiet}</p>
            <div class="row">
                <LinkButton href=format!("/keys/{id}/grace")>"Extend"</LinkButton>
                <form method="post" action=format!("/keys/{id}/end-grace") on:submit=submission.send(end, ended)>
                    <SubmitButton look=Look::Plain busy=submission.busy()>"End grace now"</SubmitButton>
                </form>
            </div>
        </Notice>
        <Refusal text=refused/>
        {list}
    }
    .into_any()
}

/// "192.0.2.1 (curl/8.9)", as far as it is known.
fn named(source: &UsageSource) -> impl IntoView + use<> {
    let UsageSource {
        address,
        user_agent,
        ..
    } = source.clone();
    let program = user_agent.clone();
    match (address, user_agent) {
        (Some(address), Some(program)) => {
            view! { <code>{address}</code> " (" <bdi>{program}</bdi> ")" }.into_any()
        }
        (Some(address), None) => view! { <code>{address}</code> }.into_any(),
        (None, Some(_)) => view! { <bdi>{program}</bdi> }.into_any(),
        (None, None) => "one that did not say where it is".into_any(),
    }
}
