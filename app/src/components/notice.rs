use leptos::prelude::*;

use super::Icon;

/// What a notice is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Warn,
    Info,
    Good,
    Bad,
}

impl Tone {
    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Warn => ("notice", "triangle-alert"),
            Self::Info => ("notice info", "info"),
            Self::Good => ("notice good", "circle-check"),
            Self::Bad => ("notice bad", "circle-alert"),
        }
    }
}

/// A line above what it concerns: something to attend to, or why a form was refused as a whole.
#[component]
pub fn Notice(
    #[prop(optional)] tone: Tone,
    /// Read out at once; for what the person has just caused.
    #[prop(optional)]
    alert: bool,
    children: Children,
) -> impl IntoView {
    let (class, icon) = tone.parts();
    view! {
        <div class=class role=alert.then_some("alert")>
            <Icon name=icon/>
            <div class="text">{children()}</div>
        </div>
    }
    .into_any()
}

/// Why a form was refused as a whole, once it was.
#[component]
pub fn Refusal(text: Signal<Option<String>>) -> impl IntoView {
    move || {
        text.get()
            .map(|text| view! { <Notice tone=Tone::Bad alert=true>{text}</Notice> })
    }
}
