//! The browser's half: compiled to WASM, split into chunks, bound to JavaScript and, for a release, made
//! small.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use walrus::{FunctionBuilder, FunctionKind, Module};
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

/// What a browser loads: files that name one another, so they stay together in one folder.
pub(crate) struct Bundle {
    pub(crate) folder: PathBuf,
    /// The chunks of the console (`app::chunks`) and the WASM files each is made of.
    pub(crate) chunks: BTreeMap<String, Vec<String>>,
}

/// The file that loads chunks, beside the main module that imports it.
const LOADER: &str = "chunks.js";

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
    let mut cargo = toolchain.cargo(project)?;
    if mode == Mode::Release {
        // See `snip`; a compiler of the stable channel lets us say it only so.
        cargo.env("RUSTC_BOOTSTRAP", "1").args([
            "--config",
            r#"build.rustflags=["-Zmerge-functions=disabled"]"#,
        ]);
    }
    check(
        cargo
            .args(["rustc", "--package", &project.lib_package, "--lib"])
            .args(["--target", wasm_target::TARGET, "--profile", profile])
            .arg("--target-dir")
            .arg(project.front_target())
            // Splitting needs to know what refers to what.
            .args(["--", "-Clink-arg=--emit-relocs"]),
    )?;
    let built = project
        .front_target()
        .join(wasm_target::TARGET)
        .join(profile);
    let compiled = built.join(format!("{}.wasm", project.lib_package.replace('-', "_")));
    let (bound, chunks) = (built.join("bound"), built.join("chunks.json"));
    files::once(&built.join("bound.stamp"), &files::mark(&compiled)?, || {
        let made_of = bind(project, &compiled, &bound)?;
        files::write(&chunks, &serde_json::to_vec(&made_of)?)
    })?;
    let folder = match mode {
        Mode::Dev => bound.clone(),
        Mode::Release => {
            let small = built.join("small");
            let input = files::digest_of_folder(&bound)?;
            files::once(&built.join("small.stamp"), &input, || {
                shrink(project, &bound, &small)
            })?;
            small
        }
    };
    let chunks = serde_json::from_slice(&files::read(&chunks)?)?;
    Ok(Bundle { folder, chunks })
}

/// Splits the module into chunks and makes JavaScript for the main one, by the libraries that the
/// command lines of wasm-split and wasm-bindgen are made of. wasm-bindgen's version is pinned to the
/// workspace's `wasm-bindgen`; the two must be the same to the last digit. Gives what each chunk is made of.
fn bind(
    project: &Project,
    compiled: &Path,
    folder: &Path,
) -> Result<BTreeMap<String, Vec<String>>> {
    files::empty(folder)?;
    let name = &project.output_name;
    say(
        "wasm",
        "splitting it into chunks and binding it to JavaScript",
    );
    let input = files::read(compiled)?;
    let main = compiled.with_extension("main.wasm");
    let main_module = format!("./{name}.js");
    let link_name = format!("./{LOADER}");
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = &main_module;
    options.link_name = &link_name;
    let split = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{error:#}"))
        .context("splitting the WASM")?;
    let mut output = Bindgen::new()
        .input_path(&main)
        .out_name(name)
        .web(true)?
        .typescript(false)
        // The page names the module, by its hash; a default path would name a file that is not there.
        .omit_default_module_path(true)
        // Chunks import what the linker exported for them.
        .keep_lld_exports(true)
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
        .context("writing the JavaScript and the WASM")?;
    for (_, path) in files::in_folder(folder)? {
        if path.extension().is_some_and(|ending| ending == "wasm") {
            snip(&path).with_context(|| path.display().to_string())?;
        }
    }
    Ok(split.prefetch_map.into_iter().collect())
}

/// Parts of the names of functions that never run in our pages. Views and routes carry them behind
/// pointers that no optimiser sees through, and they would be a sixth of what a browser loads:
/// taking over the server's markup while code is still on its way (`app::chunks::load` has brought it
/// before) or from a template (we have none), and listing the routes (the server does).
const NEVER_RUN: [&str; 4] = [
    "hydrate_async",
    "new_with_async_value",
    "hydrate_from_template",
    "generate_routes",
];

/// Empties the functions that never run, and drops what only they need.
///
/// A function is told by its name, so none may stand for another: the compiler is kept from making one
/// of those whose code is the same, as it would when it optimises. wasm-opt does that afterwards.
fn snip(path: &Path) -> Result<()> {
    let mut module = Module::from_file(path)?;
    let never = module.funcs.iter_local().filter(|(id, _)| {
        let name = module.funcs.get(*id).name.as_deref();
        name.is_some_and(|name| NEVER_RUN.iter().any(|part| name.contains(part)))
    });
    for id in never.map(|(id, _)| id).collect::<Vec<_>>() {
        let signature = module.types.get(module.funcs.get(id).ty());
        let (params, results) = (signature.params().to_vec(), signature.results().to_vec());
        let arguments = params.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut body = FunctionBuilder::new(&mut module.types, &params, &results);
        body.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(arguments));
    }
    walrus::passes::gc::run(&mut module);
    module.emit_wasm_file(path)
}

/// About half the size, for half a minute.
fn shrink(project: &Project, bound: &Path, small: &Path) -> Result<()> {
    files::empty(small)?;
    let modules = npm::install(&project.root.join("xtask"))?;
    say("wasm", "making it small (wasm-opt -Oz)");
    for (name, path) in files::in_folder(bound)? {
        if path.extension().is_none_or(|ending| ending != "wasm") {
            files::write(&small.join(&name), &files::read(&path)?)?;
            continue;
        }
        check(
            Command::new("node")
                .arg(modules.join("binaryen/bin/wasm-opt"))
                // Functions that look alike beside one another: they compress better.
                .args(["-Oz", "--reorder-functions-by-name"])
                .args(WASM_FEATURES)
                .arg(&path)
                .arg("-o")
                .arg(small.join(&name)),
        )?;
    }
    Ok(())
}
