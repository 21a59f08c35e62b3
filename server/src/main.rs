//! `keyrack`: the command line is in [`server::cli`].

use std::process::ExitCode;

/// A verification allocates some hundred times; the system's allocator takes longer for it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
