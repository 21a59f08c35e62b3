//! The console: pages, components and server functions, rendered on the server and hydrated in the browser.

pub mod browser;
pub mod components;
