//! What a first visit loads, and the file that is deployed.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::{dist, site};

pub(crate) fn size(project: &Project, binary: &Path) -> Result<()> {
    let addresses = site::addresses(project)?;
    let named = |name: String| -> Result<Vec<String>> {
        let address = addresses.get(&name);
        Ok(vec![
            address
                .with_context(|| format!("{name} is not in the site"))?
                .clone(),
        ])
    };
    let name = &project.output_name;
    let main = named(format!("{name}_bg.wasm"))?;
    let mut rows = vec![("WASM, main module".to_owned(), main.clone(), None)];
    for (chunk, parts) in site::chunks(project)? {
        let files = main.iter().cloned().chain(parts).collect();
        rows.push((format!("  with {chunk}"), files, Some(300)));
    }
    rows.push(("CSS".to_owned(), named(format!("{name}.css"))?, Some(20)));
    rows.push(("JavaScript".to_owned(), named(format!("{name}.js"))?, None));
    println!(
        "{:<18} {:>6} {:>10} {:>10} {:>10}",
        "", "files", "raw", "brotli", "budget"
    );
    for (title, files, budget) in rows {
        let (mut raw, mut small) = (0, 0);
        for file in &files {
            let file = project.site.join(file.trim_start_matches('/'));
            raw += fs::metadata(&file)?.len();
            small += fs::metadata(format!("{}.br", file.display()))?.len();
        }
        let (limit, verdict) = match budget {
            Some(kilobytes) if small > kilobytes * 1000 => {
                (format!("{kilobytes}.0 KB"), "  OVER BUDGET")
            }
            Some(kilobytes) => (format!("{kilobytes}.0 KB"), ""),
            None => ("-".to_owned(), ""),
        };
        println!(
            "{title:<18} {:>6} {:>10} {:>10} {limit:>10}{verdict}",
            files.len(),
            kilobytes(raw),
            kilobytes(small)
        );
    }
    println!(
        "{:<18} {:>17}",
        project.bin,
        dist::megabytes(fs::metadata(binary)?.len())
    );
    Ok(())
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}
