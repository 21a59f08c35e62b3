//! Waiting until nothing more comes.

use leptos::prelude::*;

use super::after;

/// Of what is asked for in quick succession, only the last is done. Clones are the same one.
#[derive(Clone, Copy, Default)]
pub struct Pause(StoredValue<u32>);

impl Pause {
    /// Does `act` in `millis`, unless the pause begins anew before that, or what it belongs to is gone.
    pub fn then(self, millis: u32, act: impl FnOnce() + 'static) {
        let turn = self.begin();
        after(millis, move || {
            if self.lasts(turn) {
                act();
            }
        });
    }

    /// Begins anew: nothing that waits for it is done any more. Gives what [`Pause::lasts`] asks for.
    pub fn begin(self) -> Option<u32> {
        self.0.try_update_value(|turn| {
            *turn += 1;
            *turn
        })
    }

    /// Whether it did not begin anew since.
    pub fn lasts(self, turn: Option<u32>) -> bool {
        turn.is_some() && self.0.try_get_value() == turn
    }
}
