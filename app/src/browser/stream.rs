//! Events that the server sends (HTML, section 9.2), in the browser.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Event, EventSource, MessageEvent};

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
/// the server which event was the last. While the page is not in sight it is closed: a browser has six
/// connections to a server of HTTP/1.1, for all its tabs together.
pub struct Stream {
    /// Closed when it is dropped.
    _listening: SendWrapper<Rc<Listening>>,
}

struct Listening {
    document: Document,
    /// Where it is listened to, after the event with this id; an empty one is before the first.
    path: Box<dyn Fn(&str) -> String>,
    names: &'static [&'static str],
    source: RefCell<Option<EventSource>>,
    heard: Closure<dyn Fn(Event)>,
    /// The id of the last event.
    last: Rc<RefCell<String>>,
    /// Called when the page comes into sight or goes out of it.
    turned: OnceCell<Closure<dyn Fn()>>,
}

const TURNED: &str = "visibilitychange";

impl Stream {
    /// Listens to the events of `names` at `path`, which is told the id of the last event that came. `None`
    /// when the browser cannot.
    pub fn open(
        path: impl Fn(&str) -> String + 'static,
        names: &'static [&'static str],
        act: impl Fn(Heard) + 'static,
    ) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let last = Rc::<RefCell<String>>::default();
        let known = last.clone();
        let heard = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            let message = event.dyn_ref::<MessageEvent>();
            let id = message.map(MessageEvent::last_event_id);
            if let Some(id) = id.filter(|id| !id.is_empty()) {
                known.replace(id);
            }
            let data = message.and_then(|message| message.data().as_string());
            let source = event.target().and_then(|source| source.dyn_into().ok());
            let closed = |source: EventSource| source.ready_state() == EventSource::CLOSED;
            act(match (event.type_().as_str(), data) {
                ("open", _) => Heard::Open,
                (name, Some(data)) => Heard::Event(name.to_owned(), data),
                (_, None) => Heard::Dropped {
                    for_good: source.is_some_and(closed),
                },
            });
        });
        let listening = Rc::new(Listening {
            document,
            path: Box::new(path),
            names,
            source: RefCell::default(),
            heard,
            last,
            turned: OnceCell::new(),
        });
        listening.turn()?;
        let watching = Rc::downgrade(&listening);
        let turned = Closure::<dyn Fn()>::new(move || {
            if let Some(listening) = watching.upgrade() {
                listening.turn();
            }
        });
        let listener = turned.as_ref().unchecked_ref();
        let document = &listening.document;
        document
            .add_event_listener_with_callback(TURNED, listener)
            .ok()?;
        listening.turned.set(turned).ok()?;
        Some(Self {
            _listening: SendWrapper::new(listening),
        })
    }
}

impl Listening {
    /// Listens while the page is in sight.
    fn turn(&self) -> Option<()> {
        if self.document.hidden() {
            self.close();
        } else if self.source.borrow().is_none() {
            let source = EventSource::new(&(self.path)(&self.last.borrow())).ok()?;
            for name in self.names.iter().chain(&["open", "error"]) {
                let listener = self.heard.as_ref().unchecked_ref();
                source
                    .add_event_listener_with_callback(name, listener)
                    .ok()?;
            }
            self.source.replace(Some(source));
        }
        Some(())
    }

    fn close(&self) {
        if let Some(source) = self.source.take() {
            source.close();
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.close();
        if let Some(turned) = self.turned.get() {
            let listener = turned.as_ref().unchecked_ref();
            let _ = self
                .document
                .remove_event_listener_with_callback(TURNED, listener);
        }
    }
}
