//! The server over a real socket, on a real database. The tree mirrors the URL: one module per
//! path, one file per method. What crosses paths is under `errors`, `security` and `promises`.

mod account;
mod authorize;
mod command_line;
mod console;
mod errors;
mod health;
mod idempotency;
mod listener;
mod openapi;
mod promises;
mod security;
mod support;
mod tokens;
mod whoami;
mod workspaces;
