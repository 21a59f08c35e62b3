//! A row of the sheet: the name of a key, its reach, its place among all workspaces, its cells.

use matrix::Slot;
use web_sys::{Document, HtmlElement};

use super::painter::Sight;
use super::parts::{CellPart, SLOT, element, place, set, size};
use super::work::{Work, checked};

pub(super) struct RowPart {
    pub(super) row: HtmlElement,
    /// The row it shows; none while it is parked.
    pub(super) at: Option<usize>,
    link: HtmlElement,
    reach: HtmlElement,
    /// Whether the key reaches all workspaces.
    pub(super) all: CellPart,
    /// Those that stay in sight, and the others.
    pub(super) pinned: Vec<CellPart>,
    pub(super) cells: Vec<CellPart>,
    told: Told,
    /// Whether the row stays in sight.
    sticky: bool,
}

/// What the head of the row says.
#[derive(Clone, Default, PartialEq, Eq)]
struct Told {
    name: String,
    href: String,
    reach: String,
    state: &'static str,
    class: &'static str,
}

impl RowPart {
    /// With as many cells as columns are mounted: those that stay in sight, and the others.
    pub(super) fn new(
        document: &Document,
        (pinned, cells): (usize, usize),
        sticky: bool,
    ) -> Option<Self> {
        let row = element(document, "div", "r", "row")?;
        let key = element(document, "div", "key", "rowheader")?;
        let link = element(document, "a", "truncate", "")?;
        set(&link, "dir", "auto");
        set(&link, "tabindex", "-1");
        let reach = element(document, "button", "reach", "checkbox")?;
        set(&reach, "type", "button");
        set(&reach, "tabindex", "-1");
        key.append_child(&link).ok()?;
        key.append_child(&reach).ok()?;
        row.append_child(&key).ok()?;
        let all = CellPart::new(document, "all", false)?;
        set(&all.cell, "aria-colindex", "2");
        row.append_child(&all.cell).ok()?;
        let part = |sticky: bool| {
            let part = CellPart::new(document, "c", sticky)?;
            row.append_child(&part.cell).ok()?;
            Some(part)
        };
        let pinned = (0..pinned).map(|_| part(true)).collect::<Option<_>>()?;
        let cells = (0..cells).map(|_| part(false)).collect::<Option<_>>()?;
        Some(Self {
            row,
            at: None,
            link,
            reach,
            all,
            pinned,
            cells,
            told: Told::default(),
            sticky,
        })
    }

    /// Shows a row of the matrix, or what has changed of it.
    pub(super) fn show(
        &mut self,
        document: &Document,
        work: &Work,
        at: usize,
        sight: &Sight,
        anew: bool,
    ) {
        let moved = self.at != Some(at);
        if moved {
            let y = sight.head + at * SLOT;
            if self.sticky {
                size(&self.row, "top", y);
            } else {
                place(&self.row, 0, y);
            }
            set(&self.row, "aria-rowindex", &(at + 3).to_string());
            self.at = Some(at);
        }
        if moved || anew {
            self.head(document, work, at);
        }
        for (slot, column) in sight.columns.slots() {
            let Some(part) = self.cell(slot) else {
                continue;
            };
            let x = sight.left + column * SLOT;
            let changed = part.put(work.arranged(), (at, column), x, work.starts(column));
            if changed {
                part.name(work.key_name(at), work.column_name(column));
            }
            if changed || anew {
                part.draw(document, work.face(at, column));
            }
        }
    }

    fn head(&mut self, document: &Document, work: &Work, at: usize) {
        let told = Told {
            name: work.key_name(at).to_owned(),
            href: work.key_href(at),
            reach: work.reach(at),
            state: checked(work.row_count(at)),
            class: work.row_class(at),
        };
        self.all.draw(document, work.all_face(at));
        if told == self.told {
            return;
        }
        if told.name != self.told.name {
            self.link.set_text_content(Some(&told.name));
            set(&self.link, "title", &told.name);
            self.all
                .name(&told.name, "all workspaces, present and future");
        }
        if told.href != self.told.href {
            set(&self.link, "href", &told.href);
        }
        if told.reach != self.told.reach {
            self.reach.set_text_content(Some(&told.reach));
        }
        if (&told.name, &told.reach) != (&self.told.name, &self.told.reach) {
            let name = format!("{}: {} workspaces shown", told.name, told.reach);
            set(&self.reach, "aria-label", &name);
            set(&self.reach, "title", &name);
        }
        set(&self.reach, "aria-checked", told.state);
        self.row.set_class_name(told.class);
        if self.sticky {
            let _ = self.row.class_list().add_1("pinned");
        }
        self.told = told;
    }

    /// The cell of a column that is mounted.
    pub(super) fn cell(&mut self, slot: Slot) -> Option<&mut CellPart> {
        match slot {
            Slot::Pinned(at) => self.pinned.get_mut(at),
            Slot::Pool(at) => self.cells.get_mut(at),
            Slot::Focus => None,
        }
    }

    /// Takes it out of sight.
    pub(super) fn park(&mut self) {
        if self.at.take().is_some() {
            self.row.set_class_name("r parked");
            self.told = Told::default();
        }
    }
}
