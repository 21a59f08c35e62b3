//! A key that was revoked: what it was, reached and did, who ended it, when and why, and what happened to it.
//! Nothing of it can be changed.

use contract::audit::AuditEvent;
use contract::resource::{ApiKey, ProfileType, Stopped, Workspace, WorkspaceStatus};
use contract::usage::{KeyUsage, LastUse, WorkspaceUse};
use leptos::prelude::*;

use super::details::{facts, permission_chips};
use super::history::History;
use super::reach::told_use;
use crate::components::{Notice, PageHeader, Sparkline, State, Status, Tone, When};
use crate::pages::PageTitle;
use crate::wording;

#[component]
pub(super) fn Tombstone(
    key: ApiKey,
    granted: Vec<Workspace>,
    events: Vec<AuditEvent>,
    usage: KeyUsage,
) -> impl IntoView {
    let name = key.metadata.name.clone();
    let description = key.spec.description.clone();
    let id = key.metadata.id.to_string();
    let beside = || view! { <Status state=State::Bad text="Revoked".to_owned()/> };
    let sub = move || {
        view! { <bdi>{description.clone()}</bdi> " " <code class="muted">{id.clone()}</code> }
    };
    let ended = key.info.as_ref().and_then(|info| info.revoked.clone());
    let ended = ended.map(
        |stopped| view! { <Notice tone=Tone::Bad>"Revoked by " <StoppedBy stopped/></Notice> },
    );
    view! {
        <PageTitle text=name.clone()/>
        <PageHeader title=name crumb=("/keys?show=revoked", "Revoked keys") beside=beside sub=sub/>
        {ended}
        <div class="columns">
            <div>
                <Used usage=usage.clone()/>
                <History key=RwSignal::new(key.clone()) events told=RwSignal::new(0)/>
            </div>
            <div>
                <Reached all=key.spec.all_workspaces granted used=usage.workspaces/>
                <section class="panel pad" aria-labelledby="permissions-title">
                    <div class="panel-head"><h2 id="permissions-title">"Permissions it had"</h2></div>
                    <div class="chips">{permission_chips(&key)}</div>
                </section>
                <section class="panel pad" aria-labelledby="details-title">
                    <div class="panel-head"><h2 id="details-title">"Details"</h2></div>
                    {facts(&key)}
                </section>
            </div>
        </div>
    }
    .into_any()
}

/// How much it was used before it ended, and by whom.
#[component]
fn Used(usage: KeyUsage) -> impl IntoView {
    let days: Vec<u64> = usage.days.iter().map(|day| day.calls).collect();
    let total: u64 = days.iter().sum();
    let said = match total {
        0 => "No call in the 30 days before it ended.".to_owned(),
        _ => format!("{} in the 30 days before it ended.", wording::calls(total)),
    };
    let head = match usage.last_uses.first() {
        Some(last) => view! { "last used " <When at=last.at/> }.into_any(),
        None => "never used".into_any(),
    };
    let last = (!usage.last_uses.is_empty()).then(|| {
        view! {
            <h3>"Last call with each token"</h3>
            <ul class="rows sources">{usage.last_uses.into_iter().map(last_use).collect_view()}</ul>
        }
    });
    view! {
        <section class="panel pad usage" aria-labelledby="usage-title">
            <div class="panel-head">
                <h2 id="usage-title">"Usage"</h2>
                <span class="end muted">{head}</span>
            </div>
            <p class="row before-end">
                {(total > 0).then(|| view! { <Sparkline counts=days label="By the day"/> })}
                <span class="t2">{said}</span>
            </p>
            {last}
        </section>
    }
    .into_any()
}

fn last_use(last: LastUse) -> impl IntoView {
    let address = match last.address {
        Some(address) => view! { <code>{address}</code> }.into_any(),
        None => view! { <span class="muted">"no address"</span> }.into_any(),
    };
    let program = last
        .user_agent
        .map(|program| view! { <bdi class="program truncate" title=program.clone()>{program.clone()}</bdi> });
    view! {
        <li>
            <span class="address">{address}</span>
            {program}
            <span class="calls"><code>{last.token_hint}</code></span>
            <When at=last.at/>
        </li>
    }
    .into_any()
}

/// The workspaces that it could be used in, with the use that there was.
#[component]
fn Reached(all: bool, mut granted: Vec<Workspace>, used: Vec<WorkspaceUse>) -> impl IntoView {
    /// How many are told before the rest is folded.
    const UNFOLDED: usize = 8;
    let count = if all {
        "all".to_owned()
    } else {
        wording::grouped(granted.len() as u64)
    };
    let in_use = |id| used.iter().find(|used| used.workspace_id == id).copied();
    // Of one that reached all of them, those that it was used in.
    granted.retain(|one| !all || in_use(one.metadata.id).is_some());
    granted.sort_by_cached_key(|one| one.metadata.name.to_lowercase());
    let line = |one: Workspace| {
        let name = one.metadata.name;
        let said = match (in_use(one.metadata.id), one.status) {
            (Some(used), _) => told_use(used).into_any(),
            (None, WorkspaceStatus::Archived) => "archived since".into_any(),
            (None, _) => "not used".into_any(),
        };
        view! {
            <li>
                <bdi class="truncate" title=name.clone()>{name.clone()}</bdi>
                <span class="end">{said}</span>
            </li>
        }
    };
    let folded = granted.split_off(granted.len().min(UNFOLDED));
    let folded = (!folded.is_empty()).then(|| {
        let more = format!("{} more", wording::grouped(folded.len() as u64));
        let lines = folded.into_iter().map(line).collect_view();
        view! { <details class="more"><summary>{more}</summary><ul class="rows used-in">{lines}</ul></details> }
    });
    let none = (!all && granted.is_empty()).then(|| view! { <p class="t2">"None."</p> });
    let all =
        all.then(|| view! { <p class="rack"><i class="reach-all"></i>"All of the account"</p> });
    let lines = (!granted.is_empty()).then(|| {
        view! { <ul class="rows used-in">{granted.into_iter().map(line).collect_view()}</ul> }
    });
    view! {
        <section class="panel pad" aria-labelledby="reach-title">
            <div class="panel-head">
                <h2 id="reach-title">"Workspaces it reached"</h2>
                <span class="end muted">{count}</span>
            </div>
            {all}
            {none}
            {lines}
            {folded}
        </section>
    }
    .into_any()
}

/// "Mira Lindqvist, 2 h ago: The laptop was stolen".
#[component]
pub(super) fn StoppedBy(stopped: Stopped) -> impl IntoView {
    let Stopped { at, by, reason } = stopped;
    let name = match by.spec.kind {
        ProfileType::System => "Keyrack itself".to_owned(),
        _ => by.metadata.name,
    };
    let reason = match reason {
        Some(reason) => view! { ": " <bdi class="reason">{reason}</bdi> }.into_any(),
        None => ". No reason was given.".into_any(),
    };
    view! { <bdi>{name}</bdi> ", " <When at=at/> {reason} }.into_any()
}
