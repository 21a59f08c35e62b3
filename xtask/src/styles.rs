//! One style sheet from many: `@import` followed in order, comments dropped, `url()` of our own files
//! turned into their hashed addresses. No preprocessor: the sources are plain CSS that a browser reads.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::files;

/// The whole style sheet. `addresses` has the address of every file that a `url()` may name.
pub(crate) fn bundle(main: &Path, addresses: &BTreeMap<String, String>) -> Result<String> {
    let joined = join(main)?;
    addressed(&tight(&joined), addresses)
}

/// The file with each of its imports replaced by that file. Imports are lines of their own.
fn join(file: &Path) -> Result<String> {
    let folder = file.parent().context("a style sheet lies in a folder")?;
    let mut joined = String::new();
    for line in files::read_text(file)?.lines() {
        if let Some(name) = import(line) {
            let imported = join(&folder.join(name));
            joined.push_str(&imported.with_context(|| format!("imported by {}", file.display()))?);
        } else {
            joined.push_str(line);
            joined.push('\n');
        }
    }
    Ok(joined)
}

fn import(line: &str) -> Option<&str> {
    line.trim().strip_prefix("@import \"")?.strip_suffix("\";")
}

/// Without comments, indentation and empty lines. Compression does better on the rest than renaming
/// and reordering would, and what a browser shows in its inspector still reads like the source.
fn tight(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    let mut quote = None;
    while let Some(letter) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
            continue;
        }
        match quote {
            Some(open) if letter == open => quote = None,
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            _ => {}
        }
        out.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Each `url("name")` with the address of that file. An unknown name is a mistake that would show as
/// a missing font or picture, in some browsers, on some pages.
fn addressed(css: &str, addresses: &BTreeMap<String, String>) -> Result<String> {
    let mut out = String::with_capacity(css.len());
    let mut parts = css.split("url(");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (argument, rest) = part
            .split_once(')')
            .context("url( without its closing bracket")?;
        let name = argument.trim_matches(['"', '\'']);
        match addresses.get(name) {
            Some(address) => out.extend(["url(\"", address, "\")"]),
            None if name.starts_with("data:") || name.starts_with('#') => {
                bail!("url({argument}): the content security policy allows files of our own only")
            }
            None => bail!("url({argument}): no such file among {:?}", addresses.keys()),
        }
        out.push_str(rest);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_strings_stay() {
        let css = "/* a\n b */\n  a::before {\n    content: \"/* not one */\" /* one */;\n  }\n";
        assert_eq!(tight(css), "a::before {\ncontent: \"/* not one */\" ;\n}\n");
    }

    #[test]
    fn urls_become_addresses_and_unknown_ones_are_refused() {
        let known = BTreeMap::from([("a.woff2".to_owned(), "/pkg/a.12.woff2".to_owned())]);
        let css = addressed("src: url(\"a.woff2\") format(\"woff2\")", &known).unwrap();
        assert_eq!(css, "src: url(\"/pkg/a.12.woff2\") format(\"woff2\")");
        assert!(addressed("src: url(b.woff2)", &known).is_err());
    }
}
