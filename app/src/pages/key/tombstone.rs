//! A key that was revoked: what it was, who ended it, when and why, and what happened to it. Nothing of it can
//! be changed.

use contract::audit::AuditEvent;
use contract::resource::{ApiKey, ProfileType, Stopped};
use leptos::prelude::*;

use super::details::{facts, permission_chips};
use super::history::History;
use crate::components::{Notice, PageHeader, State, Status, Tone, When};
use crate::pages::PageTitle;

#[component]
pub(super) fn Tombstone(key: ApiKey, events: Vec<AuditEvent>) -> impl IntoView {
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
            <div><History key=RwSignal::new(key.clone()) events told=RwSignal::new(0)/></div>
            <div>
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
