//! What two people decided differently: both sides, and the choice.

use leptos::prelude::*;
use matrix::{Place, Side};

use super::desk::Desk;
use super::work::Work;
use crate::components::Button;

/// Cells that somebody else has made the opposite of what was staged: both sides, and the choice.
#[component]
pub(super) fn Conflicts(desk: Desk) -> impl IntoView {
    let conflicts = Memo::new(move |_| {
        let told = |work: &Work| {
            let matrix = work.board().matrix();
            let one = |conflict: &matrix::Conflict| {
                let key = matrix.keys().get(conflict.place.key);
                let workspace = matrix.workspaces().get(conflict.place.workspace);
                let names = (
                    key.map_or_else(String::new, |key| key.row.name.clone()),
                    workspace.map_or_else(String::new, |found| found.column.name.clone()),
                );
                (
                    conflict.place,
                    conflict.mine,
                    names,
                    conflict.by.clone().map(|(name, _)| name),
                )
            };
            work.board().conflicts().map(one).collect::<Vec<_>>()
        };
        desk.read(told).unwrap_or_default()
    });
    let one = move |(place, mine, (key, workspace), by): (
        Place,
        bool,
        (String, String),
        Option<String>,
    )| {
        let who = by.unwrap_or_else(|| "Somebody else".to_owned());
        let (theirs, yours) = if mine {
            ("revoked it", "grant it")
        } else {
            ("granted it", "revoke it")
        };
        let choose = move |side: Side| desk.resolve(place, side);
        view! {
            <li class="conflict">
                <span><bdi>{key}</bdi> " → " <bdi>{workspace}</bdi> ": " <bdi>{who}</bdi> {format!(" has {theirs} meanwhile; you wanted to {yours}.")}</span>
                <span class="row end">
                    <Button small=true on_press=move || choose(Side::Theirs)>"Keep theirs"</Button>
                    <Button small=true on_press=move || choose(Side::Mine)>"Take mine"</Button>
                </span>
            </li>
        }
    };
    view! {
        <Show when=move || !conflicts.read().is_empty()>
            <section class="conflicts" aria-label="Conflicts">
                <ul>{move || conflicts.get().into_iter().map(one).collect_view()}</ul>
            </section>
        </Show>
    }
    .into_any()
}
