//! The folder that the server serves: `target/site`.
//!
//! Every file carries the hash of its content in its name (the files of the WASM, which name one another,
//! share a folder that does), so that browsers may keep it for ever. `assets.json` tells the server which
//! name is the current one, `{"keyrack.css": "/pkg/keyrack.ab12cd34.css", …}`, and `chunks.json` which
//! files each chunk of the WASM is made of. Because names follow content, a file that is there
//! is right: what did not change is neither written nor compressed again. The folder is below the
//! workspace wherever cargo builds, because the server's sources name it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

use crate::frontend::Bundle;
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
    chunks: BTreeMap<String, Vec<String>>,
    /// The files and folders of today, by the names they carry in the site.
    current: BTreeSet<String>,
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
        chunks: BTreeMap::new(),
        current: BTreeSet::new(),
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
    site.add_bundle(&bundle)?;
    site.finish()
}

/// Where browsers find a file, as the last build left it.
pub(crate) fn addresses(project: &Project) -> Result<BTreeMap<String, String>> {
    let text = files::read(&project.site.join("assets.json"))?;
    serde_json::from_slice(&text).context("target/site/assets.json")
}

/// The files that each chunk of the WASM is made of, as the last build left them.
pub(crate) fn chunks(project: &Project) -> Result<BTreeMap<String, Vec<String>>> {
    let text = files::read(&project.site.join("chunks.json"))?;
    serde_json::from_slice(&text).context("target/site/chunks.json")
}

impl Site<'_> {
    /// Adds a file under the name of its content.
    fn add(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let (stem, extension) = name
            .rsplit_once('.')
            .with_context(|| format!("{name}: no extension"))?;
        let hashed = format!("{stem}.{}.{extension}", short(&files::digest(content)));
        self.place(name, &hashed, content)?;
        self.current.insert(hashed);
        Ok(())
    }

    /// Adds files that name one another: in a folder under the name of their contents.
    fn add_bundle(&mut self, bundle: &Bundle) -> Result<()> {
        let digest = files::digest_of_folder(&bundle.folder)?;
        let folder = format!("{}.{}", self.project.output_name, short(&digest));
        for (name, path) in files::in_folder(&bundle.folder)? {
            self.place(&name, &format!("{folder}/{name}"), &files::read(&path)?)?;
        }
        for (chunk, parts) in &bundle.chunks {
            let address = |part: &String| self.addresses.get(&format!("{part}.wasm")).cloned();
            let parts = parts.iter().map(address).collect::<Option<_>>();
            let parts = parts.with_context(|| format!("a part of the chunk {chunk} is missing"))?;
            self.chunks.insert(chunk.clone(), parts);
        }
        self.current.insert(folder);
        Ok(())
    }

    /// Writes a file and, where that helps, its compressed forms beside it.
    fn place(&mut self, name: &str, hashed: &str, content: &[u8]) -> Result<()> {
        let path = self.project.site.join(&self.project.pkg).join(hashed);
        files::write(&path, content)?;
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        if self.mode == Mode::Release && COMPRESSIBLE.contains(&&*extension) {
            compress(&path, "br", || brotli(content))?;
            compress(&path, "gz", || gzip(content))?;
        }
        let address = format!("/{}/{hashed}", self.project.pkg);
        self.addresses.insert(name.to_owned(), address);
        Ok(())
    }

    /// Removes what is no longer part of the site and writes the lists of what is.
    fn finish(self) -> Result<()> {
        let site = &self.project.site;
        for (name, path) in files::in_folder(&site.join(&self.project.pkg))? {
            let plain = name
                .strip_suffix(".br")
                .or(name.strip_suffix(".gz"))
                .unwrap_or(&name);
            if self.current.contains(plain) {
                continue;
            }
            if path.is_dir() {
                fs::remove_dir_all(path)?;
            } else {
                fs::remove_file(path)?;
            }
        }
        let list = serde_json::to_string_pretty(&self.addresses)?;
        files::write(&site.join("assets.json"), list.as_bytes())?;
        let chunks = serde_json::to_string_pretty(&self.chunks)?;
        files::write(&site.join("chunks.json"), chunks.as_bytes())
    }
}

/// As much of a digest as names in the site carry.
fn short(digest: &str) -> &str {
    &digest[..8]
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
