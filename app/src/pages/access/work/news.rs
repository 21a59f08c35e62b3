//! What comes from elsewhere: changes, refusals, work that was staged before a reload, other people.

use contract::access::{Change, Conflict, Present};
use matrix::{Draft, News, Side, Touched};

use super::Work;
use super::hand::{Edited, said};
use crate::wording::cells;

impl Work {
    /// Takes up what somebody did; gives what the person should know of it.
    pub(in super::super) fn change(&mut self, change: Change) -> Vec<String> {
        let changed = self.board.change(change);
        if matches!(
            changed.touched,
            Touched::Key { .. } | Touched::Workspace { .. }
        ) {
            self.lay_out();
        }
        self.in_words(&changed.news)
    }

    fn in_words(&self, news: &[News]) -> Vec<String> {
        news.iter().map(|news| news.text(&self.board)).collect()
    }

    /// Begins to apply what is staged; nothing can be edited until it is answered.
    pub(in super::super) fn begin(&mut self) -> matrix::Changes {
        self.board.begin()
    }

    pub(in super::super) fn applied(&mut self) {
        self.board.applied();
    }

    /// Nothing was applied, and it was nobody's change that was in the way.
    pub(in super::super) fn refused(&mut self) -> Vec<String> {
        let news = self.board.refused();
        self.in_words(&news)
    }

    /// Nothing was applied, because somebody else has changed these.
    pub(in super::super) fn conflicted(&mut self, conflicts: &[Conflict]) -> Vec<String> {
        let news = self.board.conflicted(conflicts);
        self.in_words(&news)
    }

    pub(in super::super) fn resolve(&mut self, place: matrix::Place, side: Side) -> Edited {
        said(self.board.resolve(place, side))
    }

    pub(in super::super) fn fade(&mut self) -> bool {
        !self.board.fade(self.now).is_empty()
    }

    pub(in super::super) fn meet(&mut self, present: &[Present]) {
        self.guests = present.to_vec();
    }

    /// What is staged, to be kept; none when nothing is.
    pub(in super::super) fn draft(&self) -> Option<String> {
        let draft = self.board.draft();
        if draft.is_empty() {
            return None;
        }
        serde_json::to_string(&draft).ok()
    }

    /// Takes up what was staged before; gives what the person should know of it.
    pub(in super::super) fn restore(&mut self, draft: &str) -> Vec<String> {
        let Ok(draft) = serde_json::from_str::<Draft>(draft) else {
            return Vec::new();
        };
        let news = self.board.resume(&draft);
        self.in_words(&news)
    }

    /// How the selection is called: "12 cells".
    pub(in super::super) fn picked_words(&self) -> Option<String> {
        self.picked_size().map(cells)
    }
}
