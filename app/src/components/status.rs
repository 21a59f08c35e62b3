use leptos::prelude::*;

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
) -> impl IntoView {
    view! { <span class=move || state.get().class()>{move || text.get()}</span> }.into_any()
}
