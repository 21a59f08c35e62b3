//! Events that the server sends (HTML, section 9.2), in the browser.

use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

/// What one hears of a stream that goes on.
pub enum Heard {
    /// The server has begun to send, at first or again.
    Open,
    /// An event: its name and its data.
    Event(String, String),
    /// The stream has dropped. The browser asks again by itself, unless it was refused for good.
    Dropped { for_good: bool },
}

/// A stream that goes on until it is closed or forgotten. The browser resumes one that dropped, and tells
/// the server which event was the last.
pub struct Stream(SendWrapper<Listening>);

struct Listening {
    stream: EventSource,
    /// Lives as long as it may be called.
    _heard: Closure<dyn Fn(Event)>,
}

impl Stream {
    /// Listens to the events of `names` at `path`. `None` when the browser cannot.
    pub fn open(path: &str, names: &[&str], act: impl Fn(Heard) + 'static) -> Option<Self> {
        let stream = EventSource::new(path).ok()?;
        let source = stream.clone();
        let heard = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            let message = event.dyn_ref::<MessageEvent>();
            let data = message.and_then(|message| message.data().as_string());
            let for_good = source.ready_state() == EventSource::CLOSED;
            act(match (event.type_().as_str(), data) {
                ("open", _) => Heard::Open,
                (name, Some(data)) => Heard::Event(name.to_owned(), data),
                (_, None) => Heard::Dropped { for_good },
            });
        });
        for name in names.iter().chain(&["open", "error"]) {
            let listener = heard.as_ref().unchecked_ref();
            stream
                .add_event_listener_with_callback(name, listener)
                .ok()?;
        }
        Some(Self(SendWrapper::new(Listening {
            stream,
            _heard: heard,
        })))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.stream.close();
    }
}
