//! What the desk shows to the views around the grid.

use contract::Timestamp;
use contract::access::Present;
use leptos::prelude::*;

use super::super::work::{Query, Told, Work};
use super::{Desk, Over, Shown, Stand};

impl Desk {
    pub(in super::super) fn stand(self) -> Signal<Stand> {
        self.stand.into()
    }

    /// The whole matrix is here. What is pressed before would be lost.
    pub(in super::super) fn ready(self) -> bool {
        self.read(|_| ()).is_some()
    }

    pub(in super::super) fn told(self) -> Signal<Told> {
        self.told.into()
    }

    pub(in super::super) fn said(self) -> Signal<String> {
        self.said.into()
    }

    pub(in super::super) fn refused(self) -> Signal<Option<String>> {
        self.refused.into()
    }

    pub(in super::super) fn over(self) -> RwSignal<Option<Over>> {
        self.over
    }

    pub(in super::super) fn card(self) -> RwSignal<Option<Shown>> {
        self.card
    }

    pub(in super::super) fn present(self) -> Signal<Vec<Present>> {
        self.present.into()
    }

    pub(in super::super) fn is_cut_off(self) -> Signal<bool> {
        self.cut_off.into()
    }

    pub(in super::super) fn past(self) -> RwSignal<Option<Timestamp>> {
        self.past
    }

    /// Until when changes are told while the matrix is shown as it was; nothing is now.
    pub(in super::super) fn until(self) -> RwSignal<Option<Timestamp>> {
        self.until
    }

    pub(in super::super) fn query(self) -> Signal<Query> {
        self.query.into()
    }

    /// Reads the work, again whenever it has changed. `None` until it is there.
    pub(in super::super) fn read<T>(self, read: impl FnOnce(&Work) -> T) -> Option<T> {
        self.turn.track();
        self.peek(read)
    }

    /// Reads the work as it is.
    pub(in super::super) fn peek<T>(self, read: impl FnOnce(&Work) -> T) -> Option<T> {
        self.work
            .try_with_value(|work| work.as_ref().map(read))
            .flatten()
    }
}
