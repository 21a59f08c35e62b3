//! The window: which rows, or columns, are mounted, and in which slot. Both directions work alike, so this
//! is about one of them, an axis.

use std::ops::Range;

/// The height and width of a cell in CSS pixels.
pub const CELL: usize = 32;

/// One direction of the grid and where it is scrolled to. All lengths are CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// How many rows or columns there are.
    pub len: usize,
    /// The first so many are sticky: always mounted and in sight.
    pub pinned: usize,
    /// What the sticky header, or the names, cover before the first cell.
    pub edge: usize,
    /// The length of the scrolling element, the edge included.
    pub viewport: usize,
    /// How far it is scrolled.
    pub scroll: usize,
    /// How many are mounted beyond what is in sight, on either side.
    pub overscan: usize,
}

impl Axis {
    /// What is in sight between the sticky part and the end of the viewport, in part or as a whole.
    pub fn visible(&self) -> Range<usize> {
        let pinned = self.pinned.min(self.len);
        let first = (pinned + self.scroll / CELL).min(self.len);
        let room = self.room();
        if room == 0 {
            return first..first;
        }
        let end = pinned * CELL + self.scroll + room;
        first..end.div_ceil(CELL).clamp(first, self.len)
    }

    /// How far it must be scrolled so that one is wholly in sight, clear of the sticky part; as little as
    /// possible.
    pub fn reveal(&self, at: usize) -> usize {
        if at < self.pinned {
            return self.scroll;
        }
        let from = (at - self.pinned) * CELL;
        let lowest = (from + CELL).saturating_sub(self.room());
        // Where there is no room for a whole one, its beginning counts.
        self.scroll.max(lowest).min(from)
    }

    /// What is mounted; the one with the focus always is.
    pub fn mounted(&self, focus: Option<usize>) -> Mounted {
        let pinned = self.pinned.min(self.len);
        // As many slots whatever the position, so that scrolling makes none and drops none.
        let pool = self.room().div_ceil(CELL) + 1 + 2 * self.overscan;
        let pool = pool.min(self.len - pinned);
        let first = self.visible().start.saturating_sub(self.overscan);
        let first = first.clamp(pinned, self.len - pool);
        let window = first..first + pool;
        let apart = |at: &usize| (pinned..self.len).contains(at) && !window.contains(at);
        Mounted {
            pinned,
            focus: focus.filter(apart),
            window,
        }
    }

    /// What is left of the viewport beside the sticky part.
    fn room(&self) -> usize {
        let pinned = self.pinned.min(self.len);
        self.viewport.saturating_sub(self.edge + pinned * CELL)
    }
}

/// What is mounted of an axis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mounted {
    /// The first so many, in slots of their own.
    pub pinned: usize,
    /// Neighbours; each takes the slot that is its position modulo their number.
    pub window: Range<usize>,
    /// The one with the focus, where it is in neither of these.
    pub focus: Option<usize>,
}

/// A recycled element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    Pinned(usize),
    Pool(usize),
    Focus,
}

impl Mounted {
    /// The slot that a row or column is in, if it is mounted.
    pub fn slot(&self, at: usize) -> Option<Slot> {
        if at < self.pinned {
            Some(Slot::Pinned(at))
        } else if self.window.contains(&at) {
            Some(Slot::Pool(at % self.window.len()))
        } else {
            (self.focus == Some(at)).then_some(Slot::Focus)
        }
    }

    /// Every slot that is in use, with what is in it.
    pub fn slots(&self) -> impl Iterator<Item = (Slot, usize)> {
        let at = (0..self.pinned)
            .chain(self.window.clone())
            .chain(self.focus);
        at.filter_map(|at| Some((self.slot(at)?, at)))
    }

    /// The slots that hold something else than before, or were not in use. Where the number of slots is
    /// another, those are all of them.
    pub fn changes(&self, before: &Self) -> impl Iterator<Item = (Slot, usize)> {
        self.slots().filter(move |(slot, at)| {
            self.window.len() != before.window.len() || before.slot(*at) != Some(*slot)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn axis()(
            len in 0_usize..200, pinned in 0_usize..5, edge in 0_usize..300,
            viewport in 0_usize..1_000, scroll in 0_usize..7_000, overscan in 0_usize..5,
        ) -> Axis {
            // No browser scrolls further than the last one's end.
            let rest = len.saturating_sub(pinned) * CELL;
            let room = viewport.saturating_sub(edge + pinned.min(len) * CELL);
            Axis { len, pinned, edge, viewport, scroll: scroll.min(rest.saturating_sub(room)), overscan }
        }
    }

    /// Where a cell lies in the viewport, by adding up what is before it.
    fn span(axis: &Axis, at: usize) -> Range<i64> {
        let scroll = if at < axis.pinned { 0 } else { axis.scroll };
        let from = i64::try_from(axis.edge + at * CELL).unwrap() - i64::try_from(scroll).unwrap();
        from..from + i64::try_from(CELL).unwrap()
    }

    /// What of the viewport is not covered by anything sticky.
    fn clear(axis: &Axis) -> Range<i64> {
        let from = axis.edge + axis.pinned.min(axis.len) * CELL;
        i64::try_from(from).unwrap()..i64::try_from(axis.viewport).unwrap()
    }

    proptest! {
        #[test]
        fn what_can_be_seen_is_mounted_once(axis in axis(), focus in proptest::option::of(0_usize..200)) {
            let mounted = axis.mounted(focus);
            let clear = clear(&axis);
            for at in 0..axis.len {
                let span = span(&axis, at);
                let in_sight = span.start < clear.end && clear.start < span.end && !clear.is_empty();
                let must = at < axis.pinned || in_sight || focus == Some(at);
                prop_assert!(!must || mounted.slot(at).is_some(), "{at}");
                if at >= axis.pinned {
                    prop_assert_eq!(axis.visible().contains(&at), in_sight, "{}", at);
                }
            }
            let slots: BTreeMap<_, _> = mounted.slots().collect();
            prop_assert_eq!(slots.len(), mounted.slots().count(), "no slot twice");
            prop_assert!(mounted.slots().all(|(slot, at)| at < axis.len && mounted.slot(at) == Some(slot)));
        }

        #[test]
        fn scrolling_by_one_touches_one_slot(axis in axis(), focus in proptest::option::of(0_usize..200)) {
            let next = Axis { scroll: axis.scroll + CELL, ..axis };
            let changed = next.mounted(None).changes(&axis.mounted(None)).count();
            prop_assert!(changed <= 1);
            prop_assert_eq!(axis.mounted(focus).changes(&axis.mounted(focus)).count(), 0);
        }

        #[test]
        fn slots_are_as_they_would_be_when_all_were_filled(a in axis(), by in 0_usize..3_000) {
            let b = Axis { scroll: by, ..a };
            let (before, after) = (a.mounted(None), b.mounted(None));
            let mut slots: BTreeMap<_, _> = before.slots().collect();
            slots.extend(after.changes(&before));
            prop_assert_eq!(slots, after.slots().collect());
        }

        #[test]
        fn what_is_revealed_is_clear_of_the_edges(axis in axis(), at in 0_usize..200) {
            let Some(at) = at.checked_rem(axis.len) else { return Ok(()) };
            let scrolled = Axis { scroll: axis.reveal(at), ..axis };
            let (span, clear) = (span(&scrolled, at), clear(&axis));
            if at >= axis.pinned {
                prop_assert!(span.start >= clear.start);
                prop_assert!(span.end <= clear.end || span.start == clear.start);
            }
            let in_sight = clear.start <= self::span(&axis, at).start && self::span(&axis, at).end <= clear.end;
            prop_assert!(!in_sight || scrolled.scroll == axis.scroll, "no further than need be");
        }
    }
}
