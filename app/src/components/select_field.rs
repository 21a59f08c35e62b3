use leptos::prelude::*;

/// One of many, with its label. A browser's own list: it is searched by typing, and needs no script.
#[component]
pub fn SelectField(
    /// The name it has in the form. Its id is `field-NAME`.
    name: &'static str,
    label: &'static str,
    /// Beside the label: "optional".
    #[prop(optional)]
    note: Option<&'static str>,
    /// What it says where nothing is chosen.
    blank: &'static str,
    /// The value and the name of each.
    options: Vec<(String, String)>,
    /// The value of the one that is chosen; one that is not among the options is offered as it is.
    #[prop(into)]
    chosen: String,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let id = format!("field-{name}");
    let unlisted = !chosen.is_empty() && options.iter().all(|(value, _)| *value != chosen);
    let unlisted = unlisted.then(|| (chosen.clone(), chosen.clone()));
    let options = unlisted.into_iter().chain(options).map(|(value, name)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{name}</option> }
    });
    view! {
        <div class="field">
            <label for=id.clone()>
                {label}
                {note.map(|note| view! { " " <span class="note">{note}</span> })}
            </label>
            <div class="box">
                <select id=id name=name required=required>
                    <option value="">{blank}</option>
                    {options.collect_view()}
                </select>
            </div>
        </div>
    }
    .into_any()
}
