//! Sizes and places of what is on the page, in the browser.

use leptos::prelude::on_cleanup;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, ResizeObserver};

/// Puts an element that stands fixed beside a point of the window, where there is room for it.
pub fn put_beside(element: &HtmlElement, (x, y): (f64, f64)) {
    const APART: f64 = 22.0;
    let Some(window) = web_sys::window() else {
        return;
    };
    let length = |value: Result<wasm_bindgen::JsValue, _>| {
        let value = value
            .ok()
            .and_then(|value: wasm_bindgen::JsValue| value.as_f64());
        value.unwrap_or(f64::MAX)
    };
    let size = element.get_bounding_client_rect();
    let beside = |at: f64, extent: f64, end: f64| {
        if at + APART + extent + 8.0 <= end {
            at + APART
        } else {
            (at - APART - extent).max(8.0)
        }
    };
    let left = beside(x, size.width(), length(window.inner_width()));
    let top = beside(y, size.height(), length(window.inner_height()));
    for (property, at) in [("left", left), ("top", top)] {
        let _ = element.style().set_property(property, &format!("{at}px"));
    }
}

/// Tells whether a media query matches, now and whenever that changes, until the owner goes away.
pub fn on_match(query: &str, act: impl Fn(bool) + 'static) {
    let list = web_sys::window().and_then(|window| window.match_media(query).ok().flatten());
    let Some(list) = list else { return };
    act(list.matches());
    let asked = list.clone();
    let changed = Closure::<dyn Fn()>::new(move || act(asked.matches()));
    let _ = list.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
    let watched = SendWrapper::new((list, changed));
    on_cleanup(move || {
        let (list, changed) = &*watched;
        let _ =
            list.remove_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
    });
}

/// Calls `act` when an element has become larger or smaller, until the owner goes away.
pub fn on_resize(element: &Element, act: impl Fn() + 'static) {
    let resized = Closure::<dyn Fn()>::new(act);
    let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) else {
        return;
    };
    observer.observe(element);
    let watched = SendWrapper::new((observer, resized));
    on_cleanup(move || watched.0.disconnect());
}
