//! How a cell looks and what it says of itself, wherever it is drawn: by the server, by the painter, in a
//! list.

use matrix::{Cell, State};

/// What is drawn in a cell. Each differs by its shape, so that nobody needs to tell colours apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    #[default]
    None,
    Granted,
    /// Reached with all workspaces: a rail across the row.
    Rail,
    /// Staged: will be granted.
    Add,
    /// Staged: will be revoked.
    Remove,
    /// Being applied; whether it will be granted.
    Sent(bool),
    /// Could not be applied; whether it would be granted.
    Failed(bool),
    /// A folded group of which the key reaches a part.
    Some,
}

/// A cell as it is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Face {
    pub shape: Shape,
    /// It cannot be changed.
    pub locked: bool,
    /// Somebody else has changed it just now.
    pub fresh: bool,
}

impl From<Cell> for Face {
    fn from(cell: Cell) -> Self {
        let shape = match cell.state {
            State::None => Shape::None,
            State::Granted => Shape::Granted,
            State::All => Shape::Rail,
            State::Grant => Shape::Add,
            State::Revoke => Shape::Remove,
            State::Applying(want) => Shape::Sent(want),
            State::Failed(want) => Shape::Failed(want),
        };
        Self {
            shape,
            // A rail is no cell to be changed, and drawn as strong as it is.
            locked: cell.lock.is_some_and(|lock| lock != matrix::Lock::All),
            fresh: cell.fresh,
        }
    }
}

impl Face {
    /// The letter that it travels by in the first window: `.` none, `g` granted, `a` by way of all
    /// workspaces; `_`, `G` and `A` where it cannot be changed.
    #[cfg(feature = "ssr")]
    pub fn letter(self) -> char {
        match (self.shape, self.locked) {
            (Shape::Rail, false) => 'a',
            (Shape::Rail, true) => 'A',
            (Shape::Granted, false) => 'g',
            (Shape::Granted, true) => 'G',
            (_, false) => '.',
            (_, true) => '_',
        }
    }

    /// The face of a letter.
    pub fn of_letter(letter: char) -> Self {
        let shape = match letter {
            'a' | 'A' => Shape::Rail,
            'g' | 'G' => Shape::Granted,
            _ => Shape::None,
        };
        Self {
            shape,
            locked: matches!(letter, 'A' | 'G' | '_'),
            fresh: false,
        }
    }

    /// The classes of its slot.
    pub fn class(self) -> String {
        let mut class = String::from("slot");
        class.push_str(match self.shape {
            Shape::None => "",
            Shape::Granted => " on",
            Shape::Rail => " rail",
            Shape::Add => " add",
            Shape::Remove => " del",
            Shape::Sent(true) => " sent on",
            Shape::Sent(false) => " sent",
            Shape::Failed(_) => " failed",
            Shape::Some => " some",
        });
        if self.locked {
            class.push_str(" locked");
        }
        if self.fresh {
            class.push_str(" fresh");
        }
        class
    }

    /// Whether the key will reach the workspace once everything staged is applied.
    pub fn is_checked(self) -> bool {
        matches!(
            self.shape,
            Shape::Granted | Shape::Rail | Shape::Add | Shape::Sent(true) | Shape::Failed(true)
        )
    }

    /// What a screen reader says beside the name, for what differs from plain granted and not granted.
    pub fn description(self) -> Option<&'static str> {
        match self.shape {
            Shape::Rail => Some("all workspaces"),
            Shape::Add => Some("will be granted"),
            Shape::Remove => Some("will be revoked"),
            Shape::Sent(_) => Some("being applied"),
            Shape::Failed(_) => Some("could not be applied"),
            Shape::Some => Some("a part of them"),
            Shape::None | Shape::Granted if self.fresh => Some("just changed by somebody else"),
            Shape::None | Shape::Granted => None,
        }
    }
}

/// "true" and "false", as attributes of ARIA want them.
pub const fn aria(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}

/// The name of a cell to a screen reader.
pub fn cell_name(key: &str, workspace: &str) -> String {
    format!("{key}, {workspace}")
}
