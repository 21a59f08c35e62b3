//! What only a browser can do: dialogs, focus, clipboard, timers, cookies, events.
//!
//! Every function exists twice, with the same signature: `page`, `measures`, `net` and `stream` do it,
//! `server` does nothing. So the views are written once and are the same on both sides, which hydration depends on.
//! What is made of them alone, [`Pause`], exists once.

#[cfg(feature = "hydrate")]
mod measures;
#[cfg(feature = "hydrate")]
mod net;
#[cfg(feature = "hydrate")]
mod page;
mod pause;
#[cfg(feature = "hydrate")]
mod stream;
#[cfg(feature = "hydrate")]
pub use measures::*;
#[cfg(feature = "hydrate")]
pub use net::*;
#[cfg(feature = "hydrate")]
pub use page::*;
pub use pause::Pause;
#[cfg(feature = "hydrate")]
pub use stream::{Heard, Stream};

#[cfg(not(feature = "hydrate"))]
mod server;
#[cfg(not(feature = "hydrate"))]
pub use server::*;
