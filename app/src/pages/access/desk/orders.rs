//! What is asked of the desk by keys, buttons and dialogs.

use contract::{ApiKeyId, Timestamp};
use leptos::prelude::*;
use matrix::Differences;

use super::super::presses::Press;
use super::super::work::Work;
use super::{Desk, send};
use crate::browser;

/// How many differences between two moments are told; the others are counted.
const DIFFERENCES: usize = 100;

impl Desk {
    /// Carries out a press; false when it is not for the matrix now.
    pub(in super::super) fn press(self, press: Press) -> bool {
        if self.peek(|_| ()).is_none() {
            return false;
        }
        match press {
            Press::Select(press) => return self.select(press),
            Press::Toggle => self.toggle(),
            Press::Set(want) => self.say_outcome(self.edit(|work| work.paint_picked(want))),
            Press::Review => return self.review(),
            Press::Undo => self.step(Work::undo, "Undone.", "There is nothing to undo."),
            Press::Redo => self.step(Work::redo, "Done again.", "There is nothing to redo."),
            Press::Copy => {
                if let Some(Some(name)) = self.edit(Work::copy) {
                    self.say(format!("Copied what {name} reaches."));
                }
            }
            Press::Paste => self.say_outcome(self.edit(Work::paste)),
            Press::Card => self.ask_card(),
            Press::All => {
                if let Some(Some((row, _))) = self.peek(Work::focus) {
                    self.ask_all(row);
                }
            }
            Press::Pin { column } => self.pin(column),
        }
        true
    }

    pub(in super::super) fn step(self, step: fn(&mut Work) -> bool, done: &str, nothing: &str) {
        let text = if self.edit(step) == Some(true) {
            done
        } else {
            nothing
        };
        self.say(text.to_owned());
    }

    pub(in super::super) fn discard(self) {
        self.edit(Work::discard);
        self.say("Discarded. Ctrl Z brings it back.".to_owned());
    }

    pub(in super::super) fn resolve(self, place: matrix::Place, side: matrix::Side) {
        if let Some(Err(refused)) = self.edit(|work| work.resolve(place, side)) {
            self.refuse(refused);
        }
    }

    /// Shows the matrix as it was, with what changed until another moment or now.
    pub(in super::super) fn go_back_to(self, at: Timestamp, until: Option<Timestamp>) {
        let now = self.peek(|work| (!work.is_past()).then(|| work.board().matrix().clone()));
        if let Some(now) = now.flatten() {
            self.later.set_value(Some((None, now)));
        }
        self.past.set(Some(at));
        self.until.set(until);
        self.refused.set(None);
        self.load();
    }

    /// Shows the matrix as it is.
    pub(in super::super) fn go_to_now(self) {
        self.past.set(None);
        self.until.set(None);
        self.refused.set(None);
        self.load();
    }

    /// Stages that a key does not reach all workspaces any more.
    pub(in super::super) fn turn_all_off(self, key: ApiKeyId, beneath: matrix::Beneath) {
        match self.edit(|work| work.turn_all_off(key, beneath)) {
            Some(Ok(true)) => self.say("Staged: not all workspaces any more.".to_owned()),
            Some(Err(refused)) => self.refuse(refused),
            Some(Ok(false)) | None => {}
        }
    }

    /// Hands what is shown to the person as a file.
    pub(in super::super) fn download(self) {
        if let Some(csv) = self.peek(|work| matrix::csv(work.board().matrix(), work.view())) {
            browser::download("keyrack-access.csv", &csv);
        }
    }

    /// What changed from the moment that is shown until the other; nothing while it is now that is shown.
    pub(in super::super) fn changed_since(self) -> Option<Differences> {
        self.past.get()?;
        let differences = |then: &Work| {
            self.later.with_value(|later| {
                let (until, later) = later.as_ref()?;
                let shown = *until == self.until.get();
                shown.then(|| matrix::differences(then.board().matrix(), later, DIFFERENCES))
            })
        };
        self.read(differences).flatten()
    }

    /// A tick in the list.
    pub(in super::super) fn tick(self, row: usize, column: usize) {
        self.say_outcome(self.edit(|work| work.tap(row, column)).flatten());
    }

    /// What a program would send for what is staged.
    pub(in super::super) fn curl(self, reason: &str) -> String {
        self.read(|work| {
            self.me
                .with_value(|me| send::curl(&me.public_url, work, reason))
        })
        .unwrap_or_default()
    }
}
