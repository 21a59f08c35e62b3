//! What is: keys, workspaces, and which reaches which.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use contract::access::{
    CellChange, Change, KeyRow, MOST_KEYS, MOST_WORKSPACES, Snapshot, WorkspaceColumn,
};
use contract::{ApiKeyId, ProfileId, Timestamp, WorkspaceId};

use crate::bits::{Grid, Mask, Relation};

/// How long a cell that somebody else changed is marked.
pub const FRESH: Duration = Duration::from_mins(1);

/// A cell of the matrix: the positions of its key and its workspace. They stay as long as the matrix
/// does; what is new comes last, and what is gone keeps its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub key: usize,
    pub workspace: usize,
}

/// A key as a row.
#[derive(Clone, Debug)]
pub struct Key {
    pub row: KeyRow,
    /// Its name in lower case, for finding it.
    pub folded: String,
    /// Whether it was revoked while the matrix was looked at.
    pub gone: bool,
}

/// A workspace as a column.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub column: WorkspaceColumn,
    /// Its name in lower case, for finding it.
    pub folded: String,
    /// Whether it was archived while the matrix was looked at.
    pub gone: bool,
}

/// Somebody else's change of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub by: ProfileId,
    pub by_name: String,
    pub at: Timestamp,
    pub granted: bool,
}

/// What a change was about, and so what is to be painted anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touched {
    /// It was so already, or is about something that is not in the matrix.
    Nothing,
    Cell(Place),
    /// A key's row; a new key is not in any view yet.
    Key {
        at: usize,
        new: bool,
    },
    /// A workspace's column; a new workspace is not in any view yet.
    Workspace {
        at: usize,
        new: bool,
    },
    /// The matrix has to be loaded anew.
    Reload,
}

/// The whole matrix as the server knows it.
#[derive(Clone, Debug)]
pub struct Matrix {
    at: Timestamp,
    last: u64,
    keys: Vec<Key>,
    workspaces: Vec<Workspace>,
    key_at: HashMap<ApiKeyId, usize>,
    workspace_at: HashMap<WorkspaceId, usize>,
    locks: Vec<String>,
    granted: Relation,
    used: Grid,
    used_days: u64,
    /// What came to be granted since the matrix was read.
    lately: Grid,
    edits: BTreeMap<Place, Edit>,
}

impl Matrix {
    pub fn new(snapshot: Snapshot) -> Self {
        let mut matrix = Self {
            at: snapshot.at,
            last: snapshot.last,
            keys: Vec::with_capacity(snapshot.keys.len()),
            workspaces: Vec::with_capacity(snapshot.workspaces.len()),
            key_at: HashMap::with_capacity(snapshot.keys.len()),
            workspace_at: HashMap::with_capacity(snapshot.workspaces.len()),
            locks: snapshot.locks,
            granted: Relation::of(&snapshot.granted),
            used: Grid::of(&snapshot.used),
            used_days: snapshot.used_days,
            lately: Grid::default(),
            edits: BTreeMap::new(),
        };
        for row in snapshot.keys {
            matrix.put_key(row);
        }
        for column in snapshot.workspaces {
            matrix.put_workspace(column);
        }
        matrix
    }

    /// When the server read it.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Until which place in the audit log everything was in the snapshot: the stream of changes goes on there.
    pub fn last(&self) -> u64 {
        self.last
    }

    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    pub fn workspaces(&self) -> &[Workspace] {
        &self.workspaces
    }

    pub fn key_at(&self, id: ApiKeyId) -> Option<usize> {
        self.key_at.get(&id).copied()
    }

    pub fn workspace_at(&self, id: WorkspaceId) -> Option<usize> {
        self.workspace_at.get(&id).copied()
    }

    pub fn place(&self, key: ApiKeyId, workspace: WorkspaceId) -> Option<Place> {
        Some(Place {
            key: self.key_at(key)?,
            workspace: self.workspace_at(workspace)?,
        })
    }

    pub fn ids(&self, place: Place) -> Option<(ApiKeyId, WorkspaceId)> {
        let key = self.keys.get(place.key)?;
        let workspace = self.workspaces.get(place.workspace)?;
        Some((key.row.id, workspace.column.id))
    }

    /// Whether there is an explicit grant, also beneath "all workspaces".
    pub fn granted(&self, place: Place) -> bool {
        self.granted.get(place.key, place.workspace)
    }

    /// After how many days without use a grant counts as unused.
    pub fn used_days(&self) -> u64 {
        self.used_days
    }

    /// Whether the key was used in the workspace in the last [`Matrix::used_days`] before the matrix was read.
    /// What is used after that is not known.
    pub fn used(&self, place: Place) -> bool {
        self.used.get(place.key, place.workspace)
    }

    /// Whether the key reaches all workspaces, present and future.
    pub fn reaches_all(&self, key: usize) -> bool {
        let key = self.keys.get(key);
        key.is_some_and(|key| key.row.all_workspaces && !key.gone)
    }

    /// The change of a cell by somebody else, as long as it is fresh.
    pub fn edit(&self, place: Place, now: Timestamp) -> Option<&Edit> {
        let edit = self.edits.get(&place)?;
        (now.since(edit.at) < FRESH).then_some(edit)
    }

    /// Forgets the changes that are not fresh any more; gives the cells whose mark goes.
    pub(crate) fn fade(&mut self, now: Timestamp) -> Vec<Place> {
        let stale = |edit: &Edit| now.since(edit.at) >= FRESH;
        let faded = self.edits.extract_if(.., |_, edit| stale(edit));
        faded.map(|(place, _)| place).collect()
    }

    pub(crate) fn grants(&self) -> &Relation {
        &self.granted
    }

    pub(crate) fn used_by(&self, key: usize) -> &[u64] {
        self.used.row(key)
    }

    /// The workspaces that came to be granted to a key since the matrix was read.
    pub(crate) fn granted_lately(&self, key: usize) -> &[u64] {
        self.lately.row(key)
    }

    pub(crate) fn lock_text(&self, lock: u32) -> Option<&str> {
        let at = usize::try_from(lock).ok()?;
        self.locks.get(at).map(String::as_str)
    }

    /// The workspaces that are there.
    pub fn present(&self) -> Mask {
        Mask::of(self.workspaces.len(), |at| !self.workspaces[at].gone)
    }

    pub(crate) fn set(&mut self, place: Place, granted: bool) {
        if granted && !self.granted(place) {
            self.lately.set(place.key, place.workspace, true);
        }
        self.granted.set(place.key, place.workspace, granted);
    }

    pub(crate) fn set_all(&mut self, key: usize, all: bool) {
        self.keys[key].row.all_workspaces = all;
    }

    /// Takes up what happened. It may come twice. What `me` did is not marked as somebody else's.
    pub(crate) fn apply(&mut self, change: Change, me: ProfileId) -> Touched {
        match change {
            Change::Cell(cell) => self.apply_cell(cell, me),
            Change::Key { key, .. } if !self.takes_key(key.id) => Touched::Nothing,
            Change::Key { key, lock } => {
                let new = !self.key_at.contains_key(&key.id);
                let lock = lock.map(|text| self.lock(text));
                let at = self.put_key(KeyRow { lock, ..key });
                Touched::Key { at, new }
            }
            Change::KeyGone { id } => match self.key_at(id) {
                Some(at) if !self.keys[at].gone => {
                    self.keys[at].gone = true;
                    Touched::Key { at, new: false }
                }
                _ => Touched::Nothing,
            },
            Change::Workspace { workspace } if !self.takes_workspace(workspace.id) => {
                Touched::Nothing
            }
            Change::Workspace { workspace } => {
                let new = !self.workspace_at.contains_key(&workspace.id);
                let at = self.put_workspace(workspace);
                Touched::Workspace { at, new }
            }
            Change::WorkspaceGone { id } => match self.workspace_at(id) {
                Some(at) if !self.workspaces[at].gone => {
                    self.workspaces[at].gone = true;
                    Touched::Workspace { at, new: false }
                }
                _ => Touched::Nothing,
            },
            Change::Reload => Touched::Reload,
        }
    }

    /// Whether a key has a row, or is to have one. Of those that had no room in the snapshot, the older ones,
    /// no grants are known.
    fn takes_key(&self, id: ApiKeyId) -> bool {
        let all = (self.keys.len() as u64) < MOST_KEYS;
        let oldest = self.keys.first();
        let younger = oldest.is_some_and(|oldest| id > oldest.row.id);
        all || younger || self.key_at.contains_key(&id)
    }

    /// Whether a workspace has a column, or is to have one.
    fn takes_workspace(&self, id: WorkspaceId) -> bool {
        let room = (self.present().count() as u64) < MOST_WORKSPACES;
        room || self.workspace_at.contains_key(&id)
    }

    fn apply_cell(&mut self, cell: CellChange, me: ProfileId) -> Touched {
        let Some(place) = self.place(cell.key, cell.workspace) else {
            return Touched::Nothing;
        };
        if self.granted(place) == cell.granted {
            return Touched::Nothing;
        }
        self.set(place, cell.granted);
        if cell.by == me {
            self.edits.remove(&place);
        } else {
            let edit = Edit {
                by: cell.by,
                by_name: cell.by_name,
                at: cell.at,
                granted: cell.granted,
            };
            self.edits.insert(place, edit);
        }
        Touched::Cell(place)
    }

    /// Where a reason stands; a new one is added.
    fn lock(&mut self, text: String) -> u32 {
        let known = self.locks.iter().position(|lock| *lock == text);
        let at = known.unwrap_or_else(|| {
            self.locks.push(text);
            self.locks.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn put_key(&mut self, row: KeyRow) -> usize {
        let at = *self.key_at.entry(row.id).or_insert(self.keys.len());
        let key = Key {
            folded: row.name.to_lowercase(),
            gone: false,
            row,
        };
        put(&mut self.keys, at, key);
        at
    }

    fn put_workspace(&mut self, column: WorkspaceColumn) -> usize {
        let known = self.workspace_at.entry(column.id);
        let at = *known.or_insert(self.workspaces.len());
        let workspace = Workspace {
            folded: column.name.to_lowercase(),
            gone: false,
            column,
        };
        put(&mut self.workspaces, at, workspace);
        at
    }
}

/// Puts something in its place, or last.
fn put<T>(places: &mut Vec<T>, at: usize, thing: T) {
    match places.get_mut(at) {
        Some(place) => *place = thing,
        None => places.push(thing),
    }
}
