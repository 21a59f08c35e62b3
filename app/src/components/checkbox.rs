use leptos::html::Input;
use leptos::prelude::*;

use super::field::Words;

/// A tick with its sentence, and below them why it was refused.
#[component]
pub fn Checkbox(
    name: &'static str,
    /// What the form sends when it is ticked.
    #[prop(default = "on".to_owned(), into)]
    value: String,
    #[prop(into)] label: Signal<String>,
    checked: RwSignal<bool>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] error: MaybeProp<String>,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    keep_ticked(input, checked);
    // The hint is a part of the label.
    let words = Words::new(None, name, None, error);
    view! {
        <label class="check">
            <input
                node_ref=input
                type="checkbox"
                name=name
                value=value
                checked=checked.get_untracked()
                disabled=move || disabled.get()
                aria-invalid=words.invalid()
                aria-describedby=words.described_by()
                on:change:target=move |event| checked.set(event.target().checked())
            />
            <span>
                <bdi>{move || label.get()}</bdi>
                {hint.map(|hint| view! { <span class="hint">{hint}</span> })}
            </span>
        </label>
        {words.below()}
    }
    .into_any()
}

/// Keeps a tick and its signal in step; what was ticked before the page woke up stands.
pub(super) fn keep_ticked(input: NodeRef<Input>, checked: RwSignal<bool>) {
    Effect::new(move |awake: Option<bool>| {
        let wanted = checked.get();
        let Some(input) = input.get() else {
            return false;
        };
        if input.checked() != wanted {
            if awake == Some(true) {
                input.set_checked(wanted);
            } else {
                checked.set(input.checked());
            }
        }
        true
    });
}
