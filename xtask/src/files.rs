//! Writing files so that what did not change is not touched: a newer date makes others rebuild.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("reading {}", path.display()))
}

pub(crate) fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

/// Writes unless the file already holds exactly this. Whole or not at all: a half-written asset under
/// the name of its hash would never be mended.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    let parent = path.parent().context("a file has a folder")?;
    fs::create_dir_all(parent).with_context(|| format!("creating {}", parent.display()))?;
    let mut draft = path.as_os_str().to_owned();
    draft.push(".part");
    fs::write(&draft, content).with_context(|| format!("writing {}", path.display()))?;
    fs::rename(&draft, path).with_context(|| format!("writing {}", path.display()))
}

/// The files of a folder and their names, in the order of the names.
pub(crate) fn in_folder(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut files = entries
        .map(|entry| {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            Ok((name, entry.path()))
        })
        .collect::<Result<Vec<_>>>()?;
    files.sort_unstable();
    Ok(files)
}

/// Makes an empty folder, whatever was there.
pub(crate) fn empty(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))
}

/// SHA-256 over the names and contents of a folder's files, in hexadecimal.
pub(crate) fn digest_of_folder(folder: &Path) -> Result<String> {
    let mut all = String::new();
    for (name, path) in in_folder(folder)? {
        all.push_str(&name);
        all.push_str(&digest(&read(&path)?));
    }
    Ok(digest(all.as_bytes()))
}

/// SHA-256 in hexadecimal.
pub(crate) fn digest(content: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(content)
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// What tells one version of a file that only cargo writes from the next: its size and its date.
pub(crate) fn mark(path: &Path) -> Result<String> {
    let metadata = fs::metadata(path).with_context(|| format!("looking at {}", path.display()))?;
    let date = metadata.modified()?.duration_since(UNIX_EPOCH)?;
    Ok(format!("{} {}", metadata.len(), date.as_nanos()))
}

/// Does `work` unless it was already done for this `input`, which is noted in `stamp` afterwards.
/// Says whether it had to be done.
pub(crate) fn once(stamp: &Path, input: &str, work: impl FnOnce() -> Result<()>) -> Result<bool> {
    if fs::read_to_string(stamp).is_ok_and(|last| last == input) {
        return Ok(false);
    }
    // A step that stops half-way must not be taken for done.
    match fs::remove_file(stamp) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    work()?;
    write(stamp, input.as_bytes())?;
    Ok(true)
}
