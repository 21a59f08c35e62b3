use contract::Timestamp;
use leptos::prelude::*;

use super::when::Left;

/// What a mark stands for; each has its own shape, so that colour is never alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A disc: it works.
    Active,
    /// A ring: switched off by somebody.
    Off,
    /// A diamond: works, and wants a look.
    Warn,
    /// A square: refused from now on.
    Bad,
}

impl State {
    const fn class(self) -> &'static str {
        match self {
            Self::Active => "status",
            Self::Off => "status off",
            Self::Warn => "status warn",
            Self::Bad => "status bad",
        }
    }
}

/// A state in a word, with its mark.
#[component]
pub fn Status(
    #[prop(into)] state: Signal<State>,
    #[prop(into)] text: Signal<String>,
    /// Until when it is so, where it ends by itself: "In grace, 5 h left".
    #[prop(optional, into)]
    until: Signal<Option<Timestamp>>,
) -> impl IntoView {
    let left = move || until.get().map(|at| view! { ", " <Left at/> });
    // The word and what follows are one line of text beside the mark.
    view! { <span class=move || state.get().class()><span>{move || text.get()}{left}</span></span> }
        .into_any()
}
