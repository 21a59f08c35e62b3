//! `GET /v1/openapi.json`

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::TestApp;

const METHODS: [&str; 4] = ["delete", "get", "patch", "post"];

/// One operation of the document.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) described: Value,
}

pub(crate) async fn document(app: &TestApp) -> Value {
    app.get("/v1/openapi.json").await.is(200).json()
}

pub(crate) fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, described) in methods.as_object().expect("operations") {
            assert!(METHODS.contains(&method.as_str()), "{method} {path}");
            let id = described["operationId"].as_str();
            found.push(Operation {
                id: id
                    .unwrap_or_else(|| panic!("{method} {path} has no id"))
                    .to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                described: described.clone(),
            });
        }
    }
    assert!(found.len() > 30, "{} operations", found.len());
    found
}

/// What a `$ref` leads to.
pub(crate) fn resolve<'a>(document: &'a Value, reference: &str) -> &'a Value {
    let pointer = reference.strip_prefix('#').expect("a place in here");
    let found = document.pointer(pointer);
    found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

/// Every `$ref` below a value.
pub(crate) fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str);
            own.into_iter()
                .chain(fields.values().flat_map(references))
                .collect()
        }
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn the_document_needs_no_token_and_is_the_committed_one() {
    let app = TestApp::start().await;
    let served = document(&app).await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap();
    let committed: Value = serde_json::from_str(&committed).unwrap();
    assert!(
        served == committed,
        "docs/openapi.json is stale: run `cargo run -q -- openapi > docs/openapi.json`"
    );
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
    let forged = app.get("/v1/openapi.json").token("kr_nonsense").await;
    forged.is(200).has("content-type", "application/json");
}

#[tokio::test]
async fn every_operation_has_its_own_id_a_summary_and_a_tag() {
    let app = TestApp::start().await;
    let document = document(&app).await;
    let tags = document["tags"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    for operation in operations(&document) {
        let Operation { id, described, .. } = &operation;
        assert!(ids.insert(id.clone()), "{id} stands there twice");
        let summary = described["summary"].as_str().unwrap_or_default();
        assert!(!summary.is_empty(), "{id} has no summary");
        let tagged = described["tags"].as_array();
        let [tag] = tagged.map_or(&[][..], Vec::as_slice) else {
            panic!("{id} has not one tag");
        };
        assert!(tags.iter().any(|known| known["name"] == *tag), "{id}");
    }
}

#[tokio::test]
async fn every_operation_says_what_it_answers() {
    let app = TestApp::start().await;
    let document = document(&app).await;
    for operation in operations(&document) {
        let Operation { id, described, .. } = &operation;
        let responses = described["responses"].as_object().unwrap();
        let has = |status: u16| responses.contains_key(&status.to_string());
        let good = responses.keys().any(|status| status.starts_with('2'));
        assert_eq!(good, id != "reveal_api_key", "{id}");
        let mut expected = BTreeMap::from([(429, true), (500, true), (503, true)]);
        expected.insert(401, id != "openapi");
        expected.insert(403, id != "openapi" && id != "whoami");
        let writes = operation.method != "GET";
        let takes_id = operation.path.contains('{');
        if writes || described["parameters"].is_array() {
            expected.insert(400, true);
        }
        if takes_id || id == "explain_access" {
            expected.insert(404, true);
        }
        // There the answer to an id that nobody has is a verdict, and none is replayed.
        let verifies = described["tags"][0] == "Verification";
        if verifies {
            expected.insert(404, false);
        }
        expected.insert(409, writes && !verifies);
        let has_body = ["POST", "PATCH"].contains(&operation.method.as_str());
        expected.insert(413, has_body);
        expected.insert(415, has_body);
        expected.insert(422, operation.method == "POST" && !verifies);
        for (status, expected) in expected {
            assert_eq!(has(status), expected, "{id}: {status}");
        }
        for (status, response) in responses {
            if status.starts_with('2') {
                continue;
            }
            let [shared] = references(response)[..] else {
                panic!("{id}: {status} is not described");
            };
            let body = &resolve(&document, shared)["content"]["application/json"];
            assert_eq!(body["schema"]["$ref"], "#/components/schemas/Error");
        }
    }
}

#[tokio::test]
async fn every_parameter_of_a_path_is_described_and_every_reference_leads_somewhere() {
    let app = TestApp::start().await;
    let document = document(&app).await;
    for reference in references(&document) {
        resolve(&document, reference);
    }
    for operation in operations(&document) {
        let parameters = operation.described["parameters"].as_array();
        let parameters = parameters.into_iter().flatten();
        let described: BTreeSet<_> = parameters
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let parts = operation.path.split('{').skip(1);
        let named: BTreeSet<_> = parts
            .filter_map(|part| Some(part.split_once('}')?.0))
            .collect();
        assert_eq!(described, named, "{}", operation.path);
    }
}

#[tokio::test]
async fn what_the_document_lists_is_served() {
    let app = TestApp::start().await;
    for operation in operations(&document(&app).await) {
        let Operation {
            id, method, path, ..
        } = &operation;
        let path = path.replace(['{', '}'], "");
        let answer = app.call(method, &path).await;
        let status = if id == "openapi" { 200 } else { 401 };
        assert_eq!(answer.status(), status, "{id}: {}", answer.text());
        if method == "GET" {
            continue;
        }
        let other = app.call("PUT", &path).await;
        let allowed = other.is(405).header("allow").unwrap();
        assert!(allowed.split(',').any(|it| it.trim() == method), "{id}");
    }
}
