//! Custom verbs: `POST /v1/account/api_keys/{id}:rotate`.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// The router cannot match a parameter and a literal in one segment, so the verb of the last
/// segment becomes a segment of its own before routing: `…/{id}:rotate` is routed as
/// `…/{id}/:rotate`. Runs around the router. The colon may come percent-encoded, as some client
/// libraries send it.
pub(crate) fn split_verb(request: &mut Request) {
    if let Some(split) = split(request.uri()) {
        *request.uri_mut() = split;
    }
}

fn split(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_prefix("/v1/")?;
    let Some((before, last)) = path.rsplit_once('/') else {
        return spelled_out(uri, path);
    };
    let (name, verb) = ["%3A", "%3a", ":"]
        .iter()
        .find_map(|colon| last.rsplit_once(colon))?;
    // Without a name there would be two spellings of one route; this one leads nowhere.
    let path = if name.is_empty() {
        format!("/v1/{before}/-/:{verb}/-")
    } else {
        format!("/v1/{before}/{name}/:{verb}")
    };
    with_path(uri, &path)
}

/// `tokens:verify` is one segment to the router, too; only its colon may be encoded.
fn spelled_out(uri: &Uri, path: &str) -> Option<Uri> {
    if !path.contains("%3") {
        return None;
    }
    let plain = path.replacen("%3A", ":", 1).replacen("%3a", ":", 1);
    (plain != path).then(|| with_path(uri, &format!("/v1/{plain}")))?
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{path}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(path: &'static str) -> String {
        let uri = Uri::from_static(path);
        split(&uri).unwrap_or(uri).to_string()
    }

    #[test]
    fn a_verb_becomes_a_segment() {
        let routed_as = "/v1/account/api_keys/apikey_1/:rotate";
        assert_eq!(routed("/v1/account/api_keys/apikey_1:rotate"), routed_as);
        assert_eq!(routed("/v1/account/api_keys/apikey_1%3Arotate"), routed_as);
        for spelling in ["/v1/tokens:verify?x=a:b", "/v1/tokens%3Averify?x=a:b"] {
            assert_eq!(routed(spelling), "/v1/tokens:verify?x=a:b");
        }
        assert_eq!(
            routed("/v1/account/api_keys/a:b?x=c:d"),
            "/v1/account/api_keys/a/:b?x=c:d"
        );
    }

    #[test]
    fn everything_else_stays() {
        for path in ["/v1/account/api_keys/apikey_1", "/keys/a:b", "/v1", "/"] {
            assert_eq!(routed(path), path);
        }
        let spelled_out = routed("/v1/account/api_keys/apikey_1/:rotate");
        assert_ne!(spelled_out, "/v1/account/api_keys/apikey_1/:rotate");
    }
}
