//! The functions of [`crate::browser`] in the browser.

use contract::form::Fields;
use gloo_timers::callback::{Interval, Timeout};
use js_sys::futures::JsFuture;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{
    Blob, BlobPropertyBag, Document, Element, Event, FormData, HtmlAnchorElement,
    HtmlDialogElement, HtmlDocument, HtmlElement, HtmlFormElement, HtmlInputElement,
    ScrollIntoViewOptions, ScrollLogicalPosition, SubmitEvent, Url,
};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn find(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

fn active() -> Option<HtmlElement> {
    document()?.active_element()?.dyn_into().ok()
}

/// The element that had the focus when it was remembered.
pub struct Focus(Option<SendWrapper<HtmlElement>>);

impl Focus {
    pub fn remember() -> Self {
        Self(
            active()
                .filter(|element| element.tag_name() != "BODY")
                .map(SendWrapper::new),
        )
    }

    /// Focuses the element again, if it is still on the page.
    pub fn give_back(&self) {
        if let Some(element) = self.0.as_ref().filter(|element| element.is_connected()) {
            let _ = element.focus();
        }
    }
}

/// Makes a dialog modal. One that the server rendered open keeps the focus it had inside.
pub fn show_modal(dialog: &HtmlDialogElement) {
    if dialog.is_connected() {
        show_if_connected(dialog);
    } else {
        // Rendered inside something that is not on the page yet: the next tick has it.
        let dialog = dialog.clone();
        after(0, move || show_if_connected(&dialog));
    }
}

fn show_if_connected(dialog: &HtmlDialogElement) {
    if !dialog.is_connected() || dialog.matches(":modal").unwrap_or(false) {
        return;
    }
    let inside = active().filter(|element| dialog.contains(Some(element)));
    let _ = dialog.remove_attribute("open");
    let _ = dialog.show_modal();
    if let Some(element) = inside {
        let _ = element.focus();
    }
}

/// Whether a modal dialog is on top, so that the page below takes no keys.
pub fn modal_is_open() -> bool {
    find("dialog:modal").is_some()
}

/// Whether a key press belongs to a field in which a person is typing.
pub fn is_typing(event: &Event) -> bool {
    let Some(element) = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())
    else {
        return false;
    };
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => element.dyn_ref::<HtmlInputElement>().is_some_and(|input| {
            !matches!(
                input.type_().as_str(),
                "checkbox" | "radio" | "button" | "submit"
            )
        }),
        _ => element.is_content_editable(),
    }
}

pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Focuses the search field of the page, marked `data-search`. False when there is none.
pub fn focus_search() -> bool {
    find("[data-search]").is_some_and(|field| field.focus().is_ok())
}

/// Focuses the first field that was refused, after the page has shown why.
pub fn focus_first_invalid() {
    after(0, || {
        if let Some(field) = find("[aria-invalid=true]") {
            let _ = field.focus();
        }
    });
}

/// After a move to another page: a reader of the screen starts at its content, not in the void.
pub fn focus_main_if_lost() {
    after(50, || {
        let lost = active().is_none_or(|element| element.tag_name() == "BODY");
        if let Some(main) = find("#main").filter(|_| lost && !modal_is_open()) {
            let _ = main.focus();
        }
    });
}

/// Milliseconds since the Unix epoch, by the reader's clock.
#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds fit for 285 thousand years"
)]
pub fn now_millis() -> i64 {
    js_sys::Date::now() as i64
}

/// Runs `act` every `seconds`, until the reactive owner it was called under goes away.
pub fn every(seconds: u32, act: impl FnMut() + 'static) {
    StoredValue::new_local(Interval::new(seconds * 1_000, act));
}

/// Runs `act` once, `millis` from now.
pub fn after(millis: u32, act: impl FnOnce() + 'static) {
    let _ = Timeout::new(millis, act).forget();
}

/// Puts a text on the clipboard; false when the browser refuses.
pub async fn copy(text: String) -> bool {
    let Some(window) = web_sys::window().filter(web_sys::Window::is_secure_context) else {
        return false;
    };
    JsFuture::from(window.navigator().clipboard().write_text(&text))
        .await
        .is_ok()
}

/// Hands a text to the reader as a file.
pub fn download(file_name: &str, text: &str) -> bool {
    let offer = || {
        let kind = BlobPropertyBag::new();
        kind.set_type("text/plain;charset=utf-8");
        let parts = js_sys::Array::of1(&text.into());
        let blob = Blob::new_with_str_sequence_and_options(&parts, &kind).ok()?;
        let url = Url::create_object_url_with_blob(&blob).ok()?;
        let link: HtmlAnchorElement = document()?.create_element("a").ok()?.dyn_into().ok()?;
        link.set_href(&url);
        link.set_download(file_name);
        link.click();
        // The browser takes the file in its own time; then the text must not stay reachable.
        after(1_000, move || {
            let _ = Url::revoke_object_url(&url);
        });
        Some(())
    };
    offer().is_some()
}

/// The theme the page was rendered with: `light`, `dark`, or `None` for the system's.
pub fn theme() -> Option<String> {
    document()?.document_element()?.get_attribute("data-theme")
}

/// Changes the theme now, and for later pages through the cookie `theme` that the server reads.
pub fn set_theme(theme: Option<&str>) {
    let Some(root) = document().and_then(|document| document.document_element()) else {
        return;
    };
    let (value, age) = if let Some(theme) = theme {
        let _ = root.set_attribute("data-theme", theme);
        (theme, 365 * 24 * 3_600)
    } else {
        let _ = root.remove_attribute("data-theme");
        ("", 0)
    };
    let https =
        web_sys::window().is_some_and(|w| w.location().protocol().as_deref() == Ok("https:"));
    let secure = if https { "; Secure" } else { "" };
    if let Some(document) = document().and_then(|d| d.dyn_into::<HtmlDocument>().ok()) {
        let _ = document.set_cookie(&format!(
            "theme={value}; Path=/; Max-Age={age}; SameSite=Lax{secure}"
        ));
    }
}

/// Whether a preference of this browser was switched off.
pub fn is_switched_off(preference: &str) -> bool {
    let read = || {
        web_sys::window()?
            .local_storage()
            .ok()??
            .get_item(preference)
            .ok()?
    };
    read().as_deref() == Some("off")
}

/// Remembers a preference of this browser.
pub fn switch(preference: &str, on: bool) {
    if let Some(storage) = web_sys::window().and_then(|w| w.local_storage().ok().flatten()) {
        let _ = if on {
            storage.remove_item(preference)
        } else {
            storage.set_item(preference, "off")
        };
    }
}

/// Asks before the tab is closed or reloaded while `guarded` says so, until the owner goes away.
pub fn ask_before_leaving(guarded: impl Fn() -> bool + 'static) {
    let handle = window_event_listener(leptos::ev::beforeunload, move |event| {
        if guarded() {
            event.prevent_default();
            event.set_return_value("unsaved");
        }
    });
    on_cleanup(move || handle.remove());
}

/// What a form that is being submitted holds, as the browser would have sent it: with the button that was
/// pressed.
pub fn fields_of(event: &SubmitEvent) -> Fields {
    let button = event.submitter();
    let pressed = button.and_then(|button| {
        Some((
            button.get_attribute("name")?,
            button.get_attribute("value")?,
        ))
    });
    let form = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
    let Some(data) = form.and_then(|form| FormData::new_with_form(&form).ok()) else {
        return Fields::default();
    };
    let pairs = js_sys::try_iter(&data)
        .ok()
        .flatten()
        .into_iter()
        .flatten()
        .flatten();
    pairs
        .filter_map(|pair| {
            let pair: js_sys::Array = pair.dyn_into().ok()?;
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        })
        .chain(pressed)
        .collect()
}

/// Sends the form that the event came from, through its checks and its `submit` handler.
pub fn send_form_around(event: &Event) {
    let inside = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let form = inside.and_then(|element| element.closest("form").ok().flatten());
    if let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
        let _ = form.request_submit();
    }
}

/// Focuses the element of that id, wherever it is on the page.
pub fn focus_by_id(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        focus(&element);
    }
}

/// Scrolls the element of that id into sight, as little as that takes.
pub fn scroll_to(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Unfolds what the element of that id is folded into, and goes there. Browsers do so by themselves
/// when a link leads to it, but for older ones.
pub fn unfold(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    let Some(element) = element else { return };
    if let Ok(Some(fold)) = element.closest("details:not([open])") {
        let _ = fold.set_attribute("open", "");
        element.scroll_into_view();
    }
}

/// A text for the document's title, which takes text here and markup on the server.
pub fn in_head(text: &str) -> String {
    text.to_owned()
}

/// Calls `act` when the person goes back or forward in the history, until the owner goes away.
pub fn on_back(act: impl Fn() + 'static) {
    let handle = window_event_listener(leptos::ev::popstate, move |_| act());
    on_cleanup(move || handle.remove());
}

/// Leaves for `path` by a whole new page.
pub fn go(path: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().assign(path);
    }
}
