//! A Rust compiler that can build for the browser.
//!
//! For almost everyone this is one line: rustup adds the target. The rest of this file is for machines
//! that cannot reach rustup's server but do reach a Debian mirror and crates.io (sealed build networks,
//! some CI): Debian ships a second, current compiler for building browsers (`rustc-web`) without the
//! standard library for WASM, but with its source, so the library is built here, once.
//!
//! In this order: what is there already (the usual toolchain, then Debian's), `rustup target add`,
//! Debian's packages. When nothing works, the message says what is missing and how to get it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::apt;
use crate::project::{Project, version};
use crate::shell::{answer, check, is_root, on_path, path_from, say, status};

/// The target of a module for the browser.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_PACKAGES: [&str; 5] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    "lld-22",
];

/// Which compiler makes the WASM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that `cargo` means here, as for native code.
    Usual,
    /// Debian's own in /usr/bin, beside rustup's; native code keeps the usual one.
    Debian,
}

impl Toolchain {
    /// `cargo` of this toolchain, in the workspace's root.
    pub(crate) fn cargo(self, project: &Project) -> Result<Command> {
        let mut cargo = match self {
            Self::Usual => Command::new("cargo"),
            Self::Debian => {
                let mut cargo = Command::new("/usr/bin/cargo");
                // Without RUSTC it finds rustup's compiler first. The variables are what rustup and
                // the cargo that runs this task leave behind; they point into the other toolchain.
                cargo
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("PATH", path_from(Path::new("/usr/bin"))?)
                    .env_remove("CARGO")
                    .env_remove("LD_LIBRARY_PATH")
                    .env_remove("RUSTUP_TOOLCHAIN");
                cargo
            }
        };
        cargo.current_dir(&project.root);
        Ok(cargo)
    }

    /// Whether this toolchain has clippy; Debian packages it apart.
    pub(crate) fn provide_clippy(self) -> Result<()> {
        if self == Self::Debian && !Path::new("/usr/bin/cargo-clippy").exists() {
            apt::install(&["rust-web-clippy"], "clippy for WASM is missing")?;
        }
        Ok(())
    }
}

/// Finds a compiler for WASM, or makes one.
pub(crate) fn provide(project: &Project) -> Result<Toolchain> {
    let only = env::var("KEYRACK_WASM").ok();
    let (usual, debian) = match only.as_deref() {
        None | Some("") => (true, true),
        Some("rustup") => (true, false),
        Some("debian") => (false, true),
        Some(other) => bail!("KEYRACK_WASM is rustup or debian, not {other}"),
    };
    if usual && has_target("rustc") {
        return Ok(Toolchain::Usual);
    }
    if debian && debian_is_ready(project) {
        say(
            "target",
            "WASM is built with Debian's compiler, the usual one has no target for it",
        );
        return Ok(Toolchain::Debian);
    }
    if usual && add_by_rustup()? {
        return Ok(Toolchain::Usual);
    }
    if debian {
        return build_from_debian(project).map(|()| Toolchain::Debian);
    }
    bail!("no Rust compiler for {TARGET}: rustup target add {TARGET}")
}

/// Whether a compiler has the standard library for WASM.
fn has_target(rustc: &str) -> bool {
    let Some(folder) = library_folder(rustc) else {
        return false;
    };
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|file| file.path()).any(|path| is_std(&path))
}

/// Where a compiler looks for its libraries for WASM, be they there or not.
fn library_folder(rustc: &str) -> Option<PathBuf> {
    let mut ask = Command::new(rustc);
    ask.args(["--print", "target-libdir", "--target", TARGET]);
    if rustc == DEBIAN_RUSTC {
        ask.env_remove("LD_LIBRARY_PATH");
    }
    answer(&mut ask).map(PathBuf::from)
}

/// `libstd-0a1b.rlib` from rustup, `libstd.rlib` when built here, never `libstd_detect-0a1b.rlib`.
fn is_std(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "libstd.rlib" || name.starts_with("libstd-")
}

/// Whether Debian's compiler is there, new enough, and complete. Its default one, `rustc` of the stable
/// release, lies under the same name and is usually too old.
fn debian_is_ready(project: &Project) -> bool {
    debian_version().is_some_and(|found| found >= project.oldest_rust)
        && Path::new("/usr/bin/cargo").exists()
        && has_target(DEBIAN_RUSTC)
}

fn debian_version() -> Option<(u32, u32)> {
    let text = answer(
        Command::new(DEBIAN_RUSTC)
            .arg("--version")
            .env_remove("LD_LIBRARY_PATH"),
    )?;
    version(text.strip_prefix("rustc ")?)
}

/// The ordinary way; seconds, where rustup's server can be reached.
fn add_by_rustup() -> Result<bool> {
    if on_path(&["rustup"]).is_none() {
        return Ok(false);
    }
    say("target", "rustup target add wasm32-unknown-unknown");
    let added = status(Command::new("rustup").args(["target", "add", TARGET]))?;
    Ok(added.success() && has_target("rustc"))
}

/// Debian's compiler and, from its packaged source, the standard library for WASM.
fn build_from_debian(project: &Project) -> Result<()> {
    let (major, minor) = project.oldest_rust;
    let missing = format!(
        "there is no Rust compiler for {TARGET}: rustup could not add it (is rustup installed, and its \
         server reachable? then: rustup target add {TARGET})"
    );
    apt::install(&DEBIAN_PACKAGES, &missing)?;
    if has_target(DEBIAN_RUSTC) {
        return Ok(());
    }
    if !is_root() {
        bail!(
            "{missing}. The library for Debian's compiler can be built, but only root may install it."
        );
    }
    match debian_version() {
        Some(found) if found >= project.oldest_rust => {}
        found => bail!("{missing}. Debian's compiler {found:?} is older than {major}.{minor}."),
    }
    say(
        "target",
        "building Rust's standard library for WASM from Debian's source, once (a minute)",
    );
    let scratch = project.front_target().join("rust-library");
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch)?;
    check(
        Command::new("cp")
            .arg("-r")
            .arg(library_source()?)
            .arg(&scratch),
    )?;
    let library = scratch.join("library");
    check(
        Toolchain::Debian
            .cargo(project)?
            .args([
                "build",
                "--release",
                "--target",
                TARGET,
                "--package",
                "sysroot",
            ])
            .args(["--features", "panic-unwind compiler-builtins-mem"])
            .current_dir(&library)
            // The library uses features that only the compiler's own build may use.
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "RUSTFLAGS",
                "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes",
            )
            .env("CARGO_TARGET_DIR", library.join("target")),
    )?;
    install_library(&library.join("target").join(TARGET).join("release/deps"))?;
    fs::remove_dir_all(&scratch).context("removing the copy of the library's source")?;
    if !has_target(DEBIAN_RUSTC) {
        bail!(
            "{missing}. Building it from Debian's source left nothing that the compiler accepts."
        );
    }
    Ok(())
}

/// The source of the standard library that belongs to the installed compiler.
fn library_source() -> Result<PathBuf> {
    let folders = fs::read_dir("/usr/src")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let version = answer(
        Command::new(DEBIAN_RUSTC)
            .arg("--version")
            .env_remove("LD_LIBRARY_PATH"),
    )
    .unwrap_or_default();
    let number = version
        .split_whitespace()
        .nth(1)
        .unwrap_or_default()
        .to_owned();
    let mut sources = folders.filter(|folder| {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        name.strip_prefix("rustc-") == Some(number.as_str())
    });
    let source = sources.next().with_context(|| {
        format!("no /usr/src/rustc-{number}: the source of {version} (package rust-web-src)")
    })?;
    Ok(source.join("library"))
}

/// Puts the built libraries where the compiler looks for them; the one that [`has_target`] asks for at
/// the end, so that a half-done copy is not taken for a whole one.
fn install_library(built: &Path) -> Result<()> {
    let place = library_folder(DEBIAN_RUSTC).context("Debian's compiler has no WASM target")?;
    fs::create_dir_all(&place).with_context(|| format!("creating {}", place.display()))?;
    let files = fs::read_dir(built).with_context(|| format!("reading {}", built.display()))?;
    let mut libraries = files
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    libraries.retain(|path| path.extension().is_some_and(|ext| ext == "rlib"));
    libraries.sort_by_key(|path| is_std(path));
    for path in libraries {
        fs::copy(&path, place.join(path.file_name().unwrap_or_default()))
            .with_context(|| format!("copying {}", path.display()))?;
    }
    Ok(())
}
