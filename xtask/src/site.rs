//! The folder that the server serves: `target/site`.
//!
//! Every file carries the hash of its content in its name, so that browsers may keep it for ever, and
//! `assets.json` tells the server which name is the current one:
//! `{"keyrack.css": "/pkg/keyrack.ab12cd34.css", …}`. Because names follow content, a file that is there
//! is right: what did not change is neither written nor compressed again. The folder is below the
//! workspace wherever cargo builds, because the server's sources name it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

use crate::project::{Mode, Project};
use crate::shell::say;
use crate::{files, frontend, icons, npm, styles};

/// Latin only, and only what the styles use: (name in the site, file in the package).
const FONTS: [(&str, &str); 3] = [
    (
        "ibm-plex-sans.woff2",
        "@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans-latin-wght-normal.woff2",
    ),
    (
        "ibm-plex-mono-400.woff2",
        "@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin-400-normal.woff2",
    ),
    (
        "ibm-plex-mono-500.woff2",
        "@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin-500-normal.woff2",
    ),
];

/// Fonts and pictures are compressed already.
const COMPRESSIBLE: [&str; 5] = ["css", "js", "json", "svg", "wasm"];

/// The site so far: names as the sources know them, and where browsers find them.
struct Site<'a> {
    project: &'a Project,
    mode: Mode,
    addresses: BTreeMap<String, String>,
    files: BTreeSet<String>,
}

/// Builds the browser's half and puts the site together.
pub(crate) fn build(project: &Project, mode: Mode) -> Result<()> {
    let modules = npm::install(project.style.parent().context("styles lie in a folder")?)?;
    let bundle = frontend::build(project, mode)?;
    say("site", "styles, fonts and icons into target/site");
    let mut site = Site {
        project,
        mode,
        addresses: BTreeMap::new(),
        files: BTreeSet::new(),
    };
    for (name, source) in FONTS {
        site.add(name, &files::read(&modules.join(source))?)?;
    }
    for entry in
        fs::read_dir(&project.assets).with_context(|| project.assets.display().to_string())?
    {
        let entry = entry?;
        site.add(
            &entry.file_name().to_string_lossy(),
            &files::read(&entry.path())?,
        )?;
    }
    let list = project.style.with_file_name("icons.txt");
    let sprite = icons::sprite(&list, &modules.join("lucide-static/icons"))?;
    site.add("icons.svg", sprite.as_bytes())?;
    let css = styles::bundle(&project.style, &site.addresses)?;
    let name = &project.output_name;
    site.add(&format!("{name}.css"), css.as_bytes())?;
    site.add(&format!("{name}.js"), &files::read(&bundle.js)?)?;
    site.add(&format!("{name}_bg.wasm"), &files::read(&bundle.wasm)?)?;
    site.finish()
}

/// Where browsers find a file, as the last build left it.
pub(crate) fn addresses(project: &Project) -> Result<BTreeMap<String, String>> {
    let text = files::read(&project.site.join("assets.json"))?;
    serde_json::from_slice(&text).context("target/site/assets.json")
}

impl Site<'_> {
    /// Adds a file under the name of its content, compressed beside it where that helps.
    fn add(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let (stem, extension) = name
            .rsplit_once('.')
            .with_context(|| format!("{name}: no extension"))?;
        let hashed = format!("{stem}.{}.{extension}", &files::digest(content)[..8]);
        let path = self.project.site.join(&self.project.pkg).join(&hashed);
        files::write(&path, content)?;
        if self.mode == Mode::Release && COMPRESSIBLE.contains(&extension) {
            compress(&path, "br", || brotli(content))?;
            compress(&path, "gz", || gzip(content))?;
        }
        self.addresses
            .insert(name.to_owned(), format!("/{}/{hashed}", self.project.pkg));
        self.files.insert(hashed);
        Ok(())
    }

    /// Removes what is no longer part of the site and writes the list of what is.
    fn finish(self) -> Result<()> {
        let site = &self.project.site;
        for entry in fs::read_dir(site.join(&self.project.pkg))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let plain = name
                .strip_suffix(".br")
                .or(name.strip_suffix(".gz"))
                .unwrap_or(&name);
            if !self.files.contains(plain) {
                fs::remove_file(entry.path())?;
            }
        }
        let list = serde_json::to_string_pretty(&self.addresses)?;
        files::write(&site.join("assets.json"), list.as_bytes())
    }
}

fn compress(path: &Path, extension: &str, how: impl Fn() -> Result<Vec<u8>>) -> Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    let path = Path::new(&name);
    if path.exists() {
        Ok(())
    } else {
        files::write(path, &how()?)
    }
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut out, &parameters)?;
    Ok(out)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}
