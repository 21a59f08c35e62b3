//! Which cells of a matrix are set, one bit each: 10,000 keys by 500 workspaces are 630 KB.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A matrix of bits, row by row. Every row begins with a whole byte; in a byte, the lowest bit stands
/// first. As text it is the number of columns, a dot, and the bytes in base64url without padding
/// (RFC 4648, section 5): `3.BQI` is two rows, the first with its outer columns set, the second with
/// its middle one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    columns: usize,
    bytes: Vec<u8>,
}

impl Bits {
    /// None of them set.
    pub fn new(rows: usize, columns: usize) -> Self {
        Self {
            columns,
            bytes: vec![0; rows * columns.div_ceil(8)],
        }
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The number of rows; 0 without columns.
    pub fn rows(&self) -> usize {
        self.bytes.len().checked_div(self.stride()).unwrap_or(0)
    }

    /// Whether a cell is set; one outside is not.
    pub fn get(&self, row: usize, column: usize) -> bool {
        column < self.columns
            && self
                .bytes
                .get(row * self.stride() + column / 8)
                .is_some_and(|byte| byte & (1 << (column % 8)) != 0)
    }

    /// Sets a cell or clears it; outside there is nothing to set.
    pub fn set(&mut self, row: usize, column: usize, on: bool) {
        if column >= self.columns {
            return;
        }
        let at = row * self.stride() + column / 8;
        let Some(byte) = self.bytes.get_mut(at) else {
            return;
        };
        let bit = 1 << (column % 8);
        if on {
            *byte |= bit;
        } else {
            *byte &= !bit;
        }
    }

    /// The bytes of a row; none outside.
    pub fn row(&self, row: usize) -> &[u8] {
        let from = row * self.stride();
        self.bytes.get(from..from + self.stride()).unwrap_or(&[])
    }

    fn stride(&self) -> usize {
        self.columns.div_ceil(8)
    }
}

impl Serialize for Bits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = BASE64URL_NOPAD.encode(&self.bytes);
        serializer.serialize_str(&format!("{}.{bytes}", self.columns))
    }
}

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (columns, bytes) = text
            .split_once('.')
            .ok_or_else(|| de::Error::custom("a number of columns, a dot, and bits"))?;
        let columns: usize = columns.parse().map_err(de::Error::custom)?;
        let bytes = BASE64URL_NOPAD
            .decode(bytes.as_bytes())
            .map_err(de::Error::custom)?;
        let stride = columns.div_ceil(8);
        let whole = bytes.len().checked_rem(stride).unwrap_or(bytes.len()) == 0;
        if whole {
            Ok(Self { columns, bytes })
        } else {
            Err(de::Error::custom("the rows are not whole"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_matrix_is_written_row_by_row() {
        let mut bits = Bits::new(2, 3);
        for (row, column) in [(0, 0), (0, 2), (1, 1)] {
            bits.set(row, column, true);
        }
        assert_eq!(serde_json::to_string(&bits).unwrap(), "\"3.BQI\"");
    }

    #[test]
    fn what_is_not_a_matrix_is_refused() {
        for text in ["", "3", "x.BQI", "9.BQIA", "3.?", "0.BQ"] {
            let json = serde_json::to_string(text).unwrap();
            assert!(serde_json::from_str::<Bits>(&json).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_set_is_what_is_read(rows in 0_usize..20, columns in 0_usize..70, cells: Vec<(u8, u8)>) {
            let mut bits = Bits::new(rows, columns);
            let mut oracle = std::collections::BTreeSet::new();
            for (row, column) in cells {
                let (row, column) = (usize::from(row) % 24, usize::from(column) % 80);
                let on = (row + column) % 5 != 0;
                bits.set(row, column, on);
                if on && row < rows && column < columns {
                    oracle.insert((row, column));
                } else {
                    oracle.remove(&(row, column));
                }
            }
            let json = serde_json::to_string(&bits).unwrap();
            let read: Bits = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(&read, &bits);
            for row in 0..24 {
                for column in 0..80 {
                    prop_assert_eq!(read.get(row, column), oracle.contains(&(row, column)));
                }
            }
        }
    }
}
