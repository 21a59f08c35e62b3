//! What only a browser can do: dialogs, focus, clipboard, timers, cookies, events.
//!
//! Every function exists twice, with the same signature: `page` and `stream` do it, `server` does
//! nothing. So the views are written once and are the same on both sides, which hydration depends on.

#[cfg(feature = "hydrate")]
mod page;
#[cfg(feature = "hydrate")]
mod stream;
#[cfg(feature = "hydrate")]
pub use page::*;
#[cfg(feature = "hydrate")]
pub use stream::on_event;

#[cfg(not(feature = "hydrate"))]
mod server;
#[cfg(not(feature = "hydrate"))]
pub use server::*;
