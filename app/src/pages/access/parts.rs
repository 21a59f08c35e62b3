//! The elements that the painter moves about: rows, cells and heads of columns. Made once, then recycled;
//! each remembers what it shows, so that only what differs is written.

use std::fmt::Write;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

use super::face::{Face, aria, cell_name};

/// The side of a cell, in CSS pixels. The stylesheet calls it `--slot`.
pub(super) const SLOT: usize = 32;

/// Makes an element; the tags are ours, so it cannot fail but without a document.
pub(super) fn element(
    document: &Document,
    tag: &str,
    class: &str,
    role: &str,
) -> Option<HtmlElement> {
    let element: HtmlElement = document.create_element(tag).ok()?.dyn_into().ok()?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    if !role.is_empty() {
        set(&element, "role", role);
    }
    Some(element)
}

pub(super) fn set(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// Sets an attribute, or takes it away.
pub(super) fn set_or_not(element: &Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => set(element, name, value),
        None => drop(element.remove_attribute(name)),
    }
}

/// Moves an element to its place on the sheet, in CSS pixels.
pub(super) fn place(element: &HtmlElement, x: usize, y: usize) {
    let mut at = String::with_capacity(24);
    let _ = write!(at, "translate({x}px,{y}px)");
    let _ = element.style().set_property("transform", &at);
}

pub(super) fn size(element: &HtmlElement, property: &str, pixels: usize) {
    let _ = element
        .style()
        .set_property(property, &format!("{pixels}px"));
}

/// One cell: the gridcell and, in it, the checkbox.
pub(super) struct CellPart {
    pub(super) cell: HtmlElement,
    pub(super) slot: HtmlElement,
    /// The arrangement it was put in, and its row and column.
    shown: Option<(u32, usize, usize)>,
    x: Option<usize>,
    face: Option<Face>,
    kind: Kind,
    dot: Option<HtmlElement>,
    stop: bool,
}

/// What the class of a cell says.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind {
    /// Whether a group of columns begins with it.
    starts: bool,
    /// Whether its column stays in sight.
    sticky: bool,
    /// Whether it is marked as selected itself, since no mark lies over it.
    picked: bool,
}

impl Kind {
    fn class(self) -> String {
        let mut class = String::from("c");
        for (on, name) in [
            (self.starts, " starts"),
            (self.sticky, " pinned"),
            (self.picked, " picked-too"),
        ] {
            if on {
                class.push_str(name);
            }
        }
        class
    }
}

impl CellPart {
    pub(super) fn new(document: &Document, class: &str, sticky: bool) -> Option<Self> {
        let cell = element(document, "div", class, "gridcell")?;
        let slot = element(document, "div", "slot", "checkbox")?;
        set(&slot, "tabindex", "-1");
        cell.append_child(&slot).ok()?;
        Some(Self {
            cell,
            slot,
            shown: None,
            x: None,
            face: None,
            kind: Kind {
                starts: false,
                sticky,
                picked: false,
            },
            dot: None,
            stop: false,
        })
    }

    /// Puts it on a column; true when it was on another cell before. The same row and column are another
    /// cell where all is arranged anew.
    pub(super) fn put(
        &mut self,
        arranged: u32,
        (row, column): (usize, usize),
        x: usize,
        starts: bool,
    ) -> bool {
        let moved = self.x != Some(x);
        if moved {
            self.x = Some(x);
            if self.kind.sticky {
                size(&self.cell, "left", x);
            } else {
                place(&self.cell, x, 0);
            }
            set(&self.cell, "aria-colindex", &(column + 3).to_string());
        }
        self.be(
            Kind {
                starts,
                ..self.kind
            },
            moved,
        );
        let changed = self.shown != Some((arranged, row, column));
        self.shown = Some((arranged, row, column));
        changed
    }

    /// Marks it as selected, or not.
    pub(super) fn pick(&mut self, picked: bool) {
        self.be(
            Kind {
                picked,
                ..self.kind
            },
            false,
        );
    }

    fn be(&mut self, kind: Kind, anew: bool) {
        if anew || self.kind != kind {
            self.kind = kind;
            self.cell.set_class_name(&kind.class());
        }
    }

    pub(super) fn name(&self, key: &str, workspace: &str) {
        set(&self.slot, "aria-label", &cell_name(key, workspace));
    }

    /// Draws it, where it differs from what is drawn.
    pub(super) fn draw(&mut self, document: &Document, face: Face) {
        if self.face == Some(face) {
            return;
        }
        let before = self.face.unwrap_or_default();
        let first = self.face.is_none();
        self.face = Some(face);
        self.slot.set_class_name(&face.class());
        if first || before.is_checked() != face.is_checked() {
            set(&self.slot, "aria-checked", aria(face.is_checked()));
        }
        if before.description() != face.description() {
            set_or_not(&self.slot, "aria-description", face.description());
        }
        if before.locked != face.locked {
            set_or_not(&self.slot, "aria-disabled", face.locked.then_some("true"));
        }
        if face.fresh && self.dot.is_none() {
            self.dot = element(document, "i", "", "");
            if let Some(dot) = &self.dot {
                let _ = self.slot.append_child(dot);
            }
        } else if !face.fresh
            && let Some(dot) = self.dot.take()
        {
            dot.remove();
        }
    }

    /// Whether the Tab key leads here.
    pub(super) fn stop(&mut self, here: bool) {
        if self.stop != here {
            self.stop = here;
            set(&self.slot, "tabindex", if here { "0" } else { "-1" });
        }
    }
}
