//! The binary `keyrack`: it reads the configuration, opens the keyring, and puts two thin skins
//! over it, REST for programs and the console for people. No rule of the domain lives here.
//!
//! - [`cli`]: the commands; [`config`]: the settings; [`logging`]: what is told to the operator
//! - [`serve`]: from the configuration to a running server; [`listener`]: connections and how they
//!   end; `pulse`: deadlines without timers; [`house`]: what every handler may reach
//! - [`router`]: which path leads where, and what is done around all of them: [`request`] (id,
//!   origin, access log), [`security`] (headers, CSRF), [`answer`] (how an error is told)
//! - [`rest`]: `/v1`; [`console`]: pages, form posts and server functions; [`health`], [`assets`]

pub mod answer;
pub mod assets;
pub mod cli;
pub mod config;
pub mod console;
pub mod health;
pub mod house;
pub mod listener;
pub mod logging;
mod pulse;
pub mod request;
pub mod rest;
pub mod router;
pub mod security;
pub mod serve;
