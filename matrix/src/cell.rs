//! What one cell is, and why it cannot be changed.

use contract::resource::KeyState;

use crate::matrix::{Matrix, Place};

/// What a cell shows. Each state has a shape of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    None,
    Granted,
    /// The key reaches all workspaces, present and future.
    All,
    /// Will be granted.
    Grant,
    /// Will be revoked.
    Revoke,
    /// On its way: whether it will be granted.
    Applying(bool),
    /// Was refused and still is staged: whether it would be granted.
    Failed(bool),
}

/// A cell as it is painted. Two that are equal look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub state: State,
    /// Why it cannot be changed; the words are [`Lock::reason`].
    pub lock: Option<Lock>,
    /// Whether somebody else changed it just now.
    pub fresh: bool,
}

impl Cell {
    /// Whether the key will reach the workspace once everything staged is applied.
    pub fn on(self) -> bool {
        match self.state {
            State::Granted | State::All | State::Grant => true,
            State::Applying(want) | State::Failed(want) => want,
            State::None | State::Revoke => false,
        }
    }

    /// The cell as it would look if a brush went over it.
    #[must_use]
    pub fn painted(self, want: bool) -> Self {
        if self.lock.is_some() || self.on() == want {
            return self;
        }
        let state = match self.state {
            State::None => State::Grant,
            State::Granted => State::Revoke,
            State::Revoke | State::Failed(false) => State::Granted,
            State::Grant | State::Failed(true) => State::None,
            State::All | State::Applying(_) => self.state,
        };
        Self { state, ..self }
    }
}

/// Why a cell cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    Revoked,
    Archived,
    /// The account's own key.
    System,
    Disabled,
    /// What the server says: its text in [`contract::access::Snapshot::locks`].
    Rule(u32),
    NotHeld,
    /// The key reaches all workspaces, or will.
    All,
    /// Turning "all workspaces" off decides about all of the row.
    Whole,
    /// What is staged is being applied.
    Applying,
    /// The matrix is shown as it was.
    Past,
}

impl Lock {
    /// Why nothing of a key can be changed, "all workspaces" included.
    pub(crate) fn of_key(matrix: &Matrix, key: usize) -> Option<Self> {
        let key = matrix.keys().get(key)?;
        if key.gone {
            Some(Self::Revoked)
        } else if key.row.system {
            Some(Self::System)
        } else if key.row.state == KeyState::Disabled {
            Some(Self::Disabled)
        } else {
            key.row.lock.map(Self::Rule)
        }
    }

    /// Why nothing of a workspace can be changed.
    pub(crate) fn of_workspace(matrix: &Matrix, workspace: usize) -> Option<Self> {
        let workspace = matrix.workspaces().get(workspace)?;
        if workspace.gone {
            Some(Self::Archived)
        } else {
            (!workspace.column.held).then_some(Self::NotHeld)
        }
    }

    /// The reason in a sentence, for the card and for screen readers.
    pub fn reason(self, matrix: &Matrix, place: Place) -> String {
        let key = matrix.keys().get(place.key);
        let key = key.map_or("This key", |key| key.row.name.as_str());
        let workspace = matrix.workspaces().get(place.workspace);
        let workspace = workspace.map_or("this workspace", |found| found.column.name.as_str());
        match self {
            Self::Revoked => format!("{key} was revoked."),
            Self::Archived => format!("{workspace} was archived."),
            Self::System => format!("{key} is the account's own key; its reach stays as it is."),
            Self::Disabled => format!("{key} is disabled. Enable it to change what it reaches."),
            Self::Rule(lock) => {
                let text = matrix.lock_text(lock);
                text.unwrap_or("This key is not yours to change.")
                    .to_owned()
            }
            Self::NotHeld => {
                format!("You do not reach {workspace}, so it is not yours to grant.")
            }
            Self::All => format!(
                "{key} reaches all workspaces, present and future. Turn that off to choose single ones."
            ),
            Self::Whole => format!(
                "Turning “all workspaces” off decides what {key} reaches. Apply or undo that first."
            ),
            Self::Applying => "Your changes are being applied.".to_owned(),
            Self::Past => "This is the past; it cannot be changed.".to_owned(),
        }
    }
}
