//! How the service behind a proxy might read a path. Services differ: some decode twice, some take a
//! backslash for a slash, some cut what follows a semicolon off. What is open must be so in every reading.

const OPEN: &str = "/public/";

/// A reading of the request's target that lies outside of what is open, if there is one.
pub(super) fn outside(target: &str) -> Option<String> {
    readings(target)
        .into_iter()
        .find(|path| !path.starts_with(OPEN))
}

/// Whether a target is a path that all of them read alike, but for decoding it once.
pub(super) fn plain(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let once = decoded(path);
    resolved(&without_parameters(&slashed(&decoded(&once)))) == once
}

fn readings(target: &str) -> Vec<String> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    // In absolute form, as it is sent to proxies.
    let path = path.split_once("://").map_or(path, |(_, rest)| {
        rest.find('/').map_or("/", |at| &rest[at..])
    });
    let once = decoded(path);
    let twice = decoded(&once);
    let mut readings = vec![path.to_owned(), once, twice];
    for change in [slashed, without_parameters, resolved] {
        let changed: Vec<String> = readings.iter().map(|path| change(path)).collect();
        readings.extend(changed);
    }
    readings
}

fn decoded(path: &str) -> String {
    let (mut rest, mut decoded) = (path.as_bytes(), Vec::new());
    while let Some((&byte, after)) = rest.split_first() {
        let pair = after.get(..2);
        let code = pair
            .filter(|_| byte == b'%')
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        rest = after.get(2..).filter(|_| code.is_some()).unwrap_or(after);
        decoded.push(code.unwrap_or(byte));
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn slashed(path: &str) -> String {
    path.replace('\\', "/")
}

/// `/a` of `/a;b`, in every segment; a NUL ends the whole.
fn without_parameters(path: &str) -> String {
    let path = path.split('\0').next().unwrap_or_default();
    let segments = path.split('/');
    let segments = segments.map(|segment| segment.split(';').next().unwrap_or_default());
    segments.collect::<Vec<_>>().join("/")
}

/// Without dots and empty segments.
fn resolved(path: &str) -> String {
    let mut kept = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    let tail = if path.ends_with('/') && !kept.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{tail}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_read_as_closed_is_told_from_what_is_open() {
        for open in ["/public/a", "/public/a%20b?c=/../d", "/public/a/../b"] {
            assert_eq!(outside(open), None, "{open}");
        }
        for plain_one in ["/", "/public/a%20b?c=/../d", "/a/b."] {
            assert!(plain(plain_one), "{plain_one}");
        }
        for closed in [
            "/a",
            "/PUBLIC/a",
            "/public/../a",
            "/public/%2e%2E/a",
            "/public/..%2fa",
            "/public/%252e%252e/a",
            "/public/..;x/a",
            "/public/..\\a",
            "//public/../a",
            "http://host/a",
            "a",
            "*",
        ] {
            assert!(outside(closed).is_some(), "{closed}");
            assert!(
                !plain(closed) || matches!(closed, "/a" | "/PUBLIC/a"),
                "{closed}"
            );
        }
    }
}
