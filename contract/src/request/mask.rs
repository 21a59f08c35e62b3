//! Update masks.

use std::collections::BTreeSet;

use crate::error::{FieldError, Invalid};

/// The fields an update names, or, without a mask, the fields it carries.
pub(crate) struct Mask(Option<BTreeSet<String>>);

impl Mask {
    pub(crate) fn parse(text: Option<&str>, known: &[&[&str]]) -> Result<Self, FieldError> {
        // Protocol Buffers write a mask that is not set as an empty text.
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            return Ok(Self(None));
        };
        let mut paths = BTreeSet::new();
        for path in text
            .split(',')
            .map(str::trim)
            .filter(|path| !path.is_empty())
        {
            let under = |leaf: &&&str| {
                **leaf == path
                    || leaf
                        .strip_prefix(path)
                        .is_some_and(|rest| rest.starts_with('.'))
            };
            let leaves: Vec<_> = known
                .iter()
                .copied()
                .flatten()
                .filter(under)
                .map(|leaf| (*leaf).to_owned())
                .collect();
            if leaves.is_empty() {
                let all: Vec<_> = known.iter().copied().flatten().copied().collect();
                let message = format!("{path} cannot be updated; use {}", all.join(", "));
                return Err(Invalid::new(message).at("updateMask"));
            }
            paths.extend(leaves);
        }
        Ok(Self(Some(paths)))
    }

    pub(crate) fn covers(&self, path: &str, present: bool) -> bool {
        self.0
            .as_ref()
            .map_or(present, |paths| paths.contains(path))
    }
}
