//! What keys are used for: counted in memory with every verdict, written in batches, read for people.
//!
//! A verdict waits for none of it. [`flush`] writes what was counted and is called every few seconds, and
//! once more when the server stops; a crash loses what was counted since. [`tidy`] rolls up and removes
//! what is old.

mod counts;
mod first_call;
mod format;
mod keep;
mod part;
mod pending;
mod read;
mod turn;

pub use first_call::first_call;
pub use keep::{LATEST, flush, tidy};
pub use read::{of_key, of_key_ever};

pub(crate) use counts::Counts;
pub(crate) use keep::{all_settled, settled, written};
pub(crate) use part::Call;
pub(crate) use pending::add_those_of;
pub(crate) use read::{last_uses, trends};
