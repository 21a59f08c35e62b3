//! The search of a page.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::location::Url;

use crate::browser::Pause;
use crate::components::SearchField;
use crate::pages::in_place;

/// How long typing rests before it searches.
pub(super) const REST_MS: u32 = 250;

/// What the address of the page searches for.
pub(super) fn searched() -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("q").filter(|text| !text.trim().is_empty())))
}

/// The page at `path`, with what these pairs ask.
pub(super) fn address<T: AsRef<str>>(path: &str, pairs: &[(&str, T)]) -> String {
    let asked = pairs.iter();
    let asked: Vec<String> = asked
        .map(|(name, value)| format!("{name}={}", Url::escape(value.as_ref())))
        .collect();
    if asked.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", asked.join("&"))
    }
}

/// Does `act` once nothing was typed for so long, in milliseconds.
pub(super) fn at_rest(text: RwSignal<String>, millis: u32, act: impl Fn() + Clone + 'static) {
    let pause = Pause::default();
    Effect::new(move |awake: Option<()>| {
        text.track();
        if awake.is_some() {
            pause.then(millis, act.clone());
        }
    });
}

/// The search lives in the URL: it can be linked to, and the way back leads through it. What is typed is
/// in `text` at once and in the URL a moment later.
#[component]
pub(super) fn Search(
    /// The page, which is searched by `?q=`.
    path: &'static str,
    /// What is searched, for a screen reader: "Search keys".
    label: &'static str,
    placeholder: &'static str,
    text: RwSignal<String>,
    /// What a search keeps of the address.
    #[prop(optional, into)]
    kept: Signal<Vec<(&'static str, String)>>,
    /// What else stands in its line.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let wanted = searched();
    let in_url = move || wanted.get().unwrap_or_default();
    let sent = StoredValue::new(text.get_untracked());
    let navigate = use_navigate();
    let search = move || {
        let (Some(wish), Some(before)) = (text.try_get_untracked(), sent.try_get_value()) else {
            return;
        };
        if wish.trim() == before.trim() {
            return;
        }
        sent.set_value(wish.clone());
        let mut pairs = kept.get_untracked();
        if !wish.trim().is_empty() {
            pairs.push(("q", wish.trim().to_owned()));
        }
        navigate(&address(path, &pairs), in_place());
    };
    at_rest(text, REST_MS, search.clone());
    // A link or the way back may have changed the search.
    Effect::new(move |_| {
        let now = in_url();
        if now.trim() != sent.get_value().trim() {
            sent.set_value(now.clone());
            text.set(now);
        }
    });
    view! {
        <form
            class="toolbar"
            method="get"
            action=path
            on:submit=move |event| {
                event.prevent_default();
                search();
            }
        >
            {move || kept.get().into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
            <SearchField name="q" label placeholder value=text/>
            {children.map(|children| children())}
        </form>
    }
    .into_any()
}
