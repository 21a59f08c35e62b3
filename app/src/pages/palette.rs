//! The command palette: keys, workspaces, people, pages and actions by a part of their names, and why an
//! action is not possible. A combobox with a list (ARIA Authoring Practices, "Combobox"): the focus stays
//! in the field.

mod entries;

use contract::console::{Found, Me};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use self::entries::{Entry, entries, searched};
use super::search::at_rest;
use crate::browser;
use crate::components::{Dialog, Dismiss, Icon};
use crate::fns::palette;

/// How long typing rests before it is looked for.
const REST_MS: u32 = 120;

const LIST: &str = "palette-list";

#[component]
pub(crate) fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let me = expect_context::<Me>();
    let text = RwSignal::new(String::new());
    // What was found before stays until there is more to show. Not a resource: the page around would wait for
    // it, and lose the focus.
    let known = RwSignal::new(Found::default());
    let asked = StoredValue::new(String::new());
    at_rest(text, REST_MS, move || {
        let wanted = text.try_get_untracked().unwrap_or_default();
        let wanted = searched(&wanted).to_owned();
        if asked.try_get_value().is_none_or(|asked| asked == wanted) {
            return;
        }
        asked.set_value(wanted.clone());
        spawn_local(async move {
            let found = palette::find(wanted.clone()).await.unwrap_or_default();
            if asked.try_get_value() == Some(wanted) {
                known.try_set(found);
            }
        });
    });
    let shown = Memo::new(move |_| known.with(|known| entries(&text.read(), known, &me)));
    let active = RwSignal::new(0_usize);
    Effect::new(move || {
        shown.track();
        active.set(0);
    });
    let navigate = use_navigate();
    let choose = Callback::new(move |at: usize| {
        let target = shown.with_untracked(|shown| shown.get(at)?.target.clone().ok());
        if let Some(path) = target {
            open.set(false);
            navigate(&path, NavigateOptions::default());
        }
    });
    let go_to = move |at: usize| {
        active.set(at);
        browser::scroll_to(&option_id(at));
    };
    let press = move |event: KeyboardEvent| {
        let (at, last) = (active.get_untracked(), shown.with_untracked(Vec::len));
        let Some(last) = last.checked_sub(1) else {
            return;
        };
        match event.key().as_str() {
            "ArrowDown" => go_to(if at == last { 0 } else { at + 1 }),
            "ArrowUp" => go_to(if at == 0 { last } else { at - 1 }),
            "PageDown" => go_to(last),
            "PageUp" => go_to(0),
            "Enter" => choose.run(at),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <Dialog
            id="palette"
            title="Find or do"
            dismiss=Dismiss::Anywhere
            on_close=move || open.set(false)
        >
            <div class="box">
                <Icon name="search"/>
                <input
                    type="text"
                    role="combobox"
                    aria-label="Find a key, workspace, person, page or action"
                    aria-expanded="true"
                    aria-controls=LIST
                    aria-autocomplete="list"
                    aria-activedescendant=move || {
                        (!shown.read().is_empty()).then(|| option_id(active.get()))
                    }
                    placeholder="Find a key, workspace, page or action"
                    autocomplete="off"
                    spellcheck="false"
                    dir="auto"
                    autofocus
                    on:input:target=move |event| text.set(event.target().value())
                    on:keydown=press
                />
                <kbd aria-hidden="true">"Esc"</kbd>
            </div>
            <div id=LIST role="listbox" aria-label="What there is">
                {move || shown.with(|shown| grouped(shown, active, choose))}
            </div>
            <p class="none" role="status">{move || shown.read().is_empty().then_some("Nothing matches.")}</p>
        </Dialog>
    }
    .into_any()
}

fn option_id(at: usize) -> String {
    format!("palette-{at}")
}

/// The entries below the names of their groups.
fn grouped(entries: &[Entry], active: RwSignal<usize>, choose: Callback<usize>) -> AnyView {
    let mut groups: Vec<(&'static str, Vec<AnyView>)> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let option = view! { <Choice at entry=entry.clone() active choose/> }.into_any();
        match groups.last_mut() {
            Some((name, options)) if *name == entry.group => options.push(option),
            _ => groups.push((entry.group, vec![option])),
        }
    }
    let group = |(name, options): (&'static str, Vec<AnyView>)| {
        view! {
            <div role="group" aria-label=name>
                <p class="group" role="presentation">{name}</p>
                {options}
            </div>
        }
    };
    groups.into_iter().map(group).collect_view().into_any()
}

#[component]
fn Choice(
    at: usize,
    entry: Entry,
    active: RwSignal<usize>,
    choose: Callback<usize>,
) -> impl IntoView {
    let why = entry.target.clone().err();
    let beside = why.clone().unwrap_or(entry.beside);
    view! {
        <div
            id=option_id(at)
            role="option"
            aria-selected=move || if active.get() == at { "true" } else { "false" }
            aria-disabled=why.is_some().then_some("true")
            on:mousemove=move |_| active.set(at)
            on:click=move |_| choose.run(at)
        >
            <Icon name=entry.icon/>
            <bdi class="truncate">{entry.name}</bdi>
            <span class="end truncate">{beside}</span>
        </div>
    }
    .into_any()
}
