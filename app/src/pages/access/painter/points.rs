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
        let to = |at: usize, edge: usize, pinned: usize, scrolled: i32| {
            let from = at.max(edge) - edge;
            let stays = from < pinned * SLOT;
            (if stays { from } else { from + inner(scrolled) }) / SLOT
        };
        let (rows, columns) = (self.drawn.rows.pinned, self.drawn.columns.pinned);
        let row = to(y, head, rows, self.frame.scroll_top());
        let column = to(x, left, columns, self.frame.scroll_left());
        if !beyond && (row >= work.rows() || column >= work.columns()) {
            return None;
        }
        Some((row.min(work.rows() - 1), column.min(work.columns() - 1)))
    }

    /// Scrolls on where a point is near an edge of the cells; whether it did.
    pub(in super::super) fn scroll_towards(&mut self, x: f64, y: f64, near: f64) -> bool {
        let bounds = self.frame.get_bounding_client_rect();
        let drawn = &self.drawn;
        let (left, head) = (
            f64::from(pixels(drawn.left + drawn.columns.pinned * SLOT)),
            f64::from(pixels(drawn.head + drawn.rows.pinned * SLOT)),
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
        let edge = self.drawn.head + self.drawn.rows.pinned * SLOT;
        let height = inner(self.frame.client_height()).saturating_sub(edge);
        (height / SLOT).max(1)
    }

    /// The middle of a cell in the window, in CSS pixels; for the card beside it.
    pub(in super::super) fn middle(&self, row: usize, column: usize) -> (f64, f64) {
        let bounds = self.frame.get_bounding_client_rect();
        let along = |edge: usize, at: usize, pinned: usize, scrolled: i32| {
            let scrolled = if at < pinned { 0 } else { scrolled };
            f64::from(pixels(edge + at * SLOT + SLOT / 2) - scrolled)
        };
        let (drawn, frame) = (&self.drawn, &self.frame);
        let x = along(
            drawn.left,
            column,
            drawn.columns.pinned,
            frame.scroll_left(),
        );
        let y = along(drawn.head, row, drawn.rows.pinned, frame.scroll_top());
        (bounds.left() + x, bounds.top() + y)
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
