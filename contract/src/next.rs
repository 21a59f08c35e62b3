//! Where somebody goes on after a form: what `next` may say.

/// A path of this site, or `None`: a link that lends our name must not lead elsewhere. `//host` and
/// `/\host` are other hosts to a browser.
pub fn own_path(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('/')?;
    let elsewhere = rest.starts_with('/') || text.contains('\\');
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    (!elsewhere && printable).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for good in [
            "/",
            "/keys",
            "/keys/new?metadata.name=ci%20deploy",
            "/keys?q=//x",
        ] {
            assert_eq!(own_path(good), Some(good));
        }
        for bad in [
            "",
            "keys",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/keys\r\nSet-Cookie: x",
            "\\\\evil.example",
            "/é",
        ] {
            assert_eq!(own_path(bad), None, "{bad:?}");
        }
    }
}
