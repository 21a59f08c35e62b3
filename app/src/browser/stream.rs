//! Events that the server sends (HTML, section 9.2), in the browser.

use leptos::prelude::on_cleanup;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

/// Listens to what the server sends at `path` until it sends the event `name`, whose data `act` gets, or
/// until it cannot be listened to any more, of which `act` gets `None`; no longer than the owner is there.
pub fn on_event(path: &str, name: &str, act: impl Fn(Option<String>) + 'static) {
    let Ok(stream) = EventSource::new(path) else {
        act(None);
        return;
    };
    let source = stream.clone();
    let heard = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let message = event.dyn_ref::<MessageEvent>();
        let data = message.and_then(|message| message.data().as_string());
        // After a stream that ended in between, the browser asks again by itself.
        if data.is_some() || source.ready_state() == EventSource::CLOSED {
            source.close();
            act(data);
        }
    });
    for name in [name, "error"] {
        let listener = heard.as_ref().unchecked_ref();
        let _ = stream.add_event_listener_with_callback(name, listener);
    }
    let listening = SendWrapper::new((stream, heard));
    on_cleanup(move || listening.0.close());
}
