//! The console as a browser without scripting sees it, and its server functions.

mod access;
mod audit;
mod events;
mod factor;
mod forms;
mod functions;
mod pages;
mod session;
mod setup;
mod sign_in;
