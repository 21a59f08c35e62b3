//! The browser's half: compiled to WASM, bound to JavaScript and, for a release, made small.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::project::{Mode, Project};
use crate::shell::{check, say};
use crate::{files, npm, wasm_target};

/// Exactly what rustc turns on for the target. With `--all-features` wasm-opt writes a module that
/// Chromium refuses; with fewer it refuses rustc's.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The two files a browser loads.
pub(crate) struct Bundle {
    pub(crate) js: PathBuf,
    pub(crate) wasm: PathBuf,
}

/// Builds the browser's half.
pub(crate) fn build(project: &Project, mode: Mode) -> Result<Bundle> {
    let toolchain = wasm_target::provide(project)?;
    let profile = project.lib_profile(mode);
    say(
        "wasm",
        &format!(
            "compiling {} for the browser ({profile})",
            project.lib_package
        ),
    );
    check(
        toolchain
            .cargo(project)?
            .args(["build", "--package", &project.lib_package, "--lib"])
            .args(["--target", wasm_target::TARGET, "--profile", profile])
            .arg("--target-dir")
            .arg(project.front_target()),
    )?;
    let built = project
        .front_target()
        .join(wasm_target::TARGET)
        .join(profile);
    let compiled = built.join(format!("{}.wasm", project.lib_package.replace('-', "_")));
    let bundle = bind(project, &compiled, &built.join("bundle"))?;
    match mode {
        Mode::Dev => Ok(bundle),
        Mode::Release => shrink(project, bundle),
    }
}

/// JavaScript for the module, by the library that wasm-bindgen's own command line is made of. Its
/// version is pinned to the workspace's `wasm-bindgen`; the two must be the same to the last digit.
fn bind(project: &Project, compiled: &Path, folder: &Path) -> Result<Bundle> {
    let name = &project.output_name;
    let bundle = Bundle {
        js: folder.join(format!("{name}.js")),
        wasm: folder.join(format!("{name}_bg.wasm")),
    };
    files::once(&folder.join("stamp"), &files::mark(compiled)?, || {
        say("wasm", "binding it to JavaScript");
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let mut output = Bindgen::new()
            .input_path(compiled)
            .out_name(name)
            .web(true)?
            .typescript(false)
            // The page names the module, by its hash; a default path would name a file that is not there.
            .omit_default_module_path(true)
            .generate_output()?;
        let inline = output
            .snippets()
            .values()
            .any(|scripts| !scripts.is_empty());
        if inline || !output.local_modules().is_empty() {
            bail!(
                "a dependency of {} brings its own JavaScript, which the site does not serve",
                project.lib_package
            );
        }
        output
            .emit(folder)
            .context("writing the JavaScript and the WASM")
    })?;
    Ok(bundle)
}

/// About half the size, for half a minute.
fn shrink(project: &Project, bundle: Bundle) -> Result<Bundle> {
    let small = bundle.wasm.with_extension("small.wasm");
    let input = files::digest(&files::read(&bundle.wasm)?);
    files::once(&small.with_extension("stamp"), &input, || {
        let modules = npm::install(&project.root.join("xtask"))?;
        say("wasm", "making it small (wasm-opt -Oz)");
        check(
            Command::new("node")
                .arg(modules.join("binaryen/bin/wasm-opt"))
                .arg("-Oz")
                .args(WASM_FEATURES)
                .arg(&bundle.wasm)
                .arg("-o")
                .arg(&small),
        )
    })?;
    Ok(Bundle {
        wasm: small,
        ..bundle
    })
}
