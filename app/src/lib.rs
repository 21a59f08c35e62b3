//! The console: pages, components and server functions, rendered on the server and hydrated in the
//! browser.
//!
//! - `pages`: what there is to see, one module each; [`routes`] says where, [`chunks`] how they load
//! - [`components`]: the parts every page is made of; [`browser`]: what only a browser can do
//! - [`fns`]: what pages ask of the server; [`problem`]: how it refuses
//! - `form`: sending a form from a hydrated page; [`posted`]: answering one sent without scripting
//! - `session`: what outlives a page while somebody is signed in
//! - `wording`: sentences and command lines made of data
//! - `shell` and `context`, on the server only: the document, and what the server hands in
//!
//! No rule of the domain stands here: a page knows what a key looks like, not what it may do.

pub mod browser;
pub mod chunks;
pub mod components;
#[cfg(feature = "ssr")]
pub mod context;
pub mod fns;
mod form;
#[expect(
    unreachable_pub,
    reason = "the component macro makes what it generates public, wherever it stands"
)]
mod pages;
pub mod posted;
pub mod problem;
pub mod routes;
mod session;
#[cfg(feature = "ssr")]
mod shell;
mod wording;

#[cfg(feature = "ssr")]
pub use context::{Assets, PublicUrl};
pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::{refused, shell};
