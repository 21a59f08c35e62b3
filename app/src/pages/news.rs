//! What the server tells a tab while somebody looks at it: one stream of events, whatever pages listen to. It says
//! to which things something happened, and when a key that somebody waits for is used for the first time.
//! Nothing on a page moves for it; a list says how much there is, and loads when it is asked to.
//!
//! The matrix has a stream of its own, which carries what changed and who is here. While it is open, this one is
//! closed, and goes on afterwards where it was.

use std::collections::BTreeSet;

use contract::ApiKeyId;
use contract::console::{Called, Happened};
use leptos::prelude::*;

use crate::browser::{self, Heard, Pause, Stream};
use crate::components::Button;
use crate::session::Session;

/// What happened is said a moment later: the page that did it loads anew by itself.
const LATER_MS: u32 = 400;
/// How long until a stream that was refused is asked for again, in milliseconds.
const AGAIN_MS: u32 = 10_000;
/// What a page listens to is gathered for so long.
const SOON_MS: u32 = 30;
/// More is not remembered; a list that is so old says "99+ new" as well.
const MOST: usize = 1_000;

/// What was heard since the tab was opened. Shared by everything inside the signed-in layout.
#[derive(Clone, Copy)]
pub(crate) struct News {
    heard: RwSignal<Vec<Happened>>,
    /// The last first call that was heard of.
    called: RwSignal<Option<Called>>,
    /// Whether the server is listened to.
    listens: RwSignal<bool>,
    stream: StoredValue<Option<Stream>>,
    /// From where the stream goes on when it is opened anew.
    place: StoredValue<Option<u64>>,
    /// Whose first calls are waited for, once for each who waits.
    awaited: StoredValue<Vec<ApiKeyId>>,
    /// Whether another stream is listened to in its place.
    rests: StoredValue<bool>,
    soon: Pause,
}

impl News {
    pub(crate) fn provide() {
        let news = Self {
            heard: RwSignal::default(),
            called: RwSignal::default(),
            listens: RwSignal::new(false),
            stream: StoredValue::new(None),
            place: StoredValue::new(None),
            awaited: StoredValue::new(Vec::new()),
            rests: StoredValue::new(false),
            soon: Pause::default(),
        };
        provide_context(news);
        // A session that ended took the stream along; the next one begins another.
        let ended = Session::expect().ended();
        Effect::new(move |before: Option<bool>| {
            let ended = ended.get();
            if before == Some(true) && !ended {
                news.go_on();
            }
            ended
        });
    }

    /// Listens from a place in the audit log on, unless the tab listens already.
    pub(crate) fn listen(self, after: u64) {
        self.place.update_value(|place| {
            place.get_or_insert(after);
        });
        if self.stream.with_value(Option::is_none) {
            self.go_on();
        }
    }

    /// Waits for the first call of a key, until the owner is gone.
    fn await_call(self, key: ApiKeyId) {
        self.called.set(None);
        self.awaited.update_value(|awaited| awaited.push(key));
        self.go_on();
        on_cleanup(move || {
            self.awaited.try_update_value(|awaited| {
                if let Some(at) = awaited.iter().position(|one| *one == key) {
                    awaited.swap_remove(at);
                }
            });
            self.go_on();
        });
    }

    /// Does not listen as long as the owner is there, which listens to something else.
    pub(crate) fn rest(self) {
        self.rests.set_value(true);
        self.go_on();
        on_cleanup(move || {
            self.rests.try_set_value(false);
            self.go_on();
        });
    }

    /// Opens the stream for what is listened to now, in the place of one that is open already; once for all that a
    /// page asks for at a time.
    fn go_on(self) {
        self.soon.then(SOON_MS, move || {
            let known = self.place.try_get_value().flatten().is_some();
            let awaits = self.awaited.try_with_value(|awaited| !awaited.is_empty());
            let rests = self.rests.try_get_value() != Some(false);
            if !rests && (known || awaits == Some(true)) {
                self.open();
            } else {
                self.close();
            }
        });
    }

    fn close(self) {
        self.stream.try_set_value(None);
        self.listens.try_set(false);
    }

    fn open(self) {
        let names = &["happened", "called"];
        let path = move |_: &str| self.path();
        let stream = Stream::open(path, names, move |heard| match heard {
            Heard::Open => {
                self.listens.try_set(true);
            }
            Heard::Event(name, data) if name == "called" => {
                if let Ok(called) = serde_json::from_str(&data) {
                    self.called.try_set(Some(called));
                }
            }
            Heard::Event(_, data) => {
                if let Ok(happened) = serde_json::from_str::<Happened>(&data) {
                    self.place.try_set_value(Some(happened.place));
                    browser::after(LATER_MS, move || self.note(happened));
                }
            }
            Heard::Dropped { for_good: true } => {
                self.close();
                browser::after(AGAIN_MS, move || {
                    if self.stream.try_with_value(Option::is_none) == Some(true) {
                        self.go_on();
                    }
                });
            }
            Heard::Dropped { .. } => {}
        });
        self.stream.try_set_value(stream);
    }

    fn path(self) -> String {
        let mut asked = Vec::new();
        if let Some(place) = self.place.get_value() {
            asked.push(format!("after={place}"));
        }
        let keys: BTreeSet<ApiKeyId> = self.awaited.get_value().into_iter().collect();
        if !keys.is_empty() {
            let keys: Vec<_> = keys.iter().map(ApiKeyId::to_string).collect();
            asked.push(format!("calls={}", keys.join(",")));
        }
        format!("/live?{}", asked.join("&"))
    }

    fn note(self, happened: Happened) {
        self.heard.try_update(|heard| {
            heard.push(happened);
            let over = heard.len().saturating_sub(MOST);
            heard.drain(..over);
        });
    }

    /// How many different things of a kind something happened to after a place.
    fn since<T: Ord + Copy>(self, place: u64, kind: impl Fn(&Happened) -> &Vec<T>) -> usize {
        self.heard.with(|heard| {
            let later = heard.iter().filter(|happened| happened.place > place);
            let things: BTreeSet<T> = later.flat_map(|one| kind(one).iter().copied()).collect();
            things.len()
        })
    }

    /// The place of the last event that was heard of, in the audit log.
    pub(crate) fn last(self) -> u64 {
        let events = |one: &&Happened| one.events > 0;
        self.heard.with(|heard| {
            let mut told = heard.iter().rev().filter(events);
            told.next().map_or(0, |happened| happened.place)
        })
    }
}

/// When the current token of a key is first used, and whether that is listened for.
#[derive(Clone, Copy)]
pub(crate) struct FirstCallOf {
    news: News,
    key: ApiKeyId,
}

impl FirstCallOf {
    /// Waits for it from the moment the page is awake.
    pub(crate) fn new(key: ApiKeyId) -> Self {
        let news: News = expect_context();
        Effect::new(move || news.await_call(key));
        Self { news, key }
    }

    /// When it was, in RFC 3339.
    pub(crate) fn at(self) -> Option<String> {
        self.news.called.with(|called| {
            let called = called.as_ref().filter(|called| called.key == self.key);
            called.map(|called| called.at.clone())
        })
    }

    pub(crate) fn is_awaited(self) -> bool {
        self.news.listens.get()
    }
}

/// Which list it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Keys,
    Workspaces,
    People,
}

/// Says how many things of a list are new or changed since it was made, and loads them when it is pressed.
/// It keeps its place while it says nothing: nothing may move when it does.
#[component]
pub(crate) fn New(
    kind: Kind,
    /// Until which place in the audit log everything is in the list.
    place: u64,
) -> impl IntoView {
    let (news, session) = (expect_context::<News>(), Session::expect());
    Effect::new(move || news.listen(place));
    let count = Memo::new(move |_| match kind {
        Kind::Keys => news.since(place, |happened| &happened.keys),
        Kind::Workspaces => news.since(place, |happened| &happened.workspaces),
        Kind::People => news.since(place, |happened| &happened.people),
    });
    let quiet = move || count.get() == 0;
    let said = move || match count.get() {
        0..100 => format!("{} new", count.get()),
        _ => "99+ new".to_owned(),
    };
    view! {
        <span class="live-tail needs-script">
            <span role="status" class:unsaid=quiet>
                <Button disabled=Signal::derive(quiet) on_press=move || session.changed()>{said}</Button>
            </span>
        </span>
    }
    .into_any()
}
