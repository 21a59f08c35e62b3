//! Running other programs, and saying so.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// One line on what happens now. On standard error, because `run` hands standard output to the server.
pub(crate) fn say(topic: &str, what: &str) {
    if std::io::stderr().is_terminal() {
        eprintln!("\x1b[1;36m{topic:>9}\x1b[0m  {what}");
    } else {
        eprintln!("{topic:>9}  {what}");
    }
}

/// Runs to the end; anything but success is an error that shows the command.
pub(crate) fn check(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs to the end, output going where ours goes.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command
        .status()
        .with_context(|| format!("starting `{}`", shown(command)))
}

/// What it prints, without the last line break; `None` when it cannot be started or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim_end().to_owned())
}

/// Runs to the end, printing what it prints to both of its streams, and gives all of that back.
pub(crate) fn overheard(command: &mut Command) -> Result<(ExitStatus, String)> {
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command
        .spawn()
        .with_context(|| format!("starting `{}`", shown(command)))?;
    // Our ends of the pipe go with this, or it would never be at its end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut heard = String::new();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        writeln!(std::io::stdout(), "{line}")?;
        heard.push_str(&line);
        heard.push('\n');
    }
    Ok((child.wait()?, heard))
}

/// The program's name and arguments, to be read by a person.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

/// The first of `names` that is on PATH.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut candidates = names
        .iter()
        .flat_map(|name| folders.iter().map(move |dir| dir.join(name)));
    candidates.find(|file| file.is_file())
}

/// Whether this runs as root, who may install packages and must step down for some programs.
pub(crate) fn is_root() -> bool {
    answer(Command::new("id").arg("-u")).is_some_and(|id| id == "0")
}

/// PATH with a folder before all others.
pub(crate) fn path_from(first: &Path) -> Result<std::ffi::OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(first.to_owned()).chain(env::split_paths(&rest));
    Ok(env::join_paths(folders)?)
}
