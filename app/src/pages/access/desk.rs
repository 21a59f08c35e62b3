//! The desk: the matrix that somebody works on, with everything around it that shows it. What is pressed,
//! painted and heard comes together here; what it means stands in [`Work`], how it looks in the painter.

mod live;
mod orders;
mod said;
mod send;
mod strokes;

use contract::access::Present;
use contract::console::Me;
use contract::{ApiKeyId, Timestamp};
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;
use matrix::Matrix;

use super::painter::{Held, Painter};
use super::work::{Query, Told, Work};
use crate::browser::{self, Pause, Stream};
use crate::components::Toasts;
use crate::session::Session;

/// How long after an edit the staged work is put away, in milliseconds.
const REST_MS: u32 = 300;

/// How long what is said is gathered, in milliseconds.
const GATHER_MS: u32 = 150;

/// How long a pointer rests on a cell before its card opens, in milliseconds.
const MOMENT_MS: u32 = 600;

/// Where the matrix is at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Stand {
    /// The first window is there, the rest is on its way.
    #[default]
    Loading,
    Ready,
    /// It did not come; why.
    Failed(String),
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    Review,
    /// Turning "all workspaces" off for the key of that row.
    AllOff(ApiKeyId),
    AsOf,
}

/// The head of a row or of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Row(usize),
    Column(usize),
}

/// A cell to be explained, and where on the window it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) at: (f64, f64),
    /// Asked for by a key, so that it stays until it is dismissed.
    pub(super) asked: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Desk {
    work: StoredValue<Option<Work>>,
    painter: StoredValue<Option<Held>>,
    stream: StoredValue<Option<Stream>>,
    stand: RwSignal<Stand>,
    told: RwSignal<Told>,
    said: RwSignal<String>,
    refused: RwSignal<Option<String>>,
    over: RwSignal<Option<Over>>,
    card: RwSignal<Option<Shown>>,
    present: RwSignal<Vec<Present>>,
    cut_off: RwSignal<bool>,
    past: RwSignal<Option<Timestamp>>,
    /// Until when changes are told while the matrix is shown as it was; nothing is now.
    until: RwSignal<Option<Timestamp>>,
    /// The matrix at that time.
    later: StoredValue<Option<(Option<Timestamp>, Matrix)>>,
    /// Turns with every edit, for what reads the work itself.
    turn: RwSignal<u32>,
    query: RwSignal<Query>,
    me: StoredValue<Me>,
    page: StoredValue<String>,
    resting: Pause,
    hovering: Pause,
    saying: Pause,
    showing: Pause,
    moving: Pause,
    toasts: Toasts,
    session: Session,
}

impl Desk {
    pub(super) fn new(query: Query) -> Self {
        let desk = Self {
            work: StoredValue::new(None),
            painter: StoredValue::new(None),
            stream: StoredValue::new(None),
            stand: RwSignal::default(),
            told: RwSignal::default(),
            said: RwSignal::default(),
            refused: RwSignal::default(),
            over: RwSignal::default(),
            card: RwSignal::default(),
            present: RwSignal::default(),
            cut_off: RwSignal::new(false),
            past: RwSignal::default(),
            until: RwSignal::default(),
            later: StoredValue::new(None),
            turn: RwSignal::default(),
            query: RwSignal::new(query),
            me: StoredValue::new(expect_context()),
            page: StoredValue::new(String::new()),
            resting: Pause::default(),
            hovering: Pause::default(),
            saying: Pause::default(),
            showing: Pause::default(),
            moving: Pause::default(),
            toasts: Toasts::expect(),
            session: Session::expect(),
        };
        // A session that ended took the stream along; the next one loads the matrix and listens again.
        let ended = desk.session.ended();
        Effect::new(move |before: Option<bool>| {
            let ended = ended.get();
            if before == Some(true) && !ended {
                desk.load();
            }
            ended
        });
        on_cleanup(move || {
            desk.stream.try_set_value(None);
        });
        desk
    }

    /// The server has filled the frame, and the page is awake.
    pub(super) fn take_over(self, frame: HtmlElement) {
        browser::on_resize(&frame, move || self.paint(false));
        // Whoever reloads, or goes to another page, right after an edit does not wait for the moment after it.
        let leaving = window_event_listener(leptos::ev::pagehide, move |_| self.put_away());
        on_cleanup(move || {
            self.put_away();
            leaving.remove();
        });
        self.painter.set_value(Painter::new(frame).map(Held::new));
        self.load();
    }

    /// Changes the work, and shows and keeps what came of it.
    pub(super) fn edit<T>(self, edit: impl FnOnce(&mut Work) -> T) -> Option<T> {
        let edited = self.update(edit)?;
        self.show();
        self.rest();
        Some(edited)
    }

    /// Changes the work at the present time; nothing is shown of it yet. `None` when it is not there.
    fn update<T>(self, change: impl FnOnce(&mut Work) -> T) -> Option<T> {
        let changed = self.work.try_update_value(|work| {
            let work = work.as_mut()?;
            work.set_now(Timestamp::from_unix_millis(browser::now_millis()));
            Some(change(work))
        });
        changed.flatten()
    }

    /// Paints anew what is in sight, and tells what stands around it.
    pub(super) fn show(self) {
        self.paint(true);
        if let Some(told) = self.peek(Work::told)
            && self.told.try_with_untracked(|before| *before != told) == Some(true)
        {
            self.told.try_set(told);
        }
        self.turn.try_update(|turn| *turn += 1);
    }

    fn paint(self, anew: bool) {
        self.painter.try_update_value(|painter| {
            let painter = painter.as_mut()?;
            self.peek(|work| painter.paint(work, anew))
        });
    }

    pub(super) fn scrolled(self) {
        self.paint(false);
        self.card.try_update(|card| {
            card.take_if(|card| !card.asked);
        });
    }

    /// A moment after the last edit puts what is staged away, in case of a reload.
    fn rest(self) {
        self.resting.then(REST_MS, move || self.put_away());
    }

    fn put_away(self) {
        if self.past.try_get_untracked() == Some(None) && self.peek(|_| ()).is_some() {
            let kept = self.peek(Work::draft).flatten();
            browser::keep(&self.drawer(), kept.as_deref());
        }
    }

    /// Under which name this person's staged work is kept.
    fn drawer(self) -> String {
        let me = self.me.with_value(|me| me.profile);
        format!("keyrack.staged.{me}")
    }

    /// Says something that assistive technology reads out when there is time.
    pub(super) fn say(self, text: String) {
        self.refused.try_set(None);
        // Of what is done in quick succession only the last is worth hearing.
        self.saying.then(GATHER_MS, move || {
            self.said.try_set(text);
        });
    }

    /// Says why something was not done.
    pub(super) fn refuse(self, reason: String) {
        self.refused.try_set(Some(reason));
    }

    /// Says what became of staged work by no doing of the person's own, if anything did.
    fn warn(self, news: Vec<String>) {
        if !news.is_empty() {
            self.refuse(news.join(" "));
        }
    }

    /// That was read.
    pub(super) fn hush(self) {
        self.refused.set(None);
        self.focus_cell();
    }

    /// Filter, order and groups; they live in the page's address.
    pub(super) fn set_query(self, query: Query) {
        if self.query.with_untracked(|before| *before == query) {
            return;
        }
        browser::set_query(&query.to_url());
        let days = query.used_days;
        self.query.set(query.clone());
        self.edit(|work| work.set_query(query));
        self.scroll_to_start();
        let known = self.peek(|work| work.board().matrix().used_days());
        if known.is_some_and(|known| known != days) && self.past.get_untracked().is_none() {
            self.load();
        }
    }

    fn scroll_to_start(self) {
        self.painter.try_update_value(|painter| {
            if let Some(painter) = painter {
                painter.to_top();
            }
        });
        self.paint(false);
    }
}
