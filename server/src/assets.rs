//! The files of the console's site: part of the binary in a release, read from disk while
//! developing. Every name carries the hash of its content, so a file never changes under its name.

use std::collections::BTreeMap;
use std::fmt::Write;

use app::context::Assets;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};
use serde::de::DeserializeOwned;

use crate::answer::no_such_path;

#[derive(Embed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// Where the files are, as the build wrote it down. Empty when no site was built: REST works
/// without one.
pub fn read() -> Assets {
    let manifest: BTreeMap<String, String> = list("assets.json");
    let path = |name: &str| manifest.get(name).cloned().unwrap_or_default();
    let icons = Site::get(path("icons.svg").trim_start_matches('/'))
        .map(|file| String::from_utf8_lossy(&file.data).into_owned())
        .unwrap_or_default();
    Assets {
        stylesheet: path("keyrack.css"),
        script: path("keyrack.js"),
        wasm: path("keyrack_bg.wasm"),
        loader: path("chunks.js"),
        chunks: list("chunks.json"),
        favicon: path("favicon.svg"),
        fonts: manifest
            .iter()
            .filter(|(name, _)| ending(name) == "woff2")
            .map(|(_, path)| path.clone())
            .collect(),
        icons,
    }
}

fn list<T: DeserializeOwned + Default>(name: &str) -> T {
    Site::get(name)
        .and_then(|file| serde_json::from_slice(&file.data).ok())
        .unwrap_or_default()
}

/// `GET /pkg/{file}`
pub async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let name = format!("pkg/{name}");
    let Some((encoding, file)) = best_form(&name, &headers) else {
        return no_such_path().await.into_response();
    };
    let etag = etag(&file);
    let mut response = if headers.get(IF_NONE_MATCH) == Some(&etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_owned().into_response()
    };
    let answer = response.headers_mut();
    if let Ok(media_type) = HeaderValue::from_str(media_type(&name)) {
        answer.insert(CONTENT_TYPE, media_type);
    }
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    answer.insert(ETAG, etag);
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let for_ever = HeaderValue::from_static("public, max-age=31536000, immutable");
    answer.insert(CACHE_CONTROL, for_ever);
    response
}

/// The smallest form that the client can read.
fn best_form(name: &str, headers: &HeaderMap) -> Option<(Option<&'static str>, EmbeddedFile)> {
    // The compressed forms are no files of their own.
    let plain = Site::get(name).filter(|_| !["br", "gz"].contains(&ending(name)))?;
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(encoding, _)| accepts(headers, encoding))
        .find_map(|(encoding, ending)| {
            Some((Some(encoding), Site::get(&format!("{name}.{ending}"))?))
        })
        .or(Some((None, plain)))
}

/// RFC 9110, section 12.5.3, without ranking: both are ours to choose from.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let offers = headers.get_all(ACCEPT_ENCODING).iter();
    let mut offers = offers
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    offers.any(|offer| {
        let (name, parameters) = offer.split_once(';').unwrap_or((offer, ""));
        let weight = parameters.trim().strip_prefix("q=").map(str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(encoding) && !matches!(weight, Some(Ok(0.0)))
    })
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let hash = file.metadata.sha256_hash();
    let mut digits = String::new();
    for byte in &hash[..16] {
        let _ = write!(digits, "{byte:02x}");
    }
    HeaderValue::from_str(&format!("\"{digits}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// The site's names are ours, in lower case.
fn ending(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// The kinds of files a site has.
fn media_type(name: &str) -> &'static str {
    match ending(name) {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the folder was not there when this was compiled, nothing in it would ever be found.
    #[cfg(debug_assertions)]
    #[test]
    fn a_debug_build_finds_what_is_in_the_folder() {
        use std::{fs, path::Path};

        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site");
        let name = format!("pkg/there-{}.css", std::process::id());
        fs::create_dir_all(folder.join("pkg")).unwrap();
        fs::write(folder.join(&name), "a {}").unwrap();
        let found = Site::get(&name);
        fs::remove_file(folder.join(&name)).unwrap();
        assert_eq!(found.unwrap().data.as_ref(), b"a {}");
    }

    #[test]
    fn an_encoding_with_weight_zero_is_refused() {
        let mut headers = HeaderMap::new();
        let offer = HeaderValue::from_static("gzip, br;q=0, zstd;q=0.5");
        headers.insert(ACCEPT_ENCODING, offer);
        assert!(accepts(&headers, "gzip"));
        assert!(!accepts(&headers, "br"));
        assert!(!accepts(&headers, "deflate"));
    }
}
