//! The hand on the desk: painting, moving about, selecting, and what is looked at closer.

use leptos::prelude::*;
use matrix::Press;

use super::super::work::{Edited, Work};
use super::{Desk, Head, MOMENT_MS, Over, Shown};
use crate::wording;

/// How near to an edge a drag scrolls the frame, in CSS pixels.
const EDGE: f64 = 28.0;

impl Desk {
    /// A pointer went down on a cell. With `extend` it goes on from where the last stroke began. False when
    /// there is nothing to paint, of which the reason is said.
    pub(in super::super) fn begin_stroke(self, row: usize, column: usize, extend: bool) -> bool {
        self.card.set(None);
        match self.edit(|work| work.begin_stroke(row, column, extend)) {
            Some(Ok(())) => {
                self.focus_cell();
                if extend {
                    self.lift();
                }
                !extend
            }
            Some(Err(reason)) => {
                self.focus_cell();
                self.refuse(reason);
                false
            }
            None => false,
        }
    }

    /// The pointer has moved, to a point of the window.
    pub(in super::super) fn pointed(self, x: f64, y: f64) {
        if self.peek(Work::is_painting) == Some(true) {
            self.drag(x, y);
            self.scroll_at_edge(x, y);
        } else {
            self.hover(x, y);
        }
    }

    fn drag(self, x: f64, y: f64) {
        let Some((row, column)) = self.spot(x, y, true) else {
            return;
        };
        if self.update(|work| work.drag(row, column)) == Some(true) {
            self.paint(true);
        }
    }

    fn spot(self, x: f64, y: f64, beyond: bool) -> Option<(usize, usize)> {
        self.painter
            .try_with_value(|painter| {
                let painter = painter.as_ref()?;
                self.peek(|work| painter.spot(x, y, work, beyond)).flatten()
            })
            .flatten()
    }

    /// Keeps scrolling as long as a stroke is held at an edge.
    fn scroll_at_edge(self, x: f64, y: f64) {
        self.scroll_on(x, y, self.hovering.begin());
    }

    fn scroll_on(self, x: f64, y: f64, turn: Option<u32>) {
        let scrolled = self.painter.try_update_value(|painter| {
            let painter = painter.as_mut()?;
            Some(painter.scroll_towards(x, y, EDGE))
        });
        if scrolled.flatten() != Some(true) {
            return;
        }
        request_animation_frame(move || {
            if self.hovering.lasts(turn) && self.peek(Work::is_painting) == Some(true) {
                self.drag(x, y);
                self.scroll_on(x, y, turn);
            }
        });
    }

    /// The pointer was lifted: what was painted is staged.
    pub(in super::super) fn lift(self) {
        if self.peek(Work::is_painting) == Some(true) {
            self.say_outcome(self.edit(Work::lift));
        }
    }

    pub(in super::super) fn drop_stroke(self) {
        if self.peek(Work::is_painting) == Some(true) {
            self.edit(Work::drop_stroke);
        }
    }

    /// A tap, or a press by assistive technology. What a mouse has painted comes here too, and is done.
    pub(in super::super) fn tapped(self, row: usize, column: usize) {
        match self.edit(|work| work.tap(row, column)) {
            Some(Some(edited)) => self.say_outcome(Some(edited)),
            _ => return,
        }
        self.focus_cell();
    }

    pub(in super::super) fn toggle(self) {
        if let Some(Some((row, None))) = self.peek(Work::focus) {
            self.ask_all(row);
        } else {
            self.say_outcome(self.edit(Work::toggle));
        }
    }

    pub(in super::super) fn toggle_head(self, head: Head) {
        self.say_outcome(self.edit(|work| work.toggle_head(head)));
    }

    pub(in super::super) fn say_outcome(self, edited: Option<Edited>) {
        match edited {
            Some(Ok(outcome)) => self.say(wording::staged(outcome)),
            Some(Err(reason)) => self.refuse(reason),
            None => {}
        }
    }

    /// "All workspaces" of a row: on at once, off after a question, staged both ways.
    pub(in super::super) fn ask_all(self, row: usize) {
        match self.edit(|work| work.turn_all(row)) {
            Some(Ok(None)) => self.say("Staged: all workspaces.".to_owned()),
            Some(Ok(Some(key))) => self.over.set(Some(Over::AllOff(key))),
            Some(Err(reason)) => self.refuse(reason),
            None => {}
        }
    }

    /// Moves the focus, or changes what is selected; false when there was nothing to clear.
    pub(super) fn select(self, press: Press) -> bool {
        if press == Press::Clear && !self.can_clear() {
            return false;
        }
        self.card.set(None);
        let page = self
            .painter
            .try_with_value(|painter| painter.as_ref().map(|painter| painter.page()));
        let page = page.flatten().unwrap_or(1);
        self.update(|work| {
            work.drop_stroke();
            work.select(press, page);
        });
        self.focus_cell();
        if let Some(Some(cells)) = self.peek(Work::picked_words) {
            self.say(format!("{cells} selected."));
        }
        true
    }

    fn can_clear(self) -> bool {
        self.card.with_untracked(Option::is_some)
            || self.peek(|work| work.is_painting() || work.has_selection()) == Some(true)
    }

    pub(in super::super) fn review(self) -> bool {
        let staged = self.peek(|work| work.board().summary().changes() > 0) == Some(true);
        if staged {
            self.over.set(Some(Over::Review));
        }
        staged
    }

    pub(in super::super) fn pin(self, column: bool) {
        if let Some(Some(query)) = self.peek(|work| work.pin(column)) {
            self.set_query(query);
        }
    }

    pub(in super::super) fn fold(self, group: usize) {
        if let Some(Some(query)) = self.peek(|work| work.fold(group)) {
            self.set_query(query);
        }
    }

    /// Brings the focused cell into sight and focuses it.
    pub(in super::super) fn focus_cell(self) {
        self.painter.try_update_value(|painter| {
            let painter = painter.as_mut()?;
            self.peek(|work| painter.focus(work))
        });
        self.be_here();
    }

    /// The focus came to a cell by its own means.
    pub(in super::super) fn focused(self, row: usize, column: Option<usize>) {
        if self.update(|work| work.set_focus(row, column)) == Some(true) {
            self.paint(true);
            self.be_here();
        }
    }

    pub(in super::super) fn blurred(self) {
        self.card.try_update(|card| {
            card.take_if(|card| !card.asked);
        });
        self.be_here();
    }

    fn hover(self, x: f64, y: f64) {
        self.hovering.begin();
        let spot = self.spot(x, y, false);
        let on_card = self.card.with_untracked(|card| {
            card.as_ref()
                .is_some_and(|card| spot == Some((card.row, card.column)))
        });
        if on_card {
            return;
        }
        self.card.update(|card| {
            card.take_if(|card| !card.asked);
        });
        if let Some((row, column)) = spot {
            self.hovering
                .then(MOMENT_MS, move || self.open_card(row, column, false));
        }
    }

    pub(in super::super) fn look_away(self) {
        self.hovering.begin();
        self.blurred();
    }

    pub(in super::super) fn ask_card(self) {
        if let Some(Some((row, Some(column)))) = self.peek(Work::focus) {
            self.open_card(row, column, true);
        }
    }

    fn open_card(self, row: usize, column: usize, asked: bool) {
        let at = self.painter.try_with_value(|painter| {
            let painter = painter.as_ref()?;
            Some(painter.middle(row, column))
        });
        if let Some(Some(at)) = at {
            let shown = Shown {
                row,
                column,
                at,
                asked,
            };
            self.card.try_set(Some(shown));
        }
    }
}
