use leptos::html::Input;
use leptos::prelude::*;

use super::Icon;
use super::field::keep_in_step;

/// The search of a page; `/` leads to it. Without scripting it is a field of the form around it.
#[component]
pub fn SearchField(
    name: &'static str,
    /// What is searched, for a screen reader: "Search keys".
    label: &'static str,
    placeholder: &'static str,
    value: RwSignal<String>,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    keep_in_step(input, value);
    view! {
        <div class="box search" role="search">
            <Icon name="search"/>
            <input
                node_ref=input
                type="search"
                name=name
                aria-label=label
                placeholder=placeholder
                value=value.get_untracked()
                dir="auto"
                autocomplete="off"
                spellcheck="false"
                data-search
                on:input:target=move |event| value.set(event.target().value())
            />
            <kbd aria-hidden="true">"/"</kbd>
        </div>
    }
    .into_any()
}
