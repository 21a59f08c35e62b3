//! One sprite from the icons that `style/icons.txt` lists, one name a line.
//!
//! Pages carry it once and refer to it: `<svg class="i"><use href="#i-search"/></svg>`. Colour, width of
//! the stroke and size are the style sheet's, so only the shapes are taken.

use std::path::Path;

use anyhow::{Context, Result};

use crate::files;

/// The sprite, from the list and lucide's folder of icons.
pub(crate) fn sprite(list: &Path, icons: &Path) -> Result<String> {
    // `hidden` rather than an inline style, which the content security policy forbids.
    let mut sprite = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"0\" hidden=\"\" aria-hidden=\"true\">\
         <!-- Lucide (https://lucide.dev), ISC -->",
    );
    let list = files::read_text(list)?;
    for name in list.lines().map(str::trim).filter(|name| !name.is_empty()) {
        let file = icons.join(format!("{name}.svg"));
        let icon = files::read_text(&file).with_context(|| format!("icon {name}: no such one"))?;
        let shapes = shapes(&icon).with_context(|| format!("icon {name}: not an SVG"))?;
        for part in [
            "<symbol id=\"i-",
            name,
            "\" viewBox=\"0 0 24 24\">",
            &shapes,
            "</symbol>",
        ] {
            sprite.push_str(part);
        }
    }
    sprite.push_str("</svg>\n");
    Ok(sprite)
}

/// What stands between the opening and the closing `svg` tag, on one line.
fn shapes(icon: &str) -> Option<String> {
    let (_, opened) = icon.split_once("<svg")?;
    let (_, inside) = opened.split_once('>')?;
    let (inside, _) = inside.split_once("</svg>")?;
    Some(
        inside
            .lines()
            .map(str::trim)
            .collect::<String>()
            .replace(" />", "/>"),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_the_shapes_are_taken() {
        let icon = "<!-- x -->\n<svg\n  width=\"24\"\n>\n  <path d=\"M1 1\" />\n  <circle r=\"1\" />\n</svg>\n";
        assert_eq!(
            super::shapes(icon).unwrap(),
            "<path d=\"M1 1\"/><circle r=\"1\"/>"
        );
    }
}
