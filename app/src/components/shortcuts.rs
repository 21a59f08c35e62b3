use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::{Checkbox, Dialog, Dismiss};
use crate::browser;

/// How long after `g` the second key counts, in milliseconds.
const SEQUENCE_MS: f64 = 1_200.0;

/// Where the switch for the keys is remembered in this browser.
const PREFERENCE: &str = "keyrack.shortcuts";

/// The keys and what they do, for the help.
const KEYS: [(&str, &str); 11] = [
    ("Ctrl K", "Find or do anything"),
    ("g k", "Keys"),
    ("g a", "Access"),
    ("g w", "Workspaces"),
    ("g p", "People"),
    ("g l", "Audit log"),
    ("g r", "API reference"),
    ("g s", "Settings"),
    ("c", "Issue a key"),
    ("/", "Search this page"),
    ("?", "This help"),
];

/// The keys of the matrix, while the focus is on one of its cells.
const MATRIX_KEYS: [(&str, &str); 12] = [
    ("Space", "Turn over what is selected"),
    ("g", "Grant it"),
    ("r", "Revoke it"),
    ("Shift ←↑↓→", "Select more"),
    ("Ctrl Space", "Select the column; with Shift, the row"),
    ("a", "All workspaces"),
    ("i", "Why, and by whom"),
    ("p", "Pin the row; with Shift, the column"),
    ("Ctrl C", "Copy what the row reaches"),
    ("Ctrl V", "Make the selected rows reach the same"),
    ("Ctrl Z", "Undo; with Shift, redo"),
    ("Ctrl ↵", "Review and apply"),
];

/// What the filter above the matrix understands besides a part of a name.
const FILTER: [(&str, &str); 6] = [
    ("ci@prod", "Keys like “ci” in workspaces like “prod”"),
    ("is:staged", "With changes that are not applied"),
    ("is:all", "Reaching all workspaces"),
    ("is:idle", "Long without use"),
    ("is:unused", "With grants long without use"),
    ("label:env=prod", "With a label"),
];

/// What a key press asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    Go(&'static str),
    Search,
    Help,
    /// `g` was pressed: the next key says where to.
    Wait,
    Nothing,
}

fn ask(key: &str, after_g: bool) -> Ask {
    match (key, after_g) {
        ("k", true) => Ask::Go("/keys"),
        ("a", true) => Ask::Go("/access"),
        ("w", true) => Ask::Go("/workspaces"),
        ("p", true) => Ask::Go("/people"),
        ("l", true) => Ask::Go("/audit"),
        ("r", true) => Ask::Go("/reference"),
        ("s", true) => Ask::Go("/settings"),
        ("c", false) => Ask::Go("/keys/new"),
        ("/", false) => Ask::Search,
        ("?", _) => Ask::Help,
        ("g", _) => Ask::Wait,
        _ => Ask::Nothing,
    }
}

/// The keys that work everywhere, and their help. They rest while a person types or a dialog is open,
/// and can be switched off, as single letters collide with speech input.
#[component]
pub fn Shortcuts(
    help: RwSignal<bool>,
    /// Shows the command palette.
    find: Callback<()>,
) -> impl IntoView {
    let on = RwSignal::new(true);
    let waiting_since = StoredValue::new(None::<f64>);
    let navigate = use_navigate();

    let press = move |event: KeyboardEvent| {
        // Not a single letter, so it works while a person types, and cannot be switched off.
        let finds = (event.ctrl_key() || event.meta_key()) && event.key() == "k";
        if finds && !browser::modal_is_open() {
            event.prevent_default();
            find.run(());
            return;
        }
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified
            || event.default_prevented()
            || browser::is_typing(&event)
            || browser::modal_is_open()
        {
            return;
        }
        let now = event.time_stamp();
        let after_g = waiting_since
            .get_value()
            .is_some_and(|since| now - since < SEQUENCE_MS);
        waiting_since.set_value(None);
        let wanted = ask(&event.key(), after_g);
        // The help stays in reach: there the keys are switched on again.
        if !on.get_untracked() && wanted != Ask::Help {
            return;
        }
        match wanted {
            Ask::Go(path) => {
                event.prevent_default();
                navigate(path, NavigateOptions::default());
            }
            Ask::Search if browser::focus_search() => event.prevent_default(),
            Ask::Help => {
                event.prevent_default();
                help.set(true);
            }
            Ask::Wait => waiting_since.set_value(Some(now)),
            Ask::Search | Ask::Nothing => {}
        }
    };
    Effect::new(move |known: Option<bool>| {
        if known.is_none() {
            on.set(!browser::is_switched_off(PREFERENCE));
        } else {
            browser::switch(PREFERENCE, on.get());
        }
        on.track();
        true
    });
    // Inside the effect, which only a browser runs: on the server a page may end on another thread
    // than it began on, where nothing of the browser's may be touched.
    Effect::new(move || {
        let listener = window_event_listener(leptos::ev::keydown, press.clone());
        on_cleanup(move || listener.remove());
    });

    let lines = |keys: &'static [(&'static str, &'static str)]| {
        let line = |(keys, what): &(&'static str, &'static str)| {
            view! { <dt><kbd>{*keys}</kbd></dt><dd>{*what}</dd> }
        };
        keys.iter().map(line).collect_view()
    };
    view! {
        <Show when=move || help.get()>
            <Dialog id="help" title="Keyboard shortcuts" help=true dismiss=Dismiss::Anywhere on_close=move || help.set(false)>
                <div class="beside">
                    <dl>{lines(&KEYS)}</dl>
                    <div>
                        <h2>"In the access matrix"</h2>
                        <dl>{lines(&MATRIX_KEYS)}</dl>
                    </div>
                    <div>
                        <h2>"In its filter"</h2>
                        <dl>{lines(&FILTER)}</dl>
                    </div>
                </div>
                <p class="hint">"On a Mac, ⌘ does what Ctrl does."</p>
                <form method="dialog" class="dialog-foot">
                    <Checkbox name="shortcuts" label="Single-key shortcuts" checked=on/>
                    <button class="btn end">"Close"</button>
                </form>
            </Dialog>
        </Show>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_alone_is_not_a_sequence() {
        assert_eq!(ask("k", true), Ask::Go("/keys"));
        assert_eq!(ask("k", false), Ask::Nothing);
        assert_eq!(ask("c", false), Ask::Go("/keys/new"));
        assert_eq!(ask("c", true), Ask::Nothing);
        assert_eq!(ask("g", true), Ask::Wait);
    }
}
