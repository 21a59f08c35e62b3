//! Points of the window and what is under them.

use super::super::parts::SLOT;
use super::super::work::Work;
use super::{Painter, Sight, inner};

impl Painter {
    /// The row and the column of the cell under a point of the window, in CSS pixels. With `beyond`, the
    /// nearest cell counts where there is none, so that a stroke may be drawn past the edge.
    pub(in super::super) fn spot(
        &self,
        x: f64,
        y: f64,
        work: &Work,
        beyond: bool,
    ) -> Option<(usize, usize)> {
        let bounds = self.frame.get_bounding_client_rect();
        let (x, y) = (whole(x - bounds.left()), whole(y - bounds.top()));
        let Sight { left, head, .. } = self.drawn;
        if work.rows() == 0 || work.columns() == 0 || !beyond && (x < left || y < head) {
            return None;
        }
        let to =
            |at: usize, edge: usize, scrolled: i32| (at.max(edge) - edge + inner(scrolled)) / SLOT;
        let row = to(y, head, self.frame.scroll_top());
        let column = to(x, left, self.frame.scroll_left());
        if !beyond && (row >= work.rows() || column >= work.columns()) {
            return None;
        }
        Some((row.min(work.rows() - 1), column.min(work.columns() - 1)))
    }

    /// Scrolls on where a point is near an edge of the cells; whether it did.
    pub(in super::super) fn scroll_towards(&mut self, x: f64, y: f64, near: f64) -> bool {
        let bounds = self.frame.get_bounding_client_rect();
        let (left, head) = (
            f64::from(pixels(self.drawn.left)),
            f64::from(pixels(self.drawn.head)),
        );
        let pull = |at: f64, start: f64, end: f64| {
            let pulled = (at - (end - near)).max(0.0) - (start + near - at).max(0.0);
            // At most a cell with each frame.
            (pulled / 2.0).clamp(-24.0, 24.0)
        };
        let by_x = pull(x, bounds.left() + left, bounds.right());
        let by_y = pull(y, bounds.top() + head, bounds.bottom());
        let before = (self.frame.scroll_left(), self.frame.scroll_top());
        self.frame.scroll_by_with_x_and_y(by_x, by_y);
        before != (self.frame.scroll_left(), self.frame.scroll_top())
    }

    /// How many rows are in sight as a whole.
    pub(in super::super) fn page(&self) -> usize {
        let height = inner(self.frame.client_height()).saturating_sub(self.drawn.head);
        (height / SLOT).max(1)
    }

    /// The middle of a cell in the window, in CSS pixels; for the card beside it.
    pub(in super::super) fn middle(&self, row: usize, column: usize) -> (f64, f64) {
        let bounds = self.frame.get_bounding_client_rect();
        let along = |start: f64, head: usize, at: usize, scrolled: i32| {
            start + f64::from(pixels(head + at * SLOT + SLOT / 2) - scrolled)
        };
        (
            along(
                bounds.left(),
                self.drawn.left,
                column,
                self.frame.scroll_left(),
            ),
            along(bounds.top(), self.drawn.head, row, self.frame.scroll_top()),
        )
    }
}

pub(super) fn pixels(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels of a page, and what is negative counts as 0"
)]
fn whole(pixels: f64) -> usize {
    pixels.max(0.0) as usize
}
