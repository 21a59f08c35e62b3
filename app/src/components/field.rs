use leptos::html::{Input, Textarea};
use leptos::prelude::*;

use super::Icon;
use crate::browser;

/// What a field says about itself, and the ids by which its input points there.
#[derive(Clone)]
pub(super) struct Words {
    pub(super) id: String,
    hint: Option<String>,
    error: MaybeProp<String>,
}

impl Words {
    pub(super) fn new(
        id: Option<String>,
        name: &str,
        hint: Option<String>,
        error: MaybeProp<String>,
    ) -> Self {
        Self {
            id: id.unwrap_or_else(|| format!("field-{name}")),
            hint,
            error,
        }
    }

    pub(super) fn described_by(&self) -> impl Fn() -> Option<String> + Send + Sync + Clone + use<> {
        let words = self.clone();
        move || {
            let error = words
                .error
                .with(Option::is_some)
                .then(|| format!("{}-error", words.id));
            let hint = words.hint.is_some().then(|| format!("{}-hint", words.id));
            let ids: Vec<String> = [error, hint].into_iter().flatten().collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    }

    pub(super) fn invalid(&self) -> impl Fn() -> Option<&'static str> + Send + Sync + use<> {
        let error = self.error;
        move || error.with(Option::is_some).then_some("true")
    }

    /// The lines under the input: the error where it was caused, then the hint.
    pub(super) fn below(self) -> impl IntoView {
        let Self { id, hint, error } = self;
        let error_id = format!("{id}-error");
        view! {
            {move || {
                error.get().map(|text| view! {
                    <p class="error" id=error_id.clone()><Icon name="circle-alert"/><span>{text}</span></p>
                })
            }}
            {hint.map(|text| view! { <p class="hint" id=format!("{id}-hint")>{text}</p> })}
        }
    }
}

/// The label with what is said beside it.
pub(super) fn label(id: String, label: String, note: Option<String>) -> impl IntoView {
    view! {
        <label for=id>
            {label}
            {note.map(|note| view! { " " <span class="note">{note}</span> })}
        </label>
    }
}

/// Keeps an input and its signal in step without ever undoing what was typed before the page woke up.
pub(super) fn keep_in_step(input: NodeRef<Input>, value: RwSignal<String>) {
    Effect::new(move |awake: Option<bool>| {
        let wanted = value.get();
        let Some(input) = input.get() else {
            return false;
        };
        if input.value() != wanted {
            if awake == Some(true) {
                input.set_value(&wanted);
            } else {
                value.set(input.value());
            }
        }
        true
    });
}

/// Whether what is rendered now came from the server, so that the browser has seen to its focus.
fn is_hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|context| context.during_hydration())
}

/// Focuses an input once it stands on the page. A browser heeds `autofocus` only as a page loads and as
/// a dialog opens, not in what comes into them later.
fn focus_when_there(input: NodeRef<Input>) {
    Effect::new(move || {
        if let Some(input) = input.get() {
            browser::after(0, move || browser::focus(&input));
        }
    });
}

/// One line of text with its label, hint and error.
#[component]
pub fn TextField(
    /// The name it has in the form. Its id is `field-NAME` unless `id` says otherwise.
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    /// Beside the label: "optional, shown to every admin".
    #[prop(optional, into)]
    note: Option<String>,
    /// Below the input.
    #[prop(optional, into)]
    hint: Option<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    /// `text`, `email`, `date`, …
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] maxlength: Option<u32>,
    /// Large and monospaced, for a code that is typed off another screen.
    #[prop(optional)]
    code: bool,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let words = Words::new(id, name, hint, error);
    let input = NodeRef::<Input>::new();
    keep_in_step(input, value);
    if autofocus && !is_hydrating() {
        focus_when_there(input);
    }
    view! {
        <div class="field">
            {self::label(words.id.clone(), label, note)}
            <div class="box" class:large=code>
                <input
                    node_ref=input
                    id=words.id.clone()
                    name=name
                    type=kind
                    dir="auto"
                    value=value.get_untracked()
                    placeholder=placeholder
                    autocomplete=autocomplete
                    autocapitalize="off"
                    spellcheck="false"
                    required=required
                    autofocus=autofocus
                    maxlength=maxlength.map(|n| n.to_string())
                    aria-invalid=words.invalid()
                    aria-describedby=words.described_by()
                    on:input:target=move |event| value.set(event.target().value())
                />
            </div>
            {words.below()}
        </div>
    }
    .into_any()
}

/// Several lines of text with their label, hint and error.
#[component]
pub fn TextArea(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional, into)] note: Option<String>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(default = 3)] rows: u32,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let words = Words::new(id, name, hint, error);
    let area = NodeRef::<Textarea>::new();
    Effect::new(move |awake: Option<bool>| {
        let wanted = value.get();
        let Some(area) = area.get() else { return false };
        if area.value() != wanted {
            if awake == Some(true) {
                area.set_value(&wanted);
            } else {
                value.set(area.value());
            }
        }
        true
    });
    view! {
        <div class="field">
            {self::label(words.id.clone(), label, note)}
            <div class="box">
                // Not as a child: those of a textarea are written into the page as they are.
                <textarea
                    node_ref=area
                    id=words.id.clone()
                    name=name
                    rows=rows.to_string()
                    dir="auto"
                    aria-invalid=words.invalid()
                    aria-describedby=words.described_by()
                    inner_html=escape(&value.get_untracked())
                    on:input:target=move |event| value.set(event.target().value())
                ></textarea>
            </div>
            {words.below()}
        </div>
    }
    .into_any()
}

/// Text as the inside of a `<textarea>`, where only these two characters mean anything.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_textarea_cannot_be_closed_by_what_it_holds() {
        assert_eq!(
            escape("</textarea><script>&lt;"),
            "&lt;/textarea>&lt;script>&amp;lt;"
        );
    }
}
