//! Which keys of the list are chosen, and what can be done to them together. A plain form: without
//! scripting its boxes and buttons do the same.

use std::collections::BTreeSet;

use contract::ApiKeyId;
use contract::console::KeysQuery;
use contract::request::ChangeKind;
use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::html::Input;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::browser;
use crate::components::{Button, Look, SubmitButton};
use crate::pages::search::address;
use crate::wording::counted;

/// The id of the form that the boxes belong to.
const FORM: &str = "together";

/// The keys that are chosen: some of those on the page, or all that the list holds on all its pages.
#[derive(Clone, Copy)]
pub(crate) struct Selection {
    ids: RwSignal<BTreeSet<ApiKeyId>>,
    all: RwSignal<bool>,
    /// The keys of the page in their order.
    shown: StoredValue<Vec<ApiKeyId>>,
    /// The row that was clicked last.
    anchor: StoredValue<Option<usize>>,
}

impl Selection {
    pub(super) fn provide() -> Self {
        let selection = Self {
            ids: RwSignal::default(),
            all: RwSignal::default(),
            shown: StoredValue::default(),
            anchor: StoredValue::default(),
        };
        provide_context(selection);
        selection
    }

    /// Another page of the list: what is not on it is not chosen any more.
    pub(super) fn show(self, shown: Vec<ApiKeyId>) {
        let gone = |ids: &BTreeSet<ApiKeyId>| ids.iter().any(|id| !shown.contains(id));
        if self.ids.with_untracked(gone) {
            self.ids.update(|ids| ids.retain(|id| shown.contains(id)));
        }
        self.anchor.set_value(None);
        self.shown.set_value(shown);
    }

    pub(crate) fn clear(self) {
        self.ids.try_update(BTreeSet::clear);
        self.all.try_set(false);
    }

    fn is_empty(self) -> bool {
        !self.all.get() && self.ids.with(BTreeSet::is_empty)
    }

    /// Chooses the key in this row or not, and with it all from the row that was clicked before.
    fn set(self, row: usize, to_anchor: bool, on: bool) {
        let from = self.anchor.get_value().filter(|_| to_anchor).unwrap_or(row);
        self.anchor.set_value(Some(row));
        let rows = self.shown.get_value();
        let between = rows.into_iter().enumerate();
        let between = between.filter(|(at, _)| (from.min(row)..=from.max(row)).contains(at));
        self.ids.update(|ids| {
            for (_, id) in between {
                if on {
                    ids.insert(id);
                } else {
                    ids.remove(&id);
                }
            }
        });
    }

    fn set_page(self, on: bool) {
        let shown = self.shown.get_value();
        self.ids.set(if on {
            shown.into_iter().collect()
        } else {
            BTreeSet::new()
        });
    }
}

/// The box of a row. With Shift it takes the rows since the last one along.
#[component]
pub(super) fn Pick(row: usize, key: ApiKeyId, name: String) -> impl IntoView {
    let selection = expect_context::<Selection>();
    let input = NodeRef::<Input>::new();
    let on = Memo::new(move |_| selection.ids.with(|ids| ids.contains(&key)));
    Effect::new(move |awake: Option<bool>| {
        let wanted = on.get();
        let Some(input) = input.get() else {
            return false;
        };
        // What was ticked before the page woke up stands.
        if awake.is_none_or(|awake| !awake) && input.checked() && !wanted {
            selection.set(row, false, true);
        } else {
            input.set_checked(wanted);
        }
        true
    });
    let click = move |event: MouseEvent| {
        if let Some(input) = input.get_untracked() {
            selection.set(row, event.shift_key(), input.checked());
        }
    };
    view! {
        <label class="tick">
            <input
                node_ref=input
                type="checkbox"
                name="id"
                value=key.to_string()
                form=FORM
                aria-label=format!("Select {name}")
                on:click=click
            />
        </label>
    }
    .into_any()
}

/// The box above the rows: all of the page.
#[component]
pub(super) fn PickPage() -> impl IntoView {
    let selection = expect_context::<Selection>();
    let input = NodeRef::<Input>::new();
    Effect::new(move || {
        let chosen = selection.ids.with(BTreeSet::len);
        let shown = selection.shown.with_value(Vec::len);
        if let Some(input) = input.get() {
            input.set_checked(chosen > 0 && chosen == shown);
            input.set_indeterminate(chosen > 0 && chosen < shown);
        }
    });
    view! {
        <label class="tick needs-script">
            <input
                node_ref=input
                type="checkbox"
                aria-label="Select all on this page"
                on:click:target=move |event| selection.set_page(event.target().checked())
            />
        </label>
    }
    .into_any()
}

/// What can be done to the chosen keys. Without scripting it is always there, for nothing tells that
/// something is chosen.
#[component]
pub(super) fn Together(query: KeysQuery, matching: u64) -> impl IntoView {
    let selection = expect_context::<Selection>();
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let fields = browser::fields_of(&event);
        let pairs: Vec<(&str, &str)> = fields.iter().collect();
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&address("/keys/change", &pairs), options);
    };
    let said = move || {
        if selection.all.get() {
            format!("All {} selected", counted(matching, "key", "keys"))
        } else {
            let chosen = selection.ids.with(BTreeSet::len);
            format!("{} selected", counted(chosen as u64, "key", "keys"))
        }
    };
    let more = move || {
        let chosen = selection.ids.with(BTreeSet::len) as u64;
        (!selection.all.get() && chosen < matching).then(|| {
            let select = move || selection.all.set(true);
            view! {
                <Button look=Look::Quiet small=true on_press=select>
                    {format!("Select all {matching} matching")}
                </Button>
            }
        })
    };
    let kept = query.pairs().into_iter().map(|(name, value)| {
        view! { <input type="hidden" name=name value=value/> }
    });
    let button = |kind: ChangeKind, name: &'static str, look: Look| {
        view! { <SubmitButton look name="change" value=kind.as_str() small=true>{name}</SubmitButton> }
    };
    view! {
        <form
            id=FORM
            class="bar bulk"
            class:chosen=move || !selection.is_empty()
            method="get"
            action="/keys/change"
            aria-label="Selected keys"
            on:submit=submit
        >
            {kept.collect_view()}
            <p class="sum needs-script"><b role="status">{said}</b>{more}</p>
            <label class="check without-script">
                <input type="checkbox" name="all" value="1"/>
                <span>{format!("All {matching} matching")}</span>
            </label>
            {move || selection.all.get().then(|| view! { <input type="hidden" name="all" value="1"/> })}
            {button(ChangeKind::Disable, "Disable", Look::Plain)}
            {button(ChangeKind::Enable, "Enable", Look::Plain)}
            {button(ChangeKind::Label, "Label", Look::Plain)}
            {button(ChangeKind::Grant, "Grant", Look::Plain)}
            {button(ChangeKind::Revoke, "Revoke", Look::Danger)}
            <span class="needs-script">
                <Button look=Look::Quiet small=true on_press=move || selection.clear()>"Clear"</Button>
            </span>
        </form>
        <div class="room"></div>
    }
    .into_any()
}
