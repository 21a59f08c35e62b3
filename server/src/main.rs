//! `keyrack`: the command line is in [`server::cli`].

use std::process::ExitCode;

/// The system's takes about a seventh of a verification's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
