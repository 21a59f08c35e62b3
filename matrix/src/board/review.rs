//! The review: everything staged, key by key, and what is risky about it.

use std::collections::BTreeMap;
use std::time::Duration;

use contract::request::Beneath;
use contract::{Labels, Timestamp};

use super::{Board, Summary, Whole};
use crate::matrix::Place;

/// A call so long ago is a call just now.
const RECENT: Duration = Duration::from_hours(1);
/// What people call what must not break.
const PRODUCTION: [&str; 2] = ["prod", "production"];

/// Everything staged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    pub summary: Summary,
    pub keys: Vec<KeyReview>,
}

/// What will be different about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyReview {
    pub key: usize,
    pub whole: Option<Whole>,
    /// What is risky about turning "all workspaces" on or off.
    pub risk: Option<Risk>,
    pub cells: Vec<Reviewed>,
}

/// A cell that will be different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    pub place: Place,
    /// Whether it will be granted.
    pub want: bool,
    pub risk: Option<Risk>,
}

/// Why to look twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// What is revoked was used in the last hour.
    InUse(Timestamp),
    /// What is revoked was used in the last days, and the key in the last hour, both by what was known when
    /// the matrix was read.
    MayBeInUse(Timestamp),
    /// What is granted is production.
    Production,
}

impl Board {
    /// Everything staged, the keys in the order of the matrix. `uses` tells when a key was last used in a
    /// workspace, of the cells of which that is known.
    pub fn review(&self, now: Timestamp, uses: &BTreeMap<Place, Timestamp>) -> Review {
        let cell = |place| {
            let want = self.will_be_granted(place);
            let risk = if want {
                self.is_production(place.workspace)
                    .then_some(Risk::Production)
            } else {
                self.in_use(place, now, uses)
            };
            Reviewed { place, want, risk }
        };
        let key = |key| KeyReview {
            key,
            whole: self.whole(key),
            risk: self
                .whole(key)
                .and_then(|whole| self.whole_risk(key, whole, now)),
            cells: self.staged_in(key).map(cell).collect(),
        };
        let staged = (0..self.matrix.keys().len()).filter(|key| self.is_key_staged(*key));
        Review {
            summary: self.summary(),
            keys: staged.map(key).collect(),
        }
    }

    /// Whether a workspace carries a label that says production.
    pub fn is_production(&self, workspace: usize) -> bool {
        let workspace = self.matrix.workspaces().get(workspace);
        workspace.is_some_and(|workspace| says_production(&workspace.column.labels))
    }

    fn in_use(
        &self,
        place: Place,
        now: Timestamp,
        uses: &BTreeMap<Place, Timestamp>,
    ) -> Option<Risk> {
        match uses.get(&place) {
            Some(at) => (now.since(*at) <= RECENT).then_some(Risk::InUse(*at)),
            None => self
                .recent_call(place.key, now)
                .filter(|_| self.matrix.used(place))
                .map(Risk::MayBeInUse),
        }
    }

    fn whole_risk(&self, key: usize, whole: Whole, now: Timestamp) -> Option<Risk> {
        match whole {
            Whole::On => {
                let present = self.matrix.present();
                let production = present.iter().any(|at| self.is_production(at));
                production.then_some(Risk::Production)
            }
            Whole::Off(Beneath::Today) => None,
            Whole::Off(Beneath::Keep | Beneath::None) => {
                self.recent_call(key, now).map(Risk::MayBeInUse)
            }
        }
    }

    /// The key's last call, if it was just now.
    fn recent_call(&self, key: usize, now: Timestamp) -> Option<Timestamp> {
        let last = self.matrix.keys().get(key)?.row.last_used_at;
        last.filter(|at| now.since(*at) <= RECENT)
    }
}

fn says_production(labels: &Labels) -> bool {
    labels.iter().any(|(_, value)| {
        PRODUCTION
            .iter()
            .any(|name| value.eq_ignore_ascii_case(name))
    })
}
