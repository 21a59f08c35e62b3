use leptos::ev::{Event, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;

use crate::browser::{self, Focus};

/// How a person may leave a dialog without answering it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dismiss {
    /// By Escape and by a press outside; for what holds nothing that could be lost.
    Anywhere,
    /// By Escape.
    #[default]
    Escape,
    /// Only by its own buttons.
    Never,
}

impl Dismiss {
    const fn closed_by(self) -> &'static str {
        match self {
            Self::Anywhere => "any",
            Self::Escape => "closerequest",
            Self::Never => "none",
        }
    }
}

/// A question or an answer over the page: a native modal `<dialog>`. Render it when it is needed, or
/// keep it and drive `open`. The focus goes back where it was.
///
/// The server renders it open and not modal, so that it is there without scripting; the look is the
/// same.
#[component]
pub fn Dialog(
    /// Names the parts for assistive technology: the heading is `ID-title`.
    id: &'static str,
    #[prop(into)] title: Signal<String>,
    #[prop(default = Signal::stored(true), into)] open: Signal<bool>,
    #[prop(optional)] dismiss: Dismiss,
    /// Called when the person has left it.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
    #[prop(optional)] narrow: bool,
    /// For what has columns.
    #[prop(optional)]
    wide: bool,
    #[prop(optional)] help: bool,
    children: Children,
) -> impl IntoView {
    let class = match (narrow, wide, help) {
        (_, _, true) => "dialog narrow help",
        (true, ..) => "dialog narrow",
        (_, true, _) => "dialog wide",
        _ => "dialog",
    };
    modal(
        Frame {
            id,
            class,
            open,
            dismiss,
            on_close,
        },
        move || {
            view! {
                <h1 id=format!("{id}-title")><bdi>{move || title.get()}</bdi></h1>
                {children()}
            }
            .into_any()
        },
    )
}

/// What dialogs and drawers have in common.
pub(super) struct Frame {
    pub(super) id: &'static str,
    pub(super) class: &'static str,
    pub(super) open: Signal<bool>,
    pub(super) dismiss: Dismiss,
    pub(super) on_close: Option<Callback<()>>,
}

pub(super) fn modal(frame: Frame, content: impl FnOnce() -> AnyView) -> AnyView {
    let Frame {
        id,
        class,
        open,
        dismiss,
        on_close,
    } = frame;
    let dialog = NodeRef::<html::Dialog>::new();
    let came_from = StoredValue::new(None::<Focus>);
    let give_back = move || {
        if let Some(Some(focus)) = came_from.try_update_value(Option::take) {
            focus.give_back();
        }
    };
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if open.get() {
            came_from.set_value(Some(Focus::remember()));
            browser::show_modal(&dialog);
        } else if dialog.open() {
            dialog.close();
        }
    });
    // Taken off the page while it was open: until it is gone, nothing below it can have the focus.
    on_cleanup(move || {
        if let Some(Some(focus)) = came_from.try_update_value(Option::take) {
            browser::after(0, move || focus.give_back());
        }
    });

    let closed = move |_| {
        // The event comes late; by then the dialog may be open again.
        if dialog.get_untracked().is_some_and(|dialog| dialog.open()) {
            return;
        }
        give_back();
        if let Some(on_close) = on_close.filter(|_| open.try_get_untracked() == Some(true)) {
            on_close.try_run(());
        }
    };
    // A browser lets a second Escape through even when `cancel` was prevented; so the key is, too.
    let hold = move |event: KeyboardEvent| {
        if dismiss == Dismiss::Never && event.key() == "Escape" {
            event.prevent_default();
        }
    };
    let refuse = move |event: Event| {
        if dismiss == Dismiss::Never {
            event.prevent_default();
        }
    };
    view! {
        <dialog
            node_ref=dialog
            id=id
            class=class
            open=open.get_untracked()
            closedby=dismiss.closed_by()
            aria-labelledby=format!("{id}-title")
            on:keydown=hold
            on:cancel=refuse
            on:close=closed
        >
            {content()}
        </dialog>
    }
    .into_any()
}
