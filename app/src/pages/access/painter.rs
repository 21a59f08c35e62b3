//! Paints the matrix: keeps as many rows and cells as are in sight, moves them along as the frame scrolls,
//! and writes what differs. What there is to show it asks of [`Work`]; it decides nothing.

mod marks;
mod points;

use matrix::{Axis, Mounted, Slot};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

use super::heads::{GroupPart, HeadPart};
use super::parts::{SLOT, element, set, size};
use super::rows::RowPart;
use super::work::Work;

/// Rows and columns that are mounted beyond each edge of what is in sight.
const OVERSCAN: usize = 1;

/// The painter where other threads could get at it; a browser has none.
pub(super) type Held = SendWrapper<Painter>;

pub(super) struct Painter {
    document: Document,
    frame: HtmlElement,
    sheet: HtmlElement,
    head: HtmlElement,
    groups: HtmlElement,
    names: HtmlElement,
    all_head: HtmlElement,
    heads: Vec<HeadPart>,
    group_parts: Vec<GroupPart>,
    rows: Vec<RowPart>,
    /// The heads and the rows that stay in sight.
    pinned_heads: Vec<HeadPart>,
    pinned_rows: Vec<RowPart>,
    /// Holds the focused cell while its row or column is not mounted.
    spare: RowPart,
    band: HtmlElement,
    picked: HtmlElement,
    guests: Vec<HtmlElement>,
    drawn: Sight,
}

/// What is in sight, and where the cells begin.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Sight {
    pub(super) rows: Mounted,
    pub(super) columns: Mounted,
    /// How many rows and columns there are in all.
    size: (usize, usize),
    /// What stands left of the cells and above them, in CSS pixels.
    pub(super) left: usize,
    pub(super) head: usize,
}

impl Painter {
    /// Takes over a frame that the server has filled.
    pub(super) fn new(frame: HtmlElement) -> Option<Self> {
        let document = frame.owner_document()?;
        let sheet: HtmlElement = frame.query_selector(".sheet").ok()??.dyn_into().ok()?;
        let line = |class: &str| -> Option<HtmlElement> {
            let line: Element = sheet.query_selector(class).ok()??;
            line.dyn_into().ok()
        };
        let (head, groups, names) = (line(".top")?, line(".line.groups")?, line(".line.names")?);
        let all_head = line(".w.all")?;
        let spare = RowPart::new(&document, (0, 1), false)?;
        spare.row.set_class_name("r parked");
        let band = element(&document, "div", "band", "presentation")?;
        let picked = element(&document, "div", "picked", "presentation")?;
        Some(Self {
            drawn: Sight::default(),
            heads: Vec::new(),
            group_parts: Vec::new(),
            rows: Vec::new(),
            pinned_heads: Vec::new(),
            pinned_rows: Vec::new(),
            guests: Vec::new(),
            document,
            frame,
            sheet,
            head,
            groups,
            names,
            all_head,
            spare,
            band,
            picked,
        })
    }

    pub(super) fn to_top(&self) {
        self.frame.set_scroll_top(0);
    }

    /// Takes what the server wrote off the sheet, but for the corners; the painter's own comes in its place.
    fn clear(&self) {
        if self.band.is_connected() {
            return;
        }
        for selector in [".r:not(.line)", ".w:not(.all)", ".g"] {
            let Ok(found) = self.sheet.query_selector_all(selector) else {
                continue;
            };
            for at in 0..found.length() {
                if let Some(node) = found
                    .get(at)
                    .and_then(|node| node.dyn_into::<Element>().ok())
                {
                    node.remove();
                }
            }
        }
        let _ = self.sheet.class_list().add_1("live");
        for part in [&self.band, &self.picked, &self.spare.row] {
            let _ = self.sheet.append_child(part);
        }
    }

    /// Paints what is in sight. `anew` when something of it may look different; else only what has come
    /// into sight is written.
    pub(super) fn paint(&mut self, work: &Work, anew: bool) {
        let had_focus = self.has_focus();
        self.clear();
        let mut sight = self.sight(work);
        let resized = self.resize(&sight);
        if resized {
            // The frame is as large as what is on it, up to a limit.
            sight = self.sight(work);
        }
        if !anew && sight == self.drawn {
            return;
        }
        let anew = self.pool(&sight) || resized || anew;
        for (slot, column) in sight.columns.slots() {
            let head = match slot {
                Slot::Pinned(at) => &mut self.pinned_heads[at],
                Slot::Pool(at) => &mut self.heads[at],
                Slot::Focus => continue,
            };
            head.show(work, column, sight.left, anew);
        }
        for (slot, row) in sight.rows.slots() {
            let part = match slot {
                Slot::Pinned(at) => &mut self.pinned_rows[at],
                Slot::Pool(at) => &mut self.rows[at],
                Slot::Focus => continue,
            };
            part.show(&self.document, work, row, &sight, anew);
        }
        self.draw_groups(work, &sight);
        self.drawn = sight;
        self.draw_marks(work);
        self.keep_focus(work, had_focus);
    }

    /// What is in sight, by where the frame is scrolled to.
    fn sight(&self, work: &Work) -> Sight {
        let left = corner(&self.names).map_or(0, |corner| inner(corner.offset_width())) + SLOT;
        let head = self.head.offset_height();
        let (rows, columns) = self.axes(work, left, inner(head));
        Sight {
            rows: rows.mounted(None),
            columns: columns.mounted(None),
            size: (work.rows(), work.columns()),
            left,
            head: inner(head),
        }
    }

    fn axes(&self, work: &Work, left: usize, head: usize) -> (Axis, Axis) {
        let axis = |(len, pinned): (usize, usize), edge: usize, viewport: i32, scroll: i32| Axis {
            len,
            // Half of what there is stays for the others; what is pinned beyond that scrolls as they do.
            pinned: pinned.min(inner(viewport).saturating_sub(edge) / SLOT / 2),
            edge,
            viewport: inner(viewport),
            scroll: inner(scroll),
            overscan: OVERSCAN,
        };
        let frame = &self.frame;
        let (rows, columns) = work.pinned();
        (
            axis(
                (work.rows(), rows),
                head,
                frame.client_height(),
                frame.scroll_top(),
            ),
            axis(
                (work.columns(), columns),
                left,
                frame.client_width(),
                frame.scroll_left(),
            ),
        )
    }

    /// Makes the sheet as large as what is on it; whether that has changed.
    fn resize(&mut self, sight: &Sight) -> bool {
        let of = |sight: &Sight| (sight.size, sight.left, sight.head);
        let changed = of(sight) != of(&self.drawn);
        if changed {
            let (rows, columns) = sight.size;
            size(&self.sheet, "width", sight.left + columns * SLOT);
            size(&self.sheet, "height", sight.head + rows * SLOT);
            set(&self.frame, "aria-rowcount", &(rows + 2).to_string());
            set(&self.frame, "aria-colcount", &(columns + 2).to_string());
        }
        changed
    }

    /// As many parts as are in sight. They are made anew when the frame has changed its size, or something
    /// was pinned; whether they were.
    fn pool(&mut self, sight: &Sight) -> bool {
        let rows = (sight.rows.pinned, sight.rows.window.len());
        let columns = (sight.columns.pinned, sight.columns.window.len());
        let mut all_rows = self.pinned_rows.iter().chain(&self.rows);
        if (self.pinned_heads.len(), self.heads.len()) == columns
            && (self.pinned_rows.len(), self.rows.len()) == rows
            && all_rows.all(|row| (row.pinned.len(), row.cells.len()) == columns)
        {
            return false;
        }
        for part in self.pinned_rows.drain(..).chain(self.rows.drain(..)) {
            part.row.remove();
        }
        for part in self.pinned_heads.drain(..).chain(self.heads.drain(..)) {
            part.head.remove();
        }
        let head = |sticky: bool| {
            let part = HeadPart::new(&self.document, sticky)?;
            self.names.append_child(&part.head).ok()?;
            Some(part)
        };
        self.pinned_heads = (0..columns.0).map_while(|_| head(true)).collect();
        self.heads = (0..columns.1).map_while(|_| head(false)).collect();
        let row = |sticky: bool| {
            let part = RowPart::new(&self.document, columns, sticky)?;
            self.sheet.append_child(&part.row).ok()?;
            Some(part)
        };
        self.pinned_rows = (0..rows.0).map_while(|_| row(true)).collect();
        self.rows = (0..rows.1).map_while(|_| row(false)).collect();
        let _ = self
            .sheet
            .style()
            .set_property("--pinned", &format!("{}px", columns.0 * SLOT));
        true
    }

    /// The parts of a row that is mounted.
    fn row(&mut self, at: usize) -> Option<&mut RowPart> {
        match self.drawn.rows.slot(at)? {
            Slot::Pinned(at) => self.pinned_rows.get_mut(at),
            Slot::Pool(at) => self.rows.get_mut(at),
            Slot::Focus => None,
        }
    }

    fn draw_groups(&mut self, work: &Work, sight: &Sight) {
        let mut used = 0;
        for group in work.groups_in(&sight.columns.window) {
            if used == self.group_parts.len() {
                let Some(part) = GroupPart::new(&self.document) else {
                    return;
                };
                let _ = self.groups.append_child(part.element());
                self.group_parts.push(part);
            }
            self.group_parts[used].show(group, sight.left);
            used += 1;
        }
        for part in self.group_parts.iter_mut().skip(used) {
            part.park();
        }
    }
}

/// The element in the corner, whose width is that of the names of keys.
fn corner(names: &HtmlElement) -> Option<HtmlElement> {
    names.first_element_child()?.dyn_into().ok()
}

/// A length that the browser measured, in CSS pixels.
fn inner(length: i32) -> usize {
    usize::try_from(length).unwrap_or(0)
}
