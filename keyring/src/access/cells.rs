//! Cells of the matrix as bits: a million of them take as many bits, not as many pairs of ids.

use std::collections::HashMap;
use std::mem::size_of;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::error::Result;
use crate::store;

/// How many keys one statement asks for.
pub(super) const AT_ONCE: usize = 500;

/// A set of (key, workspace).
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    /// The number of the bit that stands for a workspace.
    bits: HashMap<Uuid, usize>,
    workspaces: Vec<Uuid>,
    rows: HashMap<Uuid, Vec<u64>>,
}

impl Cells {
    /// What these keys were granted, of these workspaces only where some are named.
    pub(super) async fn granted(
        db: &impl ConnectionTrait,
        keys: &[Uuid],
        only: Option<&[Uuid]>,
    ) -> Result<Self> {
        let mut cells = Self::default();
        let Some(only) = only else {
            cells.read_again(db, keys).await?;
            return Ok(cells);
        };
        if only.is_empty() {
            return Ok(cells);
        }
        for some in keys.chunks(AT_ONCE) {
            cells.extend(store::grants::pairs(db, some, only).await?);
        }
        Ok(cells)
    }

    /// Puts everything that these keys were granted in the place of what was known of them.
    pub(super) async fn read_again(
        &mut self,
        db: &impl ConnectionTrait,
        keys: &[Uuid],
    ) -> Result<()> {
        // Two at once: the database takes most of the time.
        for some in keys.chunks(2 * AT_ONCE) {
            let (first, second) = some.split_at(AT_ONCE.min(some.len()));
            let (first, second) = tokio::try_join!(
                store::grants::by_key(db, first),
                store::grants::by_key(db, second),
            )?;
            for key in some {
                self.rows.insert(*key, Vec::new());
            }
            for (key, granted) in first.into_iter().chain(second) {
                self.extend(granted.into_iter().map(|workspace| (key, workspace)));
            }
        }
        Ok(())
    }

    /// Whether anything was said of the key, be it that nothing was granted.
    pub(super) fn knows(&self, key: Uuid) -> bool {
        self.rows.contains_key(&key)
    }

    /// The workspaces of a key, in no order.
    pub(super) fn of(&self, key: Uuid) -> impl Iterator<Item = Uuid> {
        self.bits_of(key).map(|bit| self.workspaces[bit])
    }

    /// The same as numbers in [`Cells::workspaces`].
    pub(super) fn bits_of(&self, key: Uuid) -> impl Iterator<Item = usize> {
        let words = self.rows.get(&key).map(Vec::as_slice).unwrap_or_default();
        words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros() as usize;
                    left &= left - 1;
                    at * 64 + bit
                })
            })
        })
    }

    /// The workspaces of any key, by their numbers.
    pub(super) fn workspaces(&self) -> &[Uuid] {
        &self.workspaces
    }

    pub(super) fn contains(&self, key: Uuid, workspace: Uuid) -> bool {
        let (Some(row), Some(bit)) = (self.rows.get(&key), self.bits.get(&workspace)) else {
            return false;
        };
        row.get(bit / 64)
            .is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    pub(super) fn set(&mut self, key: Uuid, workspace: Uuid, on: bool) {
        let bit = *self.bits.entry(workspace).or_insert_with(|| {
            self.workspaces.push(workspace);
            self.workspaces.len() - 1
        });
        let row = self.rows.entry(key).or_default();
        if row.len() <= bit / 64 {
            row.resize(bit / 64 + 1, 0);
        }
        let mask = 1 << (bit % 64);
        if on {
            row[bit / 64] |= mask;
        } else {
            row[bit / 64] &= !mask;
        }
    }

    /// About what it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        let rows = self.rows.capacity() * size_of::<(Uuid, Vec<u64>)>();
        let words: usize = self.rows.values().map(|row| row.capacity() * 8).sum();
        rows + words + self.workspaces.len() * 3 * size_of::<Uuid>()
    }
}

impl Extend<(Uuid, Uuid)> for Cells {
    fn extend<I: IntoIterator<Item = (Uuid, Uuid)>>(&mut self, pairs: I) {
        for (key, workspace) in pairs {
            self.set(key, workspace, true);
        }
    }
}

impl FromIterator<(Uuid, Uuid)> for Cells {
    fn from_iter<I: IntoIterator<Item = (Uuid, Uuid)>>(pairs: I) -> Self {
        let mut cells = Self::default();
        cells.extend(pairs);
        cells
    }
}
