//! Files that hold secrets: a directory and files that nobody else on the machine can read, and a
//! lock against a second server on the same database.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The SQLite file, unless the database URL names another.
pub(crate) const DATABASE: &str = "keyrack.db";
pub(crate) const PEPPER: &str = "pepper";
/// What a mode gives to anybody but the owner.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Makes a directory that only its owner can enter.
///
/// One that exists and is open to others is closed where it is ours to close: when there is nothing
/// in it yet, or our files are. A volume that Kubernetes hands over with `fsGroup` is opened again
/// at every start, so refusing would never end. Any other is refused: closing a home or `/tmp`
/// would shut out whoever else lives there.
pub(crate) fn make_private(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(dir)?;
    #[cfg(unix)]
    close_to_others(dir)?;
    Ok(())
}

#[cfg(unix)]
fn close_to_others(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(dir)?.permissions().mode() & 0o7777;
    if mode & OTHERS == 0 {
        return Ok(());
    }
    let holds = |name| dir.join(name).exists();
    let is_ours = holds(DATABASE) || holds(PEPPER) || fs::read_dir(dir)?.next().is_none();
    if is_ours && fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).is_ok() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "others can enter it (mode {mode:04o}); close it with `chmod 700`, or name one below it, which is then made"
    )))
}

/// How a file is made that only its owner can read and write.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Makes an empty file where there is none, and answers the one name that it has whatever links
/// lead to it. SQLite gives the files beside it the same mode.
///
/// One that exists is not opened: closing it again would drop the locks that SQLite holds on it.
pub(crate) fn make_private_file(path: &Path) -> io::Result<PathBuf> {
    match private_file().create_new(true).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::canonicalize(path),
    }
}

/// The lock beside a database file, wherever that lies; `None` when another process has it. It is
/// held for as long as the file is open, so at the longest as long as the process lives.
pub(crate) fn lock(database: &Path) -> io::Result<Option<File>> {
    let mut name = OsString::from(database);
    name.push("-lock");
    let file = private_file().create(true).truncate(false).open(name)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}
