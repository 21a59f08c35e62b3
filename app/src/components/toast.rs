use leptos::prelude::*;

use super::{Button, Icon, IconButton, Look};
use crate::browser;

/// How long a toast stays, in milliseconds, and how much longer while it is looked at.
const STAYS: u32 = 6_000;
const STAYS_LONGER: u32 = 12_000;
const STAYS_ON: u32 = 3_000;

/// More than these are too many to read.
const AT_ONCE: usize = 3;

#[derive(Clone)]
struct Toast {
    id: u32,
    text: String,
    failed: bool,
    /// What its button says and does.
    undo: Option<(&'static str, Callback<()>)>,
}

/// What was done, said in the corner. Only for what is done, and never the only place for it.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    last_id: StoredValue<u32>,
    /// Whether a pointer or the focus is on them, so that they stay.
    held: RwSignal<bool>,
}

impl Toasts {
    /// Makes them reachable below. The shell does it.
    pub fn provide() -> Self {
        let toasts = Self {
            shown: RwSignal::new(Vec::new()),
            last_id: StoredValue::new(0),
            held: RwSignal::new(false),
        };
        provide_context(toasts);
        toasts
    }

    /// The toasts of this page.
    ///
    /// # Panics
    /// Outside of the shell.
    pub fn expect() -> Self {
        expect_context()
    }

    pub fn done(self, text: impl Into<String>) {
        self.show(text.into(), false, None);
    }

    /// Says that something was not undone: the one thing that can fail where nothing else is left to say it.
    pub fn not_undone(self, why: &str) {
        self.show(format!("Not undone: {why}"), true, None);
    }

    /// Says what was done, with a button that undoes it.
    pub fn undoable(self, text: impl Into<String>, undo: impl Into<Callback<()>>) {
        self.reversible(text, "Undo", undo);
    }

    /// The same with another word for it.
    pub fn reversible(
        self,
        text: impl Into<String>,
        label: &'static str,
        undo: impl Into<Callback<()>>,
    ) {
        self.show(text.into(), false, Some((label, undo.into())));
    }

    fn show(self, text: String, failed: bool, undo: Option<(&'static str, Callback<()>)>) {
        let id = self.last_id.try_update_value(|id| {
            *id += 1;
            *id
        });
        let Some(id) = id else { return };
        self.shown.try_update(|shown| {
            shown.push(Toast {
                id,
                text,
                failed,
                undo,
            });
            let over = shown.len().saturating_sub(AT_ONCE);
            shown.drain(..over);
        });
        self.leave_after(
            if undo.is_some() || failed {
                STAYS_LONGER
            } else {
                STAYS
            },
            id,
        );
    }

    fn leave_after(self, millis: u32, id: u32) {
        browser::after(millis, move || {
            if self.held.try_get_untracked().unwrap_or(false) {
                self.leave_after(STAYS_ON, id);
            } else {
                self.dismiss(id);
            }
        });
    }

    fn dismiss(self, id: u32) {
        self.shown
            .try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Where the toasts appear; read out as they come. Once, in the shell.
#[component]
pub fn ToastRegion(toasts: Toasts) -> impl IntoView {
    let hold = move |on: bool| toasts.held.set(on);
    let one = move |Toast {
                        id,
                        text,
                        failed,
                        undo,
                    }: Toast| {
        let undo = undo.map(|(label, undo)| {
            let press = move || {
                toasts.dismiss(id);
                undo.try_run(());
            };
            view! { <Button look=Look::Plain small=true on_press=press>{label}</Button> }
        });
        view! {
            <div class="toast" class:bad=failed>
                <Icon name=if failed { "circle-alert" } else { "circle-check" }/>
                // A name that is written from the right to the left does not turn the sentence around it.
                <bdi dir="ltr">{text}</bdi>
                {undo}
                <IconButton icon="x" label="Dismiss" on_press=move || toasts.dismiss(id)/>
            </div>
        }
    };
    view! {
        <div
            class="toasts"
            role="status"
            on:pointerenter=move |_| hold(true)
            on:pointerleave=move |_| hold(false)
            on:focusin=move |_| hold(true)
            on:focusout=move |_| hold(false)
        >
            <For each=move || toasts.shown.get() key=|toast| toast.id children=one/>
        </div>
    }
    .into_any()
}
