//! `keyrack`: the command line is in [`server::cli`].

use std::process::ExitCode;

/// A verification allocates many times, for which the system's allocator takes longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
