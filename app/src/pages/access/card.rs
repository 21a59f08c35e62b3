//! The card of a cell: why it is as it is, who granted it and when, when it was last used, and what the next
//! press would do.

use contract::access::Explanation;
use contract::resource::Profile;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk::{Desk, Shown};
use super::face::Shape;
use super::work::Work;
use crate::browser;
use crate::components::When;
use crate::fns::access::{ExplainQuery, explain};

/// What of a card is known without asking the server.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    title: (String, String),
    ask: ExplainQuery,
    state: Option<&'static str>,
    by: Option<String>,
    lock: Option<String>,
    next: &'static str,
}

#[component]
pub(super) fn Card(desk: Desk) -> impl IntoView {
    let shown = desk.card();
    let element = NodeRef::<html::Div>::new();
    let known = Memo::new(move |_| {
        let shown = shown.get()?;
        desk.read(|work| known(work, &shown)).flatten()
    });
    let answer = RwSignal::new(None::<(ExplainQuery, Explanation)>);
    let asked =
        Memo::new(move |_| known.with(|known| known.as_ref().map(|known| known.ask.clone())));
    Effect::new(move || {
        let Some(ask) = asked.get() else { return };
        answer.set(None);
        spawn_local(async move {
            if let Ok(explained) = explain(ask.clone()).await {
                answer.try_set(Some((ask, explained)));
            }
        });
    });
    Effect::new(move || {
        let (Some(element), Some(shown)) = (element.get(), shown.get()) else {
            return;
        };
        browser::put_beside(&element, shown.at);
    });
    let told = move || {
        let explained = answer
            .get()
            .filter(|(ask, _)| Some(ask) == asked.get().as_ref());
        explained.map(|(_, explained)| view! { <p>{origin(explained)}</p> })
    };
    view! {
        <div class="card-region" aria-live="polite">
            {move || known.get().map(|known| {
                let Known { title: (key, workspace), state, by, lock, next, .. } = known;
                view! {
                    <div node_ref=element class="cell-card" role="note">
                        <b><bdi>{key}</bdi> " → " <bdi>{workspace}</bdi></b>
                        {state.map(|state| view! { <p>{state}</p> })}
                        {by.map(|by| view! { <p dir="auto">{by}</p> })}
                        {told}
                        {lock.map(|lock| view! { <p class="warn">{lock}</p> })}
                        <p>{next}</p>
                    </div>
                }
            })}
        </div>
    }
    .into_any()
}

fn known(work: &Work, shown: &Shown) -> Option<Known> {
    let place = work.place(shown.row, shown.column)?;
    let matrix = work.board().matrix();
    let (key, workspace) = matrix.ids(place)?;
    let cell = work.board().cell(place, work.now());
    let by = matrix.edit(place, work.now()).map(|edit| {
        let verb = if edit.granted { "Granted" } else { "Revoked" };
        format!("{verb} just now by {}.", edit.by_name)
    });
    let state = match work.face(shown.row, shown.column).shape {
        Shape::Add => Some("Will be granted."),
        Shape::Remove => Some("Will be revoked."),
        Shape::Sent(_) => Some("Being applied."),
        Shape::Failed(_) => Some("Could not be applied; it still is staged."),
        Shape::None | Shape::Granted | Shape::Rail | Shape::Some => None,
    };
    let next = match (cell.lock.is_some(), cell.on()) {
        (true, _) => "Shift+arrows to select",
        (false, true) => "Space to revoke · Shift+arrows to select",
        (false, false) => "Space to grant · Shift+arrows to select",
    };
    Some(Known {
        title: (
            work.key_name(shown.row).to_owned(),
            work.column_name(shown.column).to_owned(),
        ),
        ask: ExplainQuery {
            key: key.to_string(),
            workspace: workspace.to_string(),
            permission: String::new(),
        },
        state,
        by,
        lock: cell.lock.map(|lock| lock.reason(matrix, place)),
        next,
    })
}

/// Who granted it and when, and when it was last used here; else why it is not granted.
fn origin(explained: Explanation) -> AnyView {
    let used = match explained.last_used_at {
        Some(at) => view! { " Last used here " <When at=at/> "." }.into_any(),
        None => " Never used here.".into_any(),
    };
    let because = (!explained.allowed).then(|| crate::wording::sentence(&explained.because));
    match explained.grant {
        Some(grant) => view! {
            "Granted by " <bdi>{called(&grant.granted_by)}</bdi> ", " <When at=grant.granted_at/> "."
            {used}
            {because.map(|because| format!(" {because}"))}
        }
        .into_any(),
        None => view! { {crate::wording::sentence(&explained.because)} {used} }.into_any(),
    }
}

/// How a profile is called: people have a name or an address, keys a name of their own.
fn called(profile: &Profile) -> String {
    let spec = &profile.spec;
    let name = spec.name.clone().or_else(|| spec.email.clone());
    name.unwrap_or_else(|| profile.metadata.name.clone())
}
