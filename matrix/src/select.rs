//! What is selected, and how the keyboard moves it: the ARIA pattern of a grid.

use std::ops::Range;

use crate::view::Pos;

/// A rectangle of cells with the focus in it. The anchor is where it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub anchor: Pos,
    pub focus: Pos,
    pub span: Span,
}

/// Whether a selection goes to the edges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    #[default]
    Cells,
    /// All of the rows from the anchor to the focus.
    Rows,
    /// All of the columns from the anchor to the focus.
    Columns,
}

/// How many rows and columns there are, and how many rows a page of the keyboard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub rows: usize,
    pub columns: usize,
    pub page: usize,
}

/// Selected cells, from the first row and column up to, but not with, the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rect {
    pub rows: Range<usize>,
    pub columns: Range<usize>,
}

impl Rect {
    pub fn contains(&self, pos: Pos) -> bool {
        self.rows.contains(&pos.row) && self.columns.contains(&pos.column)
    }

    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Where a key leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    RowStart,
    RowEnd,
    Start,
    End,
}

/// What a key press does to the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// Moves the focus, and selects nothing but it.
    Go(Move),
    /// Moves the focus and leaves the anchor.
    Extend(Move),
    SelectRow,
    SelectColumn,
    /// Selects nothing but the focus.
    Clear,
}

impl Press {
    /// What a key means, by its name in the browser (`KeyboardEvent.key`) and what is held with it. Any
    /// other key has no meaning for the selection.
    pub fn of(key: &str, ctrl: bool, shift: bool) -> Option<Self> {
        let to = match (key, ctrl) {
            (" ", true) if !shift => return Some(Self::SelectColumn),
            (" ", false) if shift => return Some(Self::SelectRow),
            ("Escape", false) if !shift => return Some(Self::Clear),
            ("ArrowUp", false) => Move::Up,
            ("ArrowDown", false) => Move::Down,
            ("ArrowLeft", false) => Move::Left,
            ("ArrowRight", false) => Move::Right,
            ("PageUp", false) => Move::PageUp,
            ("PageDown", false) => Move::PageDown,
            ("Home", false) => Move::RowStart,
            ("End", false) => Move::RowEnd,
            ("Home", true) => Move::Start,
            ("End", true) => Move::End,
            _ => return None,
        };
        Some(if shift {
            Self::Extend(to)
        } else {
            Self::Go(to)
        })
    }
}

impl Selection {
    /// One cell.
    pub fn at(pos: Pos) -> Self {
        Self {
            anchor: pos,
            focus: pos,
            span: Span::Cells,
        }
    }

    /// From the anchor to another cell: shift and click, or dragging.
    #[must_use]
    pub fn to(self, focus: Pos) -> Self {
        Self { focus, ..self }
    }

    /// Whether nothing but the focus is selected.
    pub fn is_single(self) -> bool {
        self.anchor == self.focus && self.span == Span::Cells
    }

    /// The selection after a key press.
    #[must_use]
    pub fn press(self, press: Press, extent: Extent) -> Self {
        let select = |span| Self {
            anchor: if self.span == span {
                self.anchor
            } else {
                self.focus
            },
            span,
            ..self
        };
        match press {
            Press::Go(to) => Self::at(moved(self.focus, to, extent)),
            Press::Extend(to) => self.to(moved(self.focus, to, extent)),
            Press::SelectRow => select(Span::Rows),
            Press::SelectColumn => select(Span::Columns),
            Press::Clear => Self::at(self.focus),
        }
    }

    /// The selection where rows or columns have become fewer.
    #[must_use]
    pub fn within(self, extent: Extent) -> Self {
        let clamp = |pos: Pos| Pos {
            row: pos.row.min(extent.rows.saturating_sub(1)),
            column: pos.column.min(extent.columns.saturating_sub(1)),
        };
        Self {
            anchor: clamp(self.anchor),
            focus: clamp(self.focus),
            ..self
        }
    }

    /// The selected cells.
    pub fn rect(self, extent: Extent) -> Rect {
        let between = |a: usize, b: usize, of: usize| a.min(b).min(of)..(a.max(b) + 1).min(of);
        let rows = between(self.anchor.row, self.focus.row, extent.rows);
        let columns = between(self.anchor.column, self.focus.column, extent.columns);
        match self.span {
            Span::Cells => Rect { rows, columns },
            Span::Rows => Rect {
                rows,
                columns: 0..extent.columns,
            },
            Span::Columns => Rect {
                rows: 0..extent.rows,
                columns,
            },
        }
    }
}

fn moved(from: Pos, to: Move, extent: Extent) -> Pos {
    let Pos { row, column } = from;
    let last_row = extent.rows.saturating_sub(1);
    let last_column = extent.columns.saturating_sub(1);
    let (row, column) = match to {
        Move::Up => (row.saturating_sub(1), column),
        Move::Down => (row + 1, column),
        Move::Left => (row, column.saturating_sub(1)),
        Move::Right => (row, column + 1),
        Move::PageUp => (row.saturating_sub(extent.page), column),
        Move::PageDown => (row + extent.page, column),
        Move::RowStart => (row, 0),
        Move::RowEnd => (row, last_column),
        Move::Start => (0, 0),
        Move::End => (last_row, last_column),
    };
    Pos {
        row: row.min(last_row),
        column: column.min(last_column),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXTENT: Extent = Extent {
        rows: 100,
        columns: 20,
        page: 10,
    };

    fn pos(row: usize, column: usize) -> Pos {
        Pos { row, column }
    }

    fn pressed(keys: &[(&str, bool, bool)]) -> Selection {
        let presses = keys
            .iter()
            .map(|(key, ctrl, shift)| Press::of(key, *ctrl, *shift).unwrap());
        presses.fold(Selection::at(pos(50, 5)), |selection, press| {
            selection.press(press, EXTENT)
        })
    }

    #[test]
    fn each_key_leads_where_the_pattern_says() {
        for (key, ctrl, to) in [
            ("ArrowUp", false, pos(49, 5)),
            ("ArrowDown", false, pos(51, 5)),
            ("ArrowLeft", false, pos(50, 4)),
            ("ArrowRight", false, pos(50, 6)),
            ("PageUp", false, pos(40, 5)),
            ("PageDown", false, pos(60, 5)),
            ("Home", false, pos(50, 0)),
            ("End", false, pos(50, 19)),
            ("Home", true, pos(0, 0)),
            ("End", true, pos(99, 19)),
        ] {
            assert_eq!(pressed(&[(key, ctrl, false)]), Selection::at(to), "{key}");
            let extended = pressed(&[(key, ctrl, true)]);
            assert_eq!((extended.anchor, extended.focus), (pos(50, 5), to), "{key}");
        }
        for key in ["a", "Tab", "Enter"] {
            assert_eq!(Press::of(key, false, false), None);
        }
        assert_eq!(Press::of(" ", false, false), None, "it toggles");
    }

    #[test]
    fn rows_and_columns_go_to_the_edges_and_the_focus_stays() {
        let row = pressed(&[(" ", false, true), ("ArrowDown", false, true)]);
        assert_eq!(
            row.rect(EXTENT),
            Rect {
                rows: 50..52,
                columns: 0..20
            }
        );
        assert_eq!(row.focus, pos(51, 5));
        let column = pressed(&[(" ", true, false), ("ArrowLeft", false, true)]);
        assert_eq!(
            column.rect(EXTENT),
            Rect {
                rows: 0..100,
                columns: 4..6
            }
        );
        assert!(pressed(&[(" ", true, false), ("Escape", false, false)]).is_single());
    }

    proptest! {
        #[test]
        fn the_focus_never_leaves_the_grid(
            rows in 0_usize..5, columns in 0_usize..5, page in 1_usize..9,
            keys in proptest::collection::vec((0_usize..10, any::<bool>(), any::<bool>()), 0..30),
        ) {
            let names = [
                "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End", " ", "Escape",
            ];
            let extent = Extent { rows, columns, page };
            let mut selection = Selection::default();
            for (key, ctrl, shift) in keys {
                let Some(press) = Press::of(names[key], ctrl, shift) else { continue };
                selection = selection.press(press, extent);
                prop_assert_eq!(selection.within(extent), selection);
                let rect = selection.rect(extent);
                prop_assert_eq!(rect.contains(selection.focus), rows * columns > 0);
                prop_assert!(rect.rows.end <= rows && rect.columns.end <= columns);
            }
        }
    }
}
