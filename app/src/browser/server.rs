//! The functions of [`crate::browser`] on the server, where there is no page to act on. Nothing
//! here runs: effects and event handlers, which call it, live in the browser.

use contract::form::Fields;
use leptos::web_sys::{Element, Event, HtmlDialogElement, HtmlElement, SubmitEvent};

pub struct Focus;

impl Focus {
    pub fn remember() -> Self {
        Self
    }

    pub fn give_back(&self) {}
}

pub fn show_modal(_: &HtmlDialogElement) {}

pub fn modal_is_open() -> bool {
    false
}

pub fn is_typing(_: &Event) -> bool {
    false
}

pub fn focus(_: &Element) {}

pub fn focus_search() -> bool {
    false
}

pub fn focus_first_invalid() {}

pub fn focus_main_if_lost() {}

pub fn now_millis() -> i64 {
    0
}

pub fn every(_: u32, _: impl FnMut() + 'static) {}

pub fn after(_: u32, _: impl FnOnce() + 'static) {}

pub fn copy(_: String) -> impl Future<Output = bool> {
    std::future::ready(false)
}

pub fn download(_: &str, _: &str) -> bool {
    false
}

pub fn theme() -> Option<String> {
    None
}

pub fn set_theme(_: Option<&str>) {}

pub fn is_switched_off(_: &str) -> bool {
    false
}

pub fn switch(_: &str, _: bool) {}

pub fn ask_before_leaving(_: impl Fn() -> bool + 'static) {}

pub fn fields_of(_: &SubmitEvent) -> Fields {
    Fields::default()
}

pub fn send_form_around(_: &Event) {}

pub fn focus_by_id(_: &str) {}

pub fn scroll_to(_: &str) {}

pub fn unfold(_: &str) {}

pub fn in_head(text: &str) -> String {
    // `leptos_meta` writes a title into the page as it is.
    text.replace('&', "&amp;").replace('<', "&lt;")
}

pub fn on_back(_: impl Fn() + 'static) {}

pub fn go(_: &str) {}

pub fn get(_: &str) -> impl Future<Output = Result<String, u16>> {
    std::future::ready(Err(0))
}

pub fn tell(_: &str, _: &str) {}

pub fn kept(_: &str) -> Option<String> {
    None
}

pub fn keep(_: &str, _: Option<&str>) {}

pub fn set_query(_: &str) {}

pub fn page_id() -> String {
    String::new()
}

pub fn put_beside(_: &HtmlElement, _: (f64, f64)) {}

/// What one hears of a stream that goes on; see `stream::Heard`.
pub enum Heard {
    Open,
    Event(String, String),
    Dropped { for_good: bool },
}

/// A stream that never begins.
pub struct Stream;

impl Stream {
    pub fn open(
        _: impl Fn(&str) -> String + 'static,
        _: &'static [&'static str],
        _: impl Fn(Heard) + 'static,
    ) -> Option<Self> {
        None
    }
}

pub fn on_match(_: &str, _: impl Fn(bool) + 'static) {}

pub fn on_resize(_: &Element, _: impl Fn() + 'static) {}
