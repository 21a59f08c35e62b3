use leptos::html::Input;
use leptos::prelude::*;

/// A few choices of which one holds: radios that look like one control, and are radios.
#[component]
pub fn Segmented(
    /// The name in the form.
    name: String,
    /// What is chosen. Said to a screen reader; shown by the page, or by `show_legend`.
    #[prop(into)]
    legend: String,
    /// The value of each choice and its label.
    options: Vec<(&'static str, &'static str)>,
    value: RwSignal<String>,
    #[prop(optional)] small: bool,
    #[prop(optional)] show_legend: bool,
    /// Values that cannot be chosen here, because the person holds less.
    #[prop(optional)]
    locked: Vec<&'static str>,
) -> impl IntoView {
    let choices = options.into_iter().map(|(option, label)| {
        let radio = NodeRef::<Input>::new();
        keep_chosen(radio, option, value);
        view! {
            <label>
                <input
                    node_ref=radio
                    type="radio"
                    name=name.clone()
                    value=option
                    checked=value.get_untracked() == option
                    disabled=locked.contains(&option)
                    on:change=move |_| value.set(option.to_owned())
                />
                {label}
            </label>
        }
    });
    view! {
        <fieldset class="field">
            <legend class:vh=!show_legend>{legend}</legend>
            <div class="segmented" class:small=small>{choices.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

/// Keeps a radio and the signal in step; what was chosen before the page woke up stands.
fn keep_chosen(radio: NodeRef<Input>, option: &'static str, value: RwSignal<String>) {
    Effect::new(move |awake: Option<bool>| {
        let wanted = value.with(|value| value == option);
        let Some(radio) = radio.get() else {
            return false;
        };
        if awake == Some(true) {
            radio.set_checked(wanted);
        } else if radio.checked() && !wanted {
            value.set(option.to_owned());
        }
        true
    });
}
