//! The workspaces of a key: each is granted and taken back at once, and tells of its use.

use contract::console::{Me, OfferedWorkspace};
use contract::resource::{ApiKey, Workspace, WorkspaceStatus};
use contract::usage::WorkspaceUse;
use contract::{Permission, WorkspaceId};
use leptos::prelude::*;
use serde_json::json;

use super::Places;
use crate::components::{ApiCall, LinkButton, Look, Refusal, Toasts, When};
use crate::fns::grants;
use crate::form::Submission;
use crate::session::{Session, may};
use crate::wording;

/// How many ungranted workspaces stand beside the granted ones before the rest is folded.
const UNFOLDED: usize = 8;

/// A workspace as this panel shows it.
#[derive(Clone)]
struct Place {
    id: WorkspaceId,
    name: String,
    note: String,
    /// Whether it takes requests at all.
    open: bool,
    used: Option<WorkspaceUse>,
    granted: RwSignal<bool>,
}

#[component]
pub(super) fn Reach(
    key: RwSignal<ApiKey>,
    granted: Vec<Workspace>,
    offered: Vec<OfferedWorkspace>,
    places: Places,
    used: Vec<WorkspaceUse>,
    told: RwSignal<u32>,
) -> impl IntoView {
    let slots = StoredValue::new(slots(granted, offered, &used));
    let total = slots.with_value(Vec::len);
    let count =
        move || slots.with_value(|slots| slots.iter().filter(|slot| slot.granted.get()).count());
    let explain = {
        let href = format!(
            "/access/explain?key={}",
            key.with_untracked(|key| key.metadata.id)
        );
        view! { <LinkButton href=href look=Look::Quiet icon="circle-question-mark">"Explain access"</LinkButton> }
    };
    if key.with_untracked(|key| key.spec.all_workspaces) {
        return view! {
            <section class="panel pad" aria-labelledby="reach-title">
                <div class="panel-head"><h2 id="reach-title">"Workspaces"</h2><span class="end muted">"all"</span></div>
                <p class="rack"><i class="reach-all"></i>"All, present and future"</p>
                <ul class="rows used-in">{used.into_iter().filter_map(|used| used_in(used, &places)).collect_view()}</ul>
                <div class="row">{explain}</div>
            </section>
        }
        .into_any();
    }
    // What is folded stays where it is while it is toggled.
    let (open, folded): (Vec<_>, Vec<_>) = {
        let mut unfolded = 0;
        slots.get_value().into_iter().partition(|slot| {
            unfolded += usize::from(!slot.granted.get_untracked());
            slot.granted.get_untracked() || unfolded <= UNFOLDED
        })
    };
    let folded = (!folded.is_empty()).then(|| {
        let more = format!("{} more without access", folded.len());
        view! {
            <details class="more">
                <summary>{more}</summary>
                <div class="rows">{folded.into_iter().map(|place| view! { <Toggle key place told/> }).collect_view()}</div>
            </details>
        }
    });
    let curl = grant_call(&key.read_untracked());
    view! {
        <section class="panel pad" aria-labelledby="reach-title">
            <div class="panel-head">
                <h2 id="reach-title">"Workspaces"</h2>
                <span class="end muted">{move || format!("{} of {total}", count())}</span>
            </div>
            {(total == 0).then(|| if may(&Permission::manage("workspaces")) {
                view! {
                    <p class="t2">"There is no workspace yet. " <a href="/workspaces/new">"Make one"</a> ", then grant it here."</p>
                }
                .into_any()
            } else {
                view! { <p class="t2">"You belong to no workspace yet. An admin adds you to those that you work in."</p> }.into_any()
            })}
            <div class="rows">{open.into_iter().map(|place| view! { <Toggle key place told/> }).collect_view()}</div>
            {folded}
            <div class="row">
                {explain}
                <div class="needs-script"><ApiCall curl=curl/></div>
            </div>
        </section>
    }
    .into_any()
}

/// What is granted and what can be, by name.
fn slots(
    granted: Vec<Workspace>,
    offered: Vec<OfferedWorkspace>,
    used: &[WorkspaceUse],
) -> Vec<Place> {
    let used = |id| used.iter().find(|used| used.workspace_id == id).copied();
    let offered = offered
        .into_iter()
        .filter(|offered| !granted.iter().any(|one| one.metadata.id == offered.id));
    let mut slots: Vec<Place> = offered
        .map(|offered| Place {
            id: offered.id,
            name: offered.name,
            note: offered.labels.to_pairs(),
            open: true,
            used: used(offered.id),
            granted: RwSignal::new(false),
        })
        .collect();
    slots.extend(granted.into_iter().map(|workspace| Place {
        id: workspace.metadata.id,
        name: workspace.metadata.name,
        note: match workspace.status {
            WorkspaceStatus::Enabled => workspace.metadata.labels.to_pairs(),
            WorkspaceStatus::Disabled => "disabled: refuses every request".to_owned(),
            WorkspaceStatus::Archived => "archived: refuses every request".to_owned(),
        },
        open: workspace.status == WorkspaceStatus::Enabled,
        used: used(workspace.metadata.id),
        granted: RwSignal::new(true),
    }));
    slots.sort_by_cached_key(|slot| slot.name.to_lowercase());
    slots
}

/// "11 min ago · 28,901 calls", of the last 30 days.
pub(super) fn told_use(used: WorkspaceUse) -> impl IntoView {
    view! { <When at=used.last_at/> " · " {wording::calls(used.calls)} }.into_any()
}

/// A workspace that a key which reaches all of them is used in.
fn used_in(used: WorkspaceUse, places: &Places) -> Option<impl IntoView + use<>> {
    let name = places.name(used.workspace_id)?;
    Some(view! {
        <li>
            <bdi class="truncate" title=name.clone()>{name.clone()}</bdi>
            <span class="end">{told_use(used)}</span>
        </li>
    })
}

fn grant_call(key: &ApiKey) -> String {
    let base = expect_context::<Me>().public_url;
    let path = format!("/v1/account/api_keys/{}/workspaces", key.metadata.id);
    wording::call_with_body(&base, "POST", &path, &json!({"workspaceId": "workspace_…"}))
}

/// One workspace. A form of its own, so that it works without scripting.
#[component]
fn Toggle(key: RwSignal<ApiKey>, place: Place, told: RwSignal<u32>) -> impl IntoView {
    let Place {
        id,
        name,
        note,
        open,
        used,
        granted,
    } = place;
    // Of a workspace that refuses every request, that is what there is to say.
    let said = move || match used.filter(|_| open) {
        Some(used) => told_use(used).into_any(),
        None if open && granted.get() => "not used".into_any(),
        None => note.clone().into_any(),
    };
    let key_id = key.with_untracked(|key| key.metadata.id);
    let submission = Submission::new();
    let refused = submission.error_beside(&[]);
    let session = Session::expect();
    let toasts = Toasts::expect();
    let title = StoredValue::new(name.clone());
    let change = move |wanted: bool, then: Callback<()>| {
        granted.set(wanted);
        let revert = move || granted.set(!wanted);
        let call = async move {
            let answer = if wanted {
                grants::grant(key_id, id).await
            } else {
                grants::revoke(key_id, id).await
            };
            if answer.is_err() {
                revert();
            }
            answer
        };
        submission.run(Some(session), call, move |_| {
            told.try_update(|told| *told += 1);
            then.run(());
        });
    };
    let toggle = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if submission.busy().get_untracked() {
            return;
        }
        let wanted = !granted.get_untracked();
        let say = move |()| {
            let verb = if wanted {
                "reaches"
            } else {
                "no longer reaches"
            };
            let text = format!(
                "{} {verb} {}.",
                key.read_untracked().metadata.name,
                title.read_value()
            );
            toasts.undoable(
                text,
                Callback::new(move |()| change(!wanted, Callback::new(|()| ()))),
            );
        };
        change(wanted, Callback::new(say));
    };
    let action = move || {
        let verb = if granted.get() { "ungrant" } else { "grant" };
        format!("/keys/{key_id}/{verb}")
    };
    let label_id = format!("reach-{id}");
    view! {
        <form class="grant" method="post" action=action on:submit=toggle>
            <input type="hidden" name="workspaceId" value=id.to_string()/>
            <button
                type="submit"
                class="slot"
                aria-pressed=move || if granted.get() { "true" } else { "false" }
                aria-labelledby=label_id.clone()
                aria-busy=move || submission.busy().get().then_some("true")
            ></button>
            <bdi id=label_id class="truncate" title=name.clone()>{name.clone()}</bdi>
            <span class="end truncate">{said}</span>
            <Refusal text=refused/>
        </form>
    }
    .into_any()
}
