use leptos::prelude::*;

use super::Icon;
use super::dialog::{Dismiss, Frame, modal};

/// A panel over the right edge for a longer form. Escape and its cross close it; a press outside does
/// not, as that would lose what was typed.
///
/// Give the first field `autofocus=true`, or the focus starts on the cross.
///
/// Children: a `<form class="drawer-form">` with a `.drawer-body`, which scrolls, and a `.drawer-foot`.
#[component]
pub fn Drawer(
    id: &'static str,
    #[prop(into)] title: Signal<String>,
    #[prop(default = Signal::stored(true), into)] open: Signal<bool>,
    /// Where the cross leads; the page without the drawer.
    #[prop(into)]
    close_href: Signal<String>,
    /// Called when Escape has closed it: go to `close_href`.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    modal(
        Frame {
            id,
            class: "drawer",
            open,
            dismiss: Dismiss::Escape,
            on_close,
        },
        move || {
            view! {
            <div class="drawer-head">
                <h1 id=format!("{id}-title")><bdi>{move || title.get()}</bdi></h1>
                <a class="icon-btn" href=move || close_href.get() aria-label="Close"><Icon name="x"/></a>
            </div>
            {children()}
        }
        .into_any()
        },
    )
}
