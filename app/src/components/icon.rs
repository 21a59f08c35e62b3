use leptos::prelude::*;

/// An icon of the sprite that the page carries once: a name from `style/icons.txt`.
/// It says nothing to a screen reader; the words stand beside it.
#[component]
pub fn Icon(name: &'static str, #[prop(optional)] class: &'static str) -> impl IntoView {
    view! {
        <svg class=format!("i {class}") aria-hidden="true">
            <use_ href=format!("#i-{name}")></use_>
        </svg>
    }
    .into_any()
}
