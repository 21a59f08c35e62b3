//! Cursors: where the next page begins, sealed with the pepper, so that a cursor that was made up,
//! altered, or taken from another list is refused instead of believed.

use contract::page::{PageRequest, Pagination};
use contract::{AccountId, Invalid};
use uuid::Uuid;

use crate::Keyring;
use crate::error::Result;
use crate::pepper::{Purpose, hex};

const SEAL: usize = 8;

/// Which way a page extends from its cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Onward,
    Back,
}

/// A place in a list: everything beyond this id, in that direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) way: Way,
    pub(crate) id: Uuid,
}

/// One list as its cursors know it: whose it is and what it is filtered by.
pub(crate) struct List<'a> {
    pub(crate) account: AccountId,
    pub(crate) name: &'static str,
    /// Whatever decides what is in the list.
    pub(crate) filter: &'a str,
}

impl List<'_> {
    fn seal(&self, keyring: &Keyring, place: &[u8]) -> [u8; SEAL] {
        let text = format!("{}\0{}\0{}\0", self.account, self.name, self.filter);
        let digest = keyring
            .0
            .pepper
            .digest(Purpose::Cursor, &[text.as_bytes(), place].concat());
        digest
            .0
            .first_chunk()
            .copied()
            .expect("a digest is longer than a seal")
    }

    fn write(&self, keyring: &Keyring, place: Place) -> String {
        let way = match place.way {
            Way::Onward => 0,
            Way::Back => 1,
        };
        let mut bytes = vec![way];
        bytes.extend(place.id.as_bytes());
        let seal = self.seal(keyring, &bytes);
        bytes.extend(seal);
        hex(&bytes)
    }

    /// The place a page request names; `None` is the beginning.
    pub(crate) fn read(&self, keyring: &Keyring, page: &PageRequest) -> Result<Option<Place>> {
        let Some(text) = page.cursor.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let place = unhex(text).and_then(|bytes| {
            let (place, seal) = bytes.split_at_checked(17)?;
            (self.seal(keyring, place) == seal).then(|| Place {
                way: if place[0] == 0 {
                    Way::Onward
                } else {
                    Way::Back
                },
                id: Uuid::from_slice(&place[1..]).unwrap_or_default(),
            })
        });
        match place {
            Some(place) => Ok(Some(place)),
            None => Err(Invalid::new(
                "this cursor is broken or belongs to another list; start again without one",
            )
            .at("cursor")
            .into()),
        }
    }

    /// Cuts what was read beyond the limit and says where the pages around it begin. `rows` were
    /// read in reading order away from the place, one more than the limit; they come back in list
    /// order.
    pub(crate) fn cut<T>(
        &self,
        keyring: &Keyring,
        place: Option<Place>,
        limit: u32,
        mut rows: Vec<T>,
        id: impl Fn(&T) -> Uuid,
    ) -> (Vec<T>, Pagination) {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let back = place.is_some_and(|place| place.way == Way::Back);
        if back {
            rows.reverse();
        }
        let (before, after) = if back {
            (more, true)
        } else {
            (place.is_some(), more)
        };
        let mark =
            |row: Option<&T>, way| row.map(|row| self.write(keyring, Place { way, id: id(row) }));
        let pagination = Pagination {
            next_cursor: after.then(|| mark(rows.last(), Way::Onward)).flatten(),
            previous_cursor: before.then(|| mark(rows.first(), Way::Back)).flatten(),
        };
        (rows, pagination)
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| {
        char::from(b)
            .to_digit(16)
            .filter(|_| !b.is_ascii_uppercase())
    };
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_makes_the_reader_of_cursors_panic(text in ".{0,120}") {
            let _ = unhex(&text);
        }

        #[test]
        fn bytes_survive_their_text(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        }
    }
}
