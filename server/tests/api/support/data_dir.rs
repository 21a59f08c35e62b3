//! A data directory of its own for every test, in memory where the machine offers that: the
//! database syncs every commit, and a disk makes that slow.

use std::path::Path;

use tempfile::TempDir;

pub(crate) fn data_dir() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    made.expect("a temporary directory")
}
