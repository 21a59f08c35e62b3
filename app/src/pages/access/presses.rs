//! What a key press asks of the matrix, after the grid pattern of the ARIA Authoring Practices.

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Press {
    /// Moves the focus, or changes what is selected.
    Select(matrix::Press),
    /// Grants or revokes what is selected, whichever the focused cell is not.
    Toggle,
    Set(bool),
    Review,
    Undo,
    Redo,
    Copy,
    Paste,
    Card,
    /// All workspaces, present and future.
    All,
    Pin {
        column: bool,
    },
}

/// The keys that were held down with another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    /// Control, or Command on a Mac.
    pub(super) ctrl: bool,
    pub(super) shift: bool,
    pub(super) alt: bool,
}

/// What a press means; `None` when it is not for the matrix.
pub(super) fn press(key: &str, held: Held) -> Option<Press> {
    let Held { ctrl, shift, alt } = held;
    if alt {
        return None;
    }
    if let Some(press) = matrix::Press::of(key, ctrl, shift) {
        return Some(Press::Select(press));
    }
    match (key, ctrl) {
        (" ", false) => Some(Press::Toggle),
        ("g", false) => Some(Press::Set(true)),
        ("r", false) => Some(Press::Set(false)),
        ("Enter", true) => Some(Press::Review),
        ("z" | "Z", true) if shift => Some(Press::Redo),
        ("z", true) => Some(Press::Undo),
        ("y", true) => Some(Press::Redo),
        ("c", true) => Some(Press::Copy),
        ("v", true) => Some(Press::Paste),
        ("i", false) => Some(Press::Card),
        ("a", false) => Some(Press::All),
        ("p", false) => Some(Press::Pin { column: false }),
        ("P", false) => Some(Press::Pin { column: true }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_down_changes_what_a_key_asks() {
        let shift = Held {
            shift: true,
            ..Held::default()
        };
        let ctrl = Held {
            ctrl: true,
            ..Held::default()
        };
        let both = Held {
            ctrl: true,
            shift: true,
            alt: false,
        };
        let alt = Held {
            alt: true,
            ..Held::default()
        };
        assert_eq!(press(" ", Held::default()), Some(Press::Toggle));
        assert_eq!(
            press(" ", shift),
            Some(Press::Select(matrix::Press::SelectRow))
        );
        assert_eq!(press("z", ctrl), Some(Press::Undo));
        assert_eq!(press("Z", both), Some(Press::Redo));
        assert_eq!(press("g", ctrl), None);
        assert_eq!(press("g", alt), None);
        assert_eq!(press("x", Held::default()), None);
    }
}
