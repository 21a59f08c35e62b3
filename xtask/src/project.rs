//! Names and folders of the workspace, from `cargo metadata`.
//!
//! The one source is `[[workspace.metadata.leptos]]` in the root Cargo.toml, the table that
//! `cargo leptos` reads too, so that both build the same thing.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// How a build is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Quick to build: no size optimisation, no compression, the site read from disk.
    Dev,
    /// What people get: small WASM, compressed assets, the site inside the binary.
    Release,
}

/// The workspace as the tasks see it.
pub(crate) struct Project {
    /// The folder of the root Cargo.toml.
    pub(crate) root: PathBuf,
    /// Where cargo builds native code; honours `CARGO_TARGET_DIR`.
    pub(crate) target: PathBuf,
    /// The oldest compiler the workspace allows, as (major, minor).
    pub(crate) oldest_rust: (u32, u32),
    /// The folder that the server serves (`site-root`).
    pub(crate) site: PathBuf,
    /// Hashed assets inside [`Self::site`] (`site-pkg-dir`), also their first URL segment.
    pub(crate) pkg: String,
    /// Stem of the WASM, its JavaScript and the style sheet (`output-name`).
    pub(crate) output_name: String,
    /// The package of the server (`bin-package`).
    pub(crate) bin_package: String,
    /// The name of its binary (`bin-target`).
    pub(crate) bin: String,
    /// The package that is compiled to WASM (`lib-package`).
    pub(crate) lib_package: String,
    /// The cargo profiles of the WASM (`lib-profile-dev`, `lib-profile-release`).
    lib_profiles: (String, String),
    /// The style sheet that imports all others (`style-file`).
    pub(crate) style: PathBuf,
    /// Files that are served as they are (`assets-dir`).
    pub(crate) assets: PathBuf,
    /// The browser tests (`end2end-dir`).
    pub(crate) end2end: PathBuf,
}

impl Project {
    pub(crate) fn read() -> Result<Self> {
        let output = Command::new("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .context("running cargo metadata")?;
        if !output.status.success() {
            bail!(
                "cargo metadata: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let root = PathBuf::from(text(&metadata, "workspace_root")?);
        let leptos = &metadata["metadata"]["leptos"][0];
        let name = |key: &str| {
            text(leptos, key).context("in [[workspace.metadata.leptos]] of the root Cargo.toml")
        };
        let folder = |key: &str| name(key).map(|path| root.join(path));
        let oldest_rust = metadata["packages"]
            .as_array()
            .into_iter()
            .flatten()
            .find_map(|package| version(package["rust_version"].as_str()?))
            .context("no rust-version in the workspace")?;
        Ok(Self {
            target: PathBuf::from(text(&metadata, "target_directory")?),
            oldest_rust,
            site: folder("site-root")?,
            pkg: name("site-pkg-dir")?,
            output_name: name("output-name")?,
            bin_package: name("bin-package")?,
            bin: name("bin-target")?,
            lib_package: name("lib-package")?,
            lib_profiles: (name("lib-profile-dev")?, name("lib-profile-release")?),
            style: folder("style-file")?,
            assets: folder("assets-dir")?,
            end2end: folder("end2end-dir")?,
            root,
        })
    }

    /// Where the WASM is built: apart from native code, because it may be made by another compiler,
    /// and two compilers in one folder rebuild each other's work for ever.
    pub(crate) fn front_target(&self) -> PathBuf {
        self.target.join("front")
    }

    /// The cargo profile of the WASM.
    pub(crate) fn lib_profile(&self, mode: Mode) -> &str {
        match mode {
            Mode::Dev => &self.lib_profiles.0,
            Mode::Release => &self.lib_profiles.1,
        }
    }
}

fn text(value: &Value, key: &str) -> Result<String> {
    let text = value[key]
        .as_str()
        .with_context(|| format!("{key} is missing"))?;
    Ok(text.to_owned())
}

/// `1.95` or `1.95.0` as (1, 95).
pub(crate) fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(super::version("1.95.0"), Some((1, 95)));
        assert!(super::version("1.100") > super::version("1.95"));
        assert_eq!(super::version("nightly"), None);
    }
}
