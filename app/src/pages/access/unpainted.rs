//! The painter on the server, where there is nothing to paint on, and none is ever made.

use leptos::web_sys::HtmlElement;

use super::work::Work;

pub(super) enum Painter {}

/// The painter as the desk holds it.
pub(super) type Held = Box<Painter>;

impl Painter {
    pub(super) fn new(_: HtmlElement) -> Option<Self> {
        None
    }

    pub(super) fn paint(&mut self, _: &Work, _: bool) {
        match *self {}
    }

    pub(super) fn focus(&mut self, _: &Work) {
        match *self {}
    }

    pub(super) fn has_focus(&self) -> bool {
        match *self {}
    }

    pub(super) fn to_top(&self) {
        match *self {}
    }

    pub(super) fn spot(&self, _: f64, _: f64, _: &Work, _: bool) -> Option<(usize, usize)> {
        match *self {}
    }

    pub(super) fn scroll_towards(&mut self, _: f64, _: f64, _: f64) -> bool {
        match *self {}
    }

    pub(super) fn page(&self) -> usize {
        match *self {}
    }

    pub(super) fn middle(&self, _: usize, _: usize) -> (f64, f64) {
        match *self {}
    }
}
