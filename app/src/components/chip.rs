use leptos::html::Input;
use leptos::prelude::*;

use super::Icon;
use super::checkbox::keep_ticked;

/// A word about a thing: a permission, a label, "system".
#[component]
pub fn Chip(
    #[prop(into)] text: String,
    #[prop(optional)] mono: bool,
    #[prop(optional)] small: bool,
) -> impl IntoView {
    view! { <span class="chip" class:mono=mono class:small=small><bdi>{text}</bdi></span> }
        .into_any()
}

/// A view of a list, with the number of things in it.
#[component]
pub fn ChipLink(
    #[prop(into)] href: Signal<String>,
    #[prop(into)] text: String,
    #[prop(optional, into)] count: MaybeProp<u64>,
    /// Whether this is the view on the screen.
    #[prop(into)]
    current: Signal<bool>,
) -> impl IntoView {
    view! {
        <a class="chip" href=move || href.get() aria-current=move || current.get().then_some("true")>
            {text}
            {move || count.get().map(|count| view! { <b>{count}</b> })}
        </a>
    }
    .into_any()
}

/// A thing to choose among several: a checkbox in the shape of a chip.
#[component]
pub fn ChipCheck(
    name: &'static str,
    #[prop(into)] value: String,
    #[prop(into)] label: String,
    checked: RwSignal<bool>,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    keep_ticked(input, checked);
    view! {
        <label class="chip">
            <input
                node_ref=input
                class="vh"
                type="checkbox"
                name=name
                value=value
                checked=checked.get_untracked()
                on:change:target=move |event| checked.set(event.target().checked())
            />
            <Icon name="plus" class="when-off"/>
            <Icon name="check" class="when-on"/>
            <bdi>{label}</bdi>
        </label>
    }
    .into_any()
}
