//! Columns that share a label stand together.

use std::collections::{BTreeMap, BTreeSet};

use crate::bits::Mask;
use crate::matrix::Matrix;

/// By what columns are grouped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// By the label that most workspaces carry, if at least two do.
    #[default]
    Common,
    None,
    /// By a label of the person's choice.
    Label(String),
}

impl Grouping {
    /// The label that it comes down to.
    pub fn label(&self, matrix: &Matrix) -> Option<String> {
        match self {
            Self::Common => commonest(matrix),
            Self::None => None,
            Self::Label(label) => Some(label.clone()),
        }
    }

    /// The labels there are to choose from.
    pub fn choices(matrix: &Matrix) -> Vec<String> {
        carried(matrix).into_keys().map(str::to_owned).collect()
    }
}

/// Columns that stand together.
#[derive(Clone, Debug)]
pub struct Group {
    /// The value of the label; absent where workspaces do not carry it.
    pub name: Option<String>,
    /// The workspaces, by their positions in the matrix, from left to right.
    pub members: Vec<usize>,
    /// Those that were not archived: what counts go by.
    pub mask: Mask,
    pub collapsed: bool,
}

impl Group {
    /// What a group without a name goes by, also where it is collapsed.
    pub const OTHER: &str = "other";

    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(Self::OTHER)
    }
}

/// The workspaces by their label, the values in order and those without it last; each group's members
/// as they came.
pub(super) fn groups(
    matrix: &Matrix,
    grouping: &Grouping,
    workspaces: &Mask,
    collapsed: &BTreeSet<String>,
) -> Vec<Group> {
    let label = grouping.label(matrix);
    let mut members = BTreeMap::<_, Vec<usize>>::new();
    for at in workspaces.iter() {
        let labels = &matrix.workspaces()[at].column.labels;
        let value = labels
            .iter()
            .find(|(key, _)| Some(*key) == label.as_deref());
        let value = value.map(|(_, value)| value.to_owned());
        members
            .entry((value.is_none(), value))
            .or_default()
            .push(at);
    }
    let group = |((_, name), members): ((bool, Option<String>), Vec<usize>)| {
        let mut group = Group {
            name,
            mask: members
                .iter()
                .copied()
                .filter(|at| !matrix.workspaces()[*at].gone)
                .collect(),
            members,
            collapsed: false,
        };
        group.collapsed = label.is_some() && collapsed.contains(group.title());
        group
    };
    members.into_iter().map(group).collect()
}

/// How many workspaces carry each label.
fn carried(matrix: &Matrix) -> BTreeMap<&str, usize> {
    let labels = matrix
        .workspaces()
        .iter()
        .flat_map(|workspace| workspace.column.labels.iter());
    let mut carried = BTreeMap::new();
    for (label, _) in labels {
        *carried.entry(label).or_default() += 1;
    }
    carried
}

/// Of labels that as many carry, the first by name.
fn commonest(matrix: &Matrix) -> Option<String> {
    let carried = carried(matrix).into_iter().filter(|(_, count)| *count > 1);
    let most = carried.rev().max_by_key(|(_, count)| *count);
    most.map(|(label, _)| label.to_owned())
}
