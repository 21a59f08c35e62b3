//! What lies over and under the cells, and where the focus is.

use matrix::{Mounted, Rect, Slot};
use web_sys::{FocusOptions, HtmlElement};

use super::super::parts::{SLOT, element, place, set, size};
use super::super::work::Work;
use super::points::pixels;
use super::{Painter, Sight};

impl Painter {
    /// What lies over and under the cells: the column of the focus, the selection, other people.
    pub(super) fn draw_marks(&mut self, work: &Work) {
        let Sight { left, head, .. } = self.drawn;
        let focus = work.focus();
        // Under what stays in sight lies nothing.
        let crossed = focus.and_then(|(_, column)| column);
        let crossed = crossed.filter(|column| *column >= self.drawn.columns.pinned);
        show(&self.band, crossed.is_some());
        if let Some(column) = crossed {
            place(&self.band, left + column * SLOT, 0);
        }
        let rect = work.picked();
        show(&self.picked, rect.is_some());
        self.pick_pinned(rect.as_ref());
        if let Some(Rect { rows, columns }) = rect {
            place(
                &self.picked,
                left + columns.start * SLOT,
                head + rows.start * SLOT,
            );
            size(&self.picked, "width", columns.len() * SLOT);
            size(&self.picked, "height", rows.len() * SLOT);
        }
        let guests = work.guests();
        while self.guests.len() < guests.len() {
            let Some(guest) = element(&self.document, "div", "guest", "presentation") else {
                return;
            };
            self.guests.push(guest);
        }
        for (at, part) in self.guests.iter().enumerate() {
            show(part, guests.get(at).is_some());
            let Some((name, row, column)) = guests.get(at) else {
                continue;
            };
            set(part, "data-name", name);
            // What stays in sight takes along who is there.
            let (home, x, y) = match self.staying_cell(*row, *column) {
                Some(cell) => (cell, 0, 0),
                None => (&self.sheet, left + column * SLOT, head + row * SLOT),
            };
            if part.parent_element().as_ref() != Some(home.as_ref()) {
                let _ = home.append_child(part);
            }
            place(part, x, y);
        }
        self.all_head.set_class_name(match focus {
            Some((_, None)) => "w all here",
            _ => "w all",
        });
    }

    /// The cell there, where its row or its column stays in sight.
    fn staying_cell(&self, row: usize, column: usize) -> Option<&HtmlElement> {
        let rows = self.drawn.rows.slot(row)?;
        let columns = self.drawn.columns.slot(column)?;
        let part = match rows {
            Slot::Pinned(at) => self.pinned_rows.get(at),
            Slot::Pool(at) => self.rows.get(at),
            Slot::Focus => None,
        }?;
        let cell = match columns {
            Slot::Pinned(at) => part.pinned.get(at),
            Slot::Pool(at) if matches!(rows, Slot::Pinned(_)) => part.cells.get(at),
            _ => None,
        }?;
        Some(&cell.cell)
    }

    /// The selection lies under what stays in sight, so cells there are marked themselves.
    fn pick_pinned(&mut self, rect: Option<&Rect>) {
        let is_in = |row: Option<usize>, column: Option<usize>| {
            rect.zip(row.zip(column))
                .is_some_and(|(rect, (row, column))| {
                    rect.rows.contains(&row) && rect.columns.contains(&column)
                })
        };
        let columns = self.drawn.columns.clone();
        let at = |slot: usize| {
            columns
                .window
                .clone()
                .find(|at| at % columns.window.len() == slot)
        };
        for part in self.pinned_rows.iter_mut().chain(&mut self.rows) {
            for (column, cell) in part.pinned.iter_mut().enumerate() {
                cell.pick(is_in(part.at, Some(column)));
            }
        }
        for part in &mut self.pinned_rows {
            for (slot, cell) in part.cells.iter_mut().enumerate() {
                cell.pick(is_in(part.at, at(slot)));
            }
        }
    }

    /// The cell that the Tab key leads to, mounted or in the spare row.
    pub(super) fn keep_focus(&mut self, work: &Work, had_focus: bool) {
        let Some((row, column)) = work.focus() else {
            return;
        };
        let slot = self.drawn.rows.slot(row).and_then(|_| match column {
            Some(column) => self.drawn.columns.slot(column).map(Some),
            None => Some(None),
        });
        let pinned = self.pinned_rows.iter_mut();
        for part in pinned.chain(&mut self.rows) {
            let here = slot.filter(|_| part.at == Some(row));
            part.all.stop(here == Some(None));
            for (at, cell) in part.pinned.iter_mut().enumerate() {
                cell.stop(here == Some(Some(Slot::Pinned(at))));
            }
            for (at, cell) in part.cells.iter_mut().enumerate() {
                cell.stop(here == Some(Some(Slot::Pool(at))));
            }
        }
        let target = if let Some(slot) = slot {
            self.spare.park();
            let Some(part) = self.row(row) else { return };
            let cell = match slot {
                Some(slot) => part.cell(slot),
                None => Some(&mut part.all),
            };
            let Some(cell) = cell else { return };
            cell.slot.clone()
        } else {
            let only = Sight {
                columns: Mounted {
                    window: column.map_or(0..0, |column| column..column + 1),
                    ..Mounted::default()
                },
                ..self.drawn.clone()
            };
            self.spare.show(&self.document, work, row, &only, true);
            let cell = match column {
                Some(_) => &mut self.spare.cells[0],
                None => &mut self.spare.all,
            };
            cell.stop(true);
            cell.slot.clone()
        };
        if had_focus {
            focus(&target);
        }
    }

    /// Whether the focus is on a cell.
    pub(in super::super) fn has_focus(&self) -> bool {
        let active = self.document.active_element();
        active.is_some_and(|active| {
            active.class_list().contains("slot") && self.sheet.contains(Some(&active))
        })
    }

    /// Brings the focused cell into sight, clear of what sticks to the edges, and focuses it.
    pub(in super::super) fn focus(&mut self, work: &Work) {
        if let Some((row, column)) = work.focus() {
            let (rows, columns) = self.axes(work, self.drawn.left, self.drawn.head);
            self.frame.set_scroll_top(pixels(rows.reveal(row)));
            if let Some(column) = column {
                self.frame.set_scroll_left(pixels(columns.reveal(column)));
            }
        }
        self.paint(work, true);
        self.keep_focus(work, true);
    }
}

fn show(element: &HtmlElement, on: bool) {
    if element.hidden() == on {
        element.set_hidden(!on);
    }
}

fn focus(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}
