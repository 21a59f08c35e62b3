use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

/// Tabs over panels of which one shows. Arrows move between them. Without scripting the tabs are not
/// shown and all panels are.
#[component]
pub fn Tabs(
    /// Names the parts: the panel of `key` is `ID-KEY`.
    id: &'static str,
    label: &'static str,
    /// The key of each tab and its name.
    tabs: Vec<(&'static str, &'static str)>,
    selected: RwSignal<&'static str>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    let keys: Vec<&'static str> = tabs.iter().map(|(key, _)| *key).collect();
    let turn = move |event: KeyboardEvent| {
        let at = keys
            .iter()
            .position(|key| *key == selected.get_untracked())
            .unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (at + 1) % keys.len(),
            "ArrowLeft" => (at + keys.len() - 1) % keys.len(),
            "Home" => 0,
            "End" => keys.len() - 1,
            _ => return,
        };
        event.prevent_default();
        selected.set(keys[next]);
        let button = list.get_untracked().and_then(|list| {
            list.query_selector(&format!("#{id}-{}-tab", keys[next]))
                .ok()
                .flatten()
        });
        if let Some(button) = button {
            crate::browser::focus(&button);
        }
    };
    let buttons = tabs.into_iter().map(|(key, name)| {
        let is_selected = move || selected.get() == key;
        view! {
            <button
                type="button"
                role="tab"
                id=format!("{id}-{key}-tab")
                aria-controls=format!("{id}-{key}")
                aria-selected=move || if is_selected() { "true" } else { "false" }
                tabindex=move || if is_selected() { "0" } else { "-1" }
                on:click=move |_| selected.set(key)
            >
                {name}
            </button>
        }
    });
    view! {
        <div class="tabs needs-script" role="tablist" aria-label=label node_ref=list on:keydown=turn>
            {buttons.collect_view()}
        </div>
    }
    .into_any()
}

/// What one tab shows.
#[component]
pub fn TabPanel(
    id: &'static str,
    key: &'static str,
    selected: RwSignal<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <div
            role="tabpanel"
            class="tabpanel"
            id=format!("{id}-{key}")
            aria-labelledby=format!("{id}-{key}-tab")
            hidden=move || selected.get() != key
        >
            {children()}
        </div>
    }
    .into_any()
}
