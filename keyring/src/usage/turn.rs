//! In which order, and how fast, counts that wait are added.

use crate::store::usage::pending::Place;

/// Of what waits so much is added with each writing. While as much comes as is added, half of what waits
/// has come since the last time: all have their turn with twice as many writings, in about a minute.
const TURNS: u64 = 8;

/// Whose turn it is to be added.
#[derive(Default)]
pub(crate) struct Turn {
    /// Behind this; `None` where all of them come.
    pub(super) after: Option<Place>,
    /// How many are added with each writing, until the last was reached.
    many: u64,
}

impl Turn {
    /// How many are added now, of so many that wait.
    pub(super) fn share(&mut self, waiting: u64) -> u64 {
        // More may have come than there were when the first of them had their turn.
        self.many = self.many.max(waiting.div_ceil(TURNS));
        self.many
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ops::Bound;

    use super::*;

    /// However many come with each writing.
    #[test]
    fn all_that_waits_has_its_turn_within_sixteen_writings() {
        for come in [1, 3, 40, 1_000] {
            let (mut turn, mut at, mut latest) = (Turn::default(), (0, 0), 0);
            let mut waiting = BTreeSet::new();
            for writing in 1..=100 {
                waiting.extend((1..=come).map(|place| (place, writing)));
                for _ in 0..turn.share(waiting.len() as u64) {
                    let next = (Bound::Excluded(at), Bound::Unbounded);
                    let Some(next) = waiting.range(next).next().copied() else {
                        (turn, at) = (Turn::default(), (0, 0));
                        break;
                    };
                    waiting.remove(&next);
                    (at, latest) = (next, latest.max(writing - next.1));
                }
            }
            assert!(
                latest <= 16,
                "{come} come, and one waits for {latest} writings"
            );
        }
    }
}
