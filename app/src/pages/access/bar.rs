//! What is staged, at the foot of the page, with the way on and the way back.

use leptos::prelude::*;

use super::desk::Desk;
use super::work::Work;
use crate::components::{Button, IconButton, Look};
use crate::wording::{counted, signed, spread};

/// There while something is staged.
#[component]
pub(super) fn Bar(desk: Desk) -> impl IntoView {
    let told = desk.told();
    let summary = Memo::new(move |_| told.with(|told| told.summary));
    let conflicts = Memo::new(move |_| {
        desk.read(|work| work.board().conflicts().count())
            .unwrap_or(0)
    });
    let shown = move || summary.get().changes() > 0 || conflicts.get() > 0;
    let undo = move || desk.step(Work::undo, "Undone.", "There is nothing to undo.");
    let redo = move || desk.step(Work::redo, "Done again.", "There is nothing to redo.");
    let wholes = move || {
        let count = summary.get().wholes;
        (count > 0).then(|| {
            format!(
                "{} of “all workspaces”",
                counted(count as u64, "change", "changes")
            )
        })
    };
    let decide = move || {
        let count = conflicts.get();
        (count > 0)
            .then(|| view! { <b class="warn">{counted(count as u64, "conflict", "conflicts")}</b> })
    };
    view! {
        <Show when=shown>
            <div class="bar" role="region" aria-label="Staged changes">
                <p class="sum">
                    <b class="plus">{move || signed('+', summary.get().grants)}</b>
                    <b class="minus">{move || signed('−', summary.get().revocations)}</b>
                    <span>{move || spread(summary.get())}</span>
                    {move || wholes().map(|text| view! { <span>{text}</span> })}
                    {decide}
                </p>
                <IconButton icon="undo-2" label="Undo (Ctrl Z)" on_press=undo/>
                <IconButton icon="redo-2" label="Redo (Ctrl Shift Z)" on_press=redo/>
                <Button
                    look=Look::Quiet
                    disabled=Signal::derive(move || told.with(|told| told.is_applying))
                    on_press=move || desk.discard()
                >
                    "Discard"
                </Button>
                <Button
                    look=Look::Primary
                    kbd="Ctrl ↵"
                    busy=Signal::derive(move || told.with(|told| told.is_applying))
                    on_press=move || {
                        desk.review();
                    }
                >
                    "Review and apply"
                </Button>
            </div>
            <div class="room"></div>
        </Show>
    }
    .into_any()
}
