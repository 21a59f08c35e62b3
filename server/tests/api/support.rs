//! What tests are written in.

mod answer;
mod browser;
mod client;
mod data_dir;
mod disk;
mod issue;
mod log;
mod process;
mod start;
mod stream;
mod walk;

pub(crate) use answer::Answer;
pub(crate) use browser::Browser;
pub(crate) use client::{Call, send};
pub(crate) use data_dir::data_dir;
pub(crate) use disk::{files, holds};
pub(crate) use issue::TestKey;
pub(crate) use log::text as log;
pub(crate) use process::Process;
pub(crate) use start::{Account, PASSPHRASE, TestApp, owner_form};
pub(crate) use stream::Stream;
