//! What came back, and what is said about it.

use axum::http::response::Parts;
use contract::Kind;
use serde_json::Value;

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    asked: String,
    parts: Parts,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn new(asked: String, parts: Parts, body: Vec<u8>) -> Self {
        Self { asked, parts, body }
    }

    pub(crate) fn status(&self) -> u16 {
        self.parts.status.as_u16()
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status(), status, "{}: {}", self.asked, self.text());
        self
    }

    /// The name of the `google.rpc` code, and with it the whole shape of an error.
    #[track_caller]
    pub(crate) fn code(&self, name: &str) -> &Self {
        let body = self.json();
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .expect("a known code");
        assert_eq!(body["code"], kind.code(), "{body}");
        assert_eq!(body["status"], self.status(), "{body}");
        assert_eq!(body["message"], body["detail"], "{body}");
        assert!(
            body["details"].is_array() && body["title"].is_string(),
            "{body}"
        );
        assert!(
            body["type"]
                .as_str()
                .is_some_and(|kind| kind.starts_with("urn:")),
            "{body}"
        );
        let id = self
            .header("x-request-id")
            .expect("every answer has a request id");
        assert!(
            body["instance"].as_str().is_some_and(|at| at.contains(id)),
            "{body}"
        );
        assert_eq!(
            body.as_object().map(serde_json::Map::len),
            Some(8),
            "{body}"
        );
        self
    }

    /// The message speaks of `what`.
    #[track_caller]
    pub(crate) fn names(&self, what: &str) -> &Self {
        let message = self.json()["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(message.contains(what), "{message:?} does not name {what:?}");
        self
    }

    /// The details name `field`.
    #[track_caller]
    pub(crate) fn field(&self, field: &str) -> &Self {
        let body = self.json();
        let details = body["details"].as_array().expect("details");
        let named = details.iter().any(|detail| detail["field"] == field);
        assert!(named, "{field} is not named in {body}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} answered no JSON: {}", self.asked, self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Everything before the body.
    pub(crate) fn head(&self) -> String {
        format!("{:?}", self.parts)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let values = self.parts.headers.get_all(name).iter();
        values.filter_map(|value| value.to_str().ok()).collect()
    }

    #[track_caller]
    pub(crate) fn has(&self, name: &str, value: &str) -> &Self {
        assert_eq!(self.header(name), Some(value), "{}: {name}", self.asked);
        self
    }

    /// Everything but the request id and the date, for comparing answers byte by byte.
    pub(crate) fn without_request_id(&self) -> (u16, Vec<(String, String)>, String) {
        let id = self.header("x-request-id").unwrap_or_default().to_owned();
        let variable = ["x-request-id", "date", "content-security-policy"];
        let headers = self.parts.headers.iter();
        let mut headers: Vec<_> = headers
            .filter(|(name, _)| !variable.contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("?").to_owned()))
            .collect();
        headers.sort();
        (self.status(), headers, self.text().replace(&id, "ID"))
    }

    /// The names in a list of resources, in order.
    #[track_caller]
    pub(crate) fn item_names(&self) -> Vec<String> {
        let body = self.json();
        let items = body["items"].as_array().expect("items");
        let name = |item: &Value| {
            item["metadata"]["name"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        items.iter().map(name).collect()
    }

    pub(crate) fn next_cursor(&self) -> Option<String> {
        self.json()["pagination"]["nextCursor"]
            .as_str()
            .map(str::to_owned)
    }

    /// The token on a page that reveals one: nothing else is as long.
    #[track_caller]
    pub(crate) fn shown_token(&self) -> String {
        let text = self.text();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let mut tokens = words.filter(|word| word.starts_with("kr_") && word.len() == 52);
        tokens.next().expect("a token is shown").to_owned()
    }

    /// Where a redirect leads.
    #[track_caller]
    pub(crate) fn leads_to(&self, path: &str) -> &Self {
        self.is(303);
        assert_eq!(self.header("location"), Some(path), "{}", self.asked);
        self
    }
}
