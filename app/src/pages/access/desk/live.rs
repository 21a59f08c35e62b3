//! The matrix as it comes: all of it at once, and then what changes, with who else is here.

use contract::Timestamp;
use contract::access::{Change, Present, Snapshot};
use leptos::prelude::*;
use leptos::task::spawn_local;
use matrix::Matrix;

use super::super::work::{Query, Work};
use super::{Desk, Stand};
use crate::browser::{self, Heard, Stream};

/// How long until a stream that the server refused is asked for again, in milliseconds.
const AGAIN_MS: u32 = 3_000;

/// How long changes and moves are gathered before they are shown or told, in milliseconds.
const GATHER_MS: u32 = 60;

/// How often the marks of fresh changes are looked at, in seconds.
const FADE_SECONDS: u32 = 5;

/// From where the matrix is loaded as it was.
fn as_of(at: Timestamp) -> String {
    format!("/access/snapshot?asOf={at}")
}

/// The matrix, or the status of the refusal; 0 when nobody answered.
async fn fetch(path: &str) -> Result<Snapshot, u16> {
    let answer = browser::get(path).await?;
    serde_json::from_str(&answer).map_err(|_| u16::MAX)
}

impl Desk {
    /// Loads the matrix, as it is or as it was, and as it was at the moment that is compared with.
    pub(in super::super) fn load(self) {
        let past = self.past.get_untracked();
        let path = match past {
            Some(at) => as_of(at),
            None => self.query.with_untracked(Query::snapshot_path),
        };
        spawn_local(async move {
            let snapshot = fetch(&path).await;
            if self.past.try_get_untracked() != Some(past) {
                return;
            }
            match snapshot {
                Ok(snapshot) => self.arrived(snapshot),
                Err(status) => self.failed(status),
            }
        });
        if past.is_some() {
            self.load_later();
        }
    }

    /// Loads what the moment that is shown is compared with, unless it is here.
    fn load_later(self) {
        let until = self.until.get_untracked();
        let is_here =
            |later: &Option<(_, Matrix)>| later.as_ref().is_some_and(|(at, _)| *at == until);
        if self.later.with_value(is_here) {
            return;
        }
        let path = match until {
            Some(until) => as_of(until),
            None => self.query.with_untracked(Query::snapshot_path),
        };
        spawn_local(async move {
            match fetch(&path).await {
                Ok(later) if self.until.try_get_untracked() == Some(until) => {
                    self.later.try_set_value(Some((until, Matrix::new(later))));
                    self.turn.try_update(|turn| *turn += 1);
                }
                Ok(_) => {}
                Err(status) => self.failed(status),
            }
        });
    }

    fn arrived(self, snapshot: Snapshot) {
        let past = self.past.get_untracked().is_some();
        let last = snapshot.last;
        let me = self.me.with_value(|me| me.profile);
        let mut work = Work::new(snapshot, me, self.query.get_untracked(), past);
        if !past && let Some(kept) = browser::kept(&self.drawer()) {
            self.warn(work.restore(&kept));
        }
        self.work.update_value(|before| {
            if let Some(before) = before {
                work.stand_where(before);
            }
            *before = Some(work);
        });
        self.stand.set(Stand::Ready);
        self.show();
        if past {
            self.stream.set_value(None);
        } else {
            self.listen(last);
        }
    }

    fn failed(self, status: u16) {
        if status == 401 {
            self.session.end();
        }
        let text = match status {
            0 => "Keyrack cannot be reached. Check the connection and try again.",
            401 => "Your session has ended. Sign in again, then load the matrix again.",
            _ => "The matrix could not be loaded.",
        };
        self.stand.try_set(Stand::Failed(text.to_owned()));
    }

    /// Listens to what happens from an event on.
    fn listen(self, after: u64) {
        if self.page.with_value(String::is_empty) {
            self.page.set_value(browser::page_id());
            self.fade_now_and_then();
        }
        let page = self.page.get_value();
        let first = after.to_string();
        let path = move |last: &str| {
            let after = if last.is_empty() { &first } else { last };
            format!("/access/live?page={page}&after={after}")
        };
        let stream = Stream::open(path, &["change", "present"], move |heard| {
            self.heard(heard);
        });
        self.stream.try_set_value(stream);
    }

    fn heard(self, heard: Heard) {
        match heard {
            Heard::Open => {
                self.cut_off.try_set(false);
                self.be_here();
            }
            Heard::Event(name, data) if name == "change" => {
                if let Ok(change) = serde_json::from_str::<Change>(&data) {
                    self.changed(change);
                }
            }
            Heard::Event(_, data) => {
                if let Ok(present) = serde_json::from_str::<Vec<Present>>(&data) {
                    self.met(present);
                }
            }
            Heard::Dropped { for_good } => {
                self.cut_off.try_set(true);
                if for_good {
                    self.stream.try_set_value(None);
                    // The matrix may have become another meanwhile, and so may the session.
                    browser::after(AGAIN_MS, move || {
                        if self.stand.try_get_untracked().is_some() {
                            self.load();
                        }
                    });
                }
            }
        }
    }

    fn changed(self, change: Change) {
        if matches!(change, Change::Reload) {
            self.load();
            return;
        }
        if let Some(news) = self.update(|work| work.change(change)) {
            self.warn(news);
            self.show_soon();
        }
    }

    fn met(self, present: Vec<Present>) {
        self.update(|work| work.meet(&present));
        self.present.try_set(present);
        self.show_soon();
    }

    /// A batch comes as many changes: it is painted once.
    fn show_soon(self) {
        self.showing.then(GATHER_MS, move || {
            self.show();
            self.rest();
        });
    }

    /// Tells the others which cell this page is on.
    pub(in super::super) fn be_here(self) {
        self.moving.then(GATHER_MS * 3, move || {
            if self.stream.try_with_value(Option::is_some) != Some(true) {
                return;
            }
            let focused = self.painter.try_with_value(|painter| {
                painter.as_ref().is_some_and(|painter| painter.has_focus())
            });
            let cell = self.peek(Work::focused_ids).flatten();
            let cell = cell.filter(|_| focused == Some(true));
            let page = self.page.get_value();
            let here = serde_json::json!({ "page": page, "cell": cell });
            browser::tell("/access/here", &here.to_string());
        });
    }

    fn fade_now_and_then(self) {
        browser::after(FADE_SECONDS * 1_000, move || {
            if self.stand.try_get_untracked().is_none() {
                return;
            }
            if self.update(Work::fade) == Some(true) {
                self.show();
            }
            self.fade_now_and_then();
        });
    }
}
