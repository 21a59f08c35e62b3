use leptos::prelude::*;

/// A text with suggestions, of which none has to be taken. A browser's own list: it needs no script.
#[component]
pub fn SuggestField(
    /// The name it has in the form. Its id is `field-NAME`.
    name: &'static str,
    label: &'static str,
    /// Beside the label: "optional".
    #[prop(optional)]
    note: Option<&'static str>,
    #[prop(into)] placeholder: String,
    suggestions: Vec<String>,
    #[prop(into)] value: String,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let (id, list) = (format!("field-{name}"), format!("suggestions-{name}"));
    let suggestions = suggestions
        .into_iter()
        .map(|one| view! { <option value=one></option> });
    view! {
        <div class="field">
            {super::field::label(id.clone(), label.to_owned(), note.map(str::to_owned))}
            <div class="box">
                <input
                    id=id
                    name=name
                    type="text"
                    dir="auto"
                    list=list.clone()
                    value=value
                    placeholder=placeholder
                    required=required
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                />
            </div>
            <datalist id=list>{suggestions.collect_view()}</datalist>
        </div>
    }
    .into_any()
}
