//! What headers and the bar say, counted by words.

use std::fmt;

use super::Board;
use crate::bits::{Mask, common, differences};

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub on: usize,
    pub of: usize,
}

/// What a header's box shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tri {
    None,
    Some,
    All,
}

impl Count {
    pub fn tri(self) -> Tri {
        match self.on {
            0 => Tri::None,
            on if on == self.of => Tri::All,
            _ => Tri::Some,
        }
    }
}

/// What is staged, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub grants: usize,
    pub revocations: usize,
    /// Keys for which "all workspaces" is turned on or off.
    pub wholes: usize,
    /// Keys that will be different.
    pub keys: usize,
    /// Workspaces in which single cells will be different.
    pub workspaces: usize,
}

impl Summary {
    /// How many changes these are.
    pub fn changes(self) -> usize {
        self.grants + self.revocations + self.wholes
    }
}

impl fmt::Display for Summary {
    /// `+12 −3, 4 keys, 5 workspaces`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count, one: &str| {
            let s = if count == 1 { "" } else { "s" };
            format!("{count} {one}{s}")
        };
        let signed = [('+', self.grants), ('−', self.revocations)].into_iter();
        let signed = signed.filter(|(_, count)| *count > 0);
        let signed: Vec<_> = signed
            .map(|(sign, count)| format!("{sign}{count}"))
            .collect();
        let mut parts = Vec::new();
        if !signed.is_empty() {
            parts.push(signed.join(" "));
        }
        if self.wholes > 0 {
            parts.push(format!("all workspaces of {}", plural(self.wholes, "key")));
        }
        parts.push(plural(self.keys, "key"));
        if self.workspaces > 0 {
            parts.push(plural(self.workspaces, "workspace"));
        }
        f.write_str(&parts.join(", "))
    }
}

impl Board {
    /// How many of these workspaces a key will reach.
    pub fn reach(&self, key: usize, workspaces: &Mask) -> Count {
        let of = workspaces.count();
        let on = if self.reaches_all(key) {
            of
        } else {
            common(self.after.of_key(key), workspaces.words())
        };
        Count { on, of }
    }

    /// How many of these keys will reach a workspace.
    pub fn reached_by(&self, workspace: usize, keys: &Mask) -> Count {
        let explicit = self.after.of_workspace(workspace);
        let words = keys.words().iter().enumerate().map(|(at, keys)| {
            let reaching = explicit.get(at).copied().unwrap_or(0) | self.all.word(at);
            (reaching & keys).count_ones() as usize
        });
        Count {
            on: words.sum(),
            of: keys.count(),
        }
    }

    /// How many of these keys will reach all workspaces, present and future.
    pub fn reaching_all(&self, keys: &Mask) -> Count {
        Count {
            on: common(self.all.words(), keys.words()),
            of: keys.count(),
        }
    }

    /// What is staged, in numbers.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary {
            wholes: self.whole.len(),
            ..Summary::default()
        };
        let mut workspaces = Mask::default();
        for key in 0..self.matrix.keys().len() {
            let after = self.after.of_key(key);
            let mut differs = self.whole.contains_key(&key);
            for (at, word) in self
                .staged_of(key)
                .enumerate()
                .filter(|(_, word)| *word != 0)
            {
                let granted = word & after.get(at).copied().unwrap_or(0);
                summary.grants += granted.count_ones() as usize;
                summary.revocations += (word & !granted).count_ones() as usize;
                workspaces.add(at, word);
                differs = true;
            }
            summary.keys += usize::from(differs);
        }
        summary.workspaces = workspaces.count();
        summary
    }

    /// How many cells will be different, those too that are decided by what is staged for their key as a
    /// whole: all of them count when it is applied.
    pub(super) fn changing(&self) -> usize {
        let keys = 0..self.matrix.keys().len();
        keys.map(|key| self.changing_of(key)).sum()
    }

    pub(super) fn changing_of(&self, key: usize) -> usize {
        let words = differences(self.after.of_key(key), self.matrix.grants().of_key(key));
        words.map(|word| word.count_ones() as usize).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.summary().changes() == 0
    }
}
