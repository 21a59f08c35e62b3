//! Bits in words of 64, so that a filter, a count and a tri-state are a few operations for a whole row.

use contract::access::Bits;

const WIDTH: usize = u64::BITS as usize;

/// The positions at which a word has its bits set, counted from where the word begins.
pub(crate) fn positions(at: usize, mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = word.trailing_zeros();
        (word != 0).then(|| {
            word &= word - 1;
            at * WIDTH + lowest as usize
        })
    })
}

/// The positions of all bits that are set in a row of words.
pub(crate) fn ones(words: &[u64]) -> impl Iterator<Item = usize> {
    words
        .iter()
        .enumerate()
        .flat_map(|(at, word)| positions(at, *word))
}

/// How many bits are set in both.
pub(crate) fn common(a: &[u64], b: &[u64]) -> usize {
    let both = a.iter().zip(b).map(|(a, b)| (a & b).count_ones() as usize);
    both.sum()
}

/// What is set in one of two rows of words; the shorter one goes on with nothing.
pub(crate) fn differences<'a>(a: &'a [u64], b: &'a [u64]) -> impl Iterator<Item = u64> + use<'a> {
    let word = |words: &[u64], at: usize| words.get(at).copied().unwrap_or(0);
    (0..a.len().max(b.len())).map(move |at| word(a, at) ^ word(b, at))
}

/// A set of rows, or of columns.
#[derive(Clone, Debug, Default)]
pub struct Mask(Vec<u64>);

impl Mask {
    /// The positions below `len` that fulfil a condition.
    pub fn of(len: usize, holds: impl Fn(usize) -> bool) -> Self {
        (0..len).filter(|at| holds(*at)).collect()
    }

    pub fn get(&self, at: usize) -> bool {
        let word = self.0.get(at / WIDTH);
        word.is_some_and(|word| word & (1 << (at % WIDTH)) != 0)
    }

    pub fn set(&mut self, at: usize, on: bool) {
        if at / WIDTH >= self.0.len() {
            self.0.resize(at / WIDTH + 1, 0);
        }
        let bit = 1 << (at % WIDTH);
        if on {
            self.0[at / WIDTH] |= bit;
        } else {
            self.0[at / WIDTH] &= !bit;
        }
    }

    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// What is set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        ones(&self.0)
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }

    pub(crate) fn word(&self, at: usize) -> u64 {
        self.0.get(at).copied().unwrap_or(0)
    }

    /// Adds what is set in the word at a position.
    pub(crate) fn add(&mut self, at: usize, word: u64) {
        self.0.resize(self.0.len().max(at + 1), 0);
        self.0[at] |= word;
    }

    /// What is set and fulfils a condition.
    #[must_use]
    pub fn keep(&self, holds: impl Fn(usize) -> bool) -> Self {
        self.iter().filter(|at| holds(*at)).collect()
    }

    /// What is set in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }
}

impl FromIterator<usize> for Mask {
    fn from_iter<I: IntoIterator<Item = usize>>(positions: I) -> Self {
        let mut mask = Self::default();
        positions.into_iter().for_each(|at| mask.set(at, true));
        mask
    }
}

/// Rows of bits that grow in both directions; outside nothing is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    stride: usize,
    words: Vec<u64>,
}

impl Grid {
    /// Room for so many rows and columns, none of them set.
    pub(crate) fn new(rows: usize, columns: usize) -> Self {
        let stride = columns.div_ceil(WIDTH);
        Self {
            stride,
            words: vec![0; rows * stride],
        }
    }

    pub(crate) fn of(bits: &Bits) -> Self {
        let mut grid = Self::new(bits.rows(), bits.columns());
        // Bits beyond the last column say nothing, whatever whoever sent them put there.
        let ends = bits.columns() % WIDTH;
        let last = if ends == 0 { u64::MAX } else { (1 << ends) - 1 };
        for row in 0..bits.rows() {
            let from = row * grid.stride;
            let words = &mut grid.words[from..from + grid.stride];
            for (word, bytes) in words.iter_mut().zip(bits.row(row).chunks(WIDTH / 8)) {
                let mut whole = [0; WIDTH / 8];
                whole[..bytes.len()].copy_from_slice(bytes);
                *word = u64::from_le_bytes(whole);
            }
            if let Some(word) = words.last_mut() {
                *word &= last;
            }
        }
        grid
    }

    pub(crate) fn row(&self, row: usize) -> &[u64] {
        let from = row * self.stride;
        self.words.get(from..from + self.stride).unwrap_or(&[])
    }

    pub(crate) fn get(&self, row: usize, column: usize) -> bool {
        let word = self.row(row).get(column / WIDTH);
        word.is_some_and(|word| word & (1 << (column % WIDTH)) != 0)
    }

    pub(crate) fn set(&mut self, row: usize, column: usize, on: bool) {
        if column / WIDTH >= self.stride {
            self.widen(column / WIDTH + 1);
        }
        let at = row * self.stride + column / WIDTH;
        if at >= self.words.len() {
            self.words.resize((row + 1) * self.stride, 0);
        }
        let bit = 1 << (column % WIDTH);
        if on {
            self.words[at] |= bit;
        } else {
            self.words[at] &= !bit;
        }
    }

    fn widen(&mut self, stride: usize) {
        let rows = self.words.len().checked_div(self.stride).unwrap_or(0);
        let mut wider = Self::new(rows, stride * WIDTH);
        for row in 0..rows {
            wider.words[row * stride..][..self.stride].copy_from_slice(self.row(row));
        }
        *self = wider;
    }

    fn transposed(&self, columns: usize) -> Self {
        let rows = self.words.len().checked_div(self.stride).unwrap_or(0);
        let mut turned = Self::new(columns, rows);
        for row in 0..rows {
            for column in ones(self.row(row)) {
                turned.words[column * turned.stride + row / WIDTH] |= 1 << (row % WIDTH);
            }
        }
        turned
    }
}

/// Which key reaches which workspace, kept by rows and by columns: either is counted by words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relation {
    by_key: Grid,
    by_workspace: Grid,
}

impl Relation {
    pub(crate) fn of(bits: &Bits) -> Self {
        let by_key = Grid::of(bits);
        Self {
            by_workspace: by_key.transposed(bits.columns()),
            by_key,
        }
    }

    pub(crate) fn get(&self, key: usize, workspace: usize) -> bool {
        self.by_key.get(key, workspace)
    }

    pub(crate) fn set(&mut self, key: usize, workspace: usize, on: bool) {
        if self.get(key, workspace) != on {
            self.by_key.set(key, workspace, on);
            self.by_workspace.set(workspace, key, on);
        }
    }

    /// The workspaces of a key.
    pub(crate) fn of_key(&self, key: usize) -> &[u64] {
        self.by_key.row(key)
    }

    /// The keys of a workspace.
    pub(crate) fn of_workspace(&self, workspace: usize) -> &[u64] {
        self.by_workspace.row(workspace)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_mask_is_a_set(a: BTreeSet<u8>, b: BTreeSet<u8>) {
            let mask = |set: &BTreeSet<u8>| set.iter().map(|at| usize::from(*at)).collect::<Mask>();
            let both: Vec<_> = a.intersection(&b).map(|at| usize::from(*at)).collect();
            prop_assert_eq!(mask(&a).and(&mask(&b)).iter().collect::<Vec<_>>(), both.clone());
            prop_assert_eq!(common(mask(&a).words(), mask(&b).words()), both.len());
            prop_assert_eq!(mask(&a).count(), a.len());
            prop_assert_eq!(mask(&a).is_empty(), a.is_empty());
        }

        #[test]
        fn rows_and_columns_agree_while_it_grows(
            rows in 0_usize..70, columns in 0_usize..70,
            first: Vec<(u8, u8)>, later: Vec<(u8, u8, bool)>,
        ) {
            let mut bits = Bits::new(rows, columns);
            let mut oracle = BTreeSet::new();
            for (row, column) in first {
                let (row, column) = (usize::from(row), usize::from(column));
                bits.set(row, column, true);
                if bits.get(row, column) {
                    oracle.insert((row, column));
                }
            }
            let mut relation = Relation::of(&bits);
            for (row, column, on) in later {
                let (row, column) = (usize::from(row), usize::from(column));
                relation.set(row, column, on);
                if on { oracle.insert((row, column)) } else { oracle.remove(&(row, column)) };
            }
            let by_key: BTreeSet<_> = (0..256)
                .flat_map(|row| ones(relation.of_key(row)).map(move |column| (row, column)))
                .collect();
            let by_workspace: BTreeSet<_> = (0..256)
                .flat_map(|column| ones(relation.of_workspace(column)).map(move |row| (row, column)))
                .collect();
            prop_assert_eq!(&by_key, &oracle);
            prop_assert_eq!(&by_workspace, &oracle);
        }
    }
}
