//! The heads over the columns, as far as they are in sight.

use std::ops::Range;

use matrix::{Board, Column, Count, View};

use super::Work;
use crate::wording::grouped;

/// The name of a group, over its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Group {
    /// Its position in the view.
    pub(in super::super) at: usize,
    pub(in super::super) start: usize,
    pub(in super::super) columns: usize,
    pub(in super::super) folded: bool,
    pub(in super::super) name: String,
    /// How many of its workspaces are shown: "7 of 12".
    pub(in super::super) count: String,
}

/// What a box with three states shows, as `aria-checked` has it.
pub(in super::super) fn checked(count: Count) -> &'static str {
    match count.tri() {
        matrix::Tri::None => "false",
        matrix::Tri::Some => "mixed",
        matrix::Tri::All => "true",
    }
}

/// Where each group begins, and how many columns it has.
pub(super) fn spans(view: &View) -> Vec<(usize, Range<usize>)> {
    let (_, pinned) = view.pinned();
    let mut start = pinned - 1;
    let titled = view.groups().iter().enumerate().map(|(at, group)| {
        let columns = if group.collapsed {
            1
        } else {
            group.members.len()
        };
        let span = start..start + columns;
        start = span.end;
        (at, span)
    });
    titled.collect()
}

impl Work {
    /// Whether there is anything to group columns by.
    pub(in super::super) fn has_groups(&self) -> bool {
        self.view.groups().iter().any(|group| group.name.is_some())
    }

    /// The groups that have a column among these.
    pub(in super::super) fn groups_in(&self, columns: &Range<usize>) -> Vec<Group> {
        if !self.has_groups() {
            return Vec::new();
        }
        let seen = self
            .spans
            .iter()
            .filter(|(_, span)| span.start < columns.end && columns.start < span.end);
        let group = |(at, span): &(usize, Range<usize>)| {
            let group = &self.view.groups()[*at];
            let shown = group.members.len();
            let of = self.sizes.get(group.title()).copied().unwrap_or(shown);
            Group {
                at: *at,
                start: span.start,
                columns: span.len(),
                folded: group.collapsed,
                name: group.title().to_owned(),
                count: if shown == of {
                    grouped(of as u64)
                } else {
                    format!("{} of {}", grouped(shown as u64), grouped(of as u64))
                },
            }
        };
        seen.map(group).collect()
    }

    /// Whether a group begins with that column.
    pub(in super::super) fn starts(&self, column: usize) -> bool {
        self.starting.get(column)
    }

    pub(in super::super) fn column_name(&self, column: usize) -> &str {
        match self.view.column(column + 1) {
            Some(Column::Workspace(at)) => {
                let workspace = self.board.matrix().workspaces().get(at);
                workspace.map_or("", |workspace| workspace.column.name.as_str())
            }
            Some(Column::Group(at)) => self.view.groups()[at].title(),
            Some(Column::All) | None => "",
        }
    }

    /// Where the name of a column leads; a folded group leads nowhere.
    pub(in super::super) fn column_href(&self, column: usize) -> Option<String> {
        let Some(Column::Workspace(at)) = self.view.column(column + 1) else {
            return None;
        };
        let workspace = self.board.matrix().workspaces().get(at)?;
        Some(format!("/workspaces/{}", workspace.column.id))
    }

    #[cfg(feature = "hydrate")]
    pub(in super::super) fn column_class(&self, column: usize) -> &'static str {
        let here = self.focus().is_some_and(|(_, at)| at == Some(column));
        match (here, self.starts(column)) {
            (true, true) => "w here starts",
            (true, false) => "w here",
            (false, true) => "w starts",
            (false, false) => "w",
        }
    }

    /// What the box of a column acts on.
    #[cfg(feature = "hydrate")]
    pub(in super::super) fn column_hint(&self, column: usize) -> String {
        let keys = crate::wording::counted(self.rows() as u64, "key", "keys");
        format!("{}: {keys} shown", self.column_name(column))
    }

    /// How many of the shown keys reach a column.
    pub(in super::super) fn column_count(&self, column: usize) -> Count {
        self.view.column_count(&self.board, column + 1)
    }
}

/// How many workspaces each group would have without a filter.
pub(super) fn sizes(
    board: &Board,
    label: Option<&str>,
) -> std::collections::HashMap<String, usize> {
    let mut sizes = std::collections::HashMap::new();
    for workspace in board.matrix().workspaces().iter().filter(|one| !one.gone) {
        let mut labels = workspace.column.labels.iter();
        let value = labels.find(|(key, _)| Some(*key) == label);
        let title = value.map_or(matrix::Group::OTHER, |(_, value)| value);
        *sizes.entry(title.to_owned()).or_default() += 1;
    }
    sizes
}
