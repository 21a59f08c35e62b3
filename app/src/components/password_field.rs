use leptos::html::Input;
use leptos::prelude::*;

use super::Icon;
use super::field::{Words, keep_in_step, label as label_view};

/// A password, with a button that shows what was typed. Its value is never written into a page.
#[component]
pub fn PasswordField(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    /// `current-password` or `new-password`, so that a password manager knows what to do.
    autocomplete: &'static str,
    #[prop(optional, into)] note: Option<String>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let words = Words::new(id, name, hint, error);
    let shown = RwSignal::new(false);
    let input = NodeRef::<Input>::new();
    keep_in_step(input, value);
    view! {
        <div class="field">
            {label_view(words.id.clone(), label, note)}
            <div class="box">
                <input
                    node_ref=input
                    id=words.id.clone()
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    autocapitalize="off"
                    spellcheck="false"
                    required=true
                    aria-invalid=words.invalid()
                    aria-describedby=words.described_by()
                    on:input:target=move |event| value.set(event.target().value())
                />
                <button
                    type="button"
                    class="icon-btn needs-script"
                    aria-label="Show password"
                    aria-controls=words.id.clone()
                    aria-pressed=move || if shown.get() { "true" } else { "false" }
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { view! { <Icon name="eye-off"/> } } else { view! { <Icon name="eye"/> } }}
                </button>
            </div>
            {words.below()}
        </div>
    }
    .into_any()
}
