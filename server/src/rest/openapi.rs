//! What programs are told of `/v1`: OpenAPI 3.1, made from the handlers and the types they take and
//! give. What is the same for every operation (errors, the idempotency key) is added here, by rule.

use std::sync::LazyLock;

use axum::Json;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::answer;

/// The parts that belong to no operation.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Keyrack",
        description = "The API keys of an account: issue, rotate, revoke, and decide which key reaches which workspace. Optional fields are absent, never null. Unknown fields in a body are refused; output-only ones are ignored, so that what was read can be sent back.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/", description = "This Keyrack")),
    components(schemas(
        answer::ErrorBody,
        contract::FieldError,
        contract::Permission,
        contract::Permissions,
        contract::Labels,
        contract::Timestamp,
        contract::audit::Action,
        contract::EventHash,
        contract::text::KeyName,
        contract::text::WorkspaceName,
        contract::text::ExternalId,
        contract::text::Description,
        contract::text::Email,
        contract::resource::RevealedToken,
        contract::AccountId,
        contract::ApiKeyId,
        contract::BatchId,
        contract::EventId,
        contract::MemberId,
        contract::ProfileId,
        contract::WorkspaceId,
    )),
    tags(
        (name = "Caller", description = "Who the token belongs to, and what it reaches"),
        (name = "Keys", description = "Issue, change, rotate, revoke"),
        (name = "Access", description = "Which key reaches which workspace"),
        (name = "Verification", description = "Whether a token is good, for the account's services and for proxies"),
        (name = "Workspaces", description = "What keys are granted, and who belongs to them"),
        (name = "Account", description = "The account, its profiles and its history"),
        (name = "Description", description = "This document"),
    ),
)]
struct Document;

/// The document, made once.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        let mut document = Document::openapi();
        document.merge(super::described().into_openapi());
        document.merge(super::asking().into_openapi());
        let mut document = serde_json::to_value(document).expect("a document of texts and numbers");
        complete(&mut document);
        document
    });
    &DOCUMENT
}

/// Describe the API
///
/// This document. Needs no token.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "openapi", tag = "Description",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)),
    security(()),
)]
pub(super) async fn show() -> Json<&'static Value> {
    Json(document())
}

fn complete(document: &mut Value) {
    never_null(document);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.values_mut().for_each(mark_ignored);
        tell_what_types_do_not(schemas);
    }
    let paths = document["paths"].take();
    let mut named = Map::new();
    for (path, mut operations) in paths.as_object().cloned().unwrap_or_default() {
        let methods = operations.as_object_mut().into_iter().flatten();
        for (method, operation) in methods {
            describe(method, &path, operation);
        }
        // The router's segments of their own are verbs on the wire.
        named.insert(format!("/v1{}", path.replace("/:", ":")), operations);
    }
    document["paths"] = named.into();
    let components = &mut document["components"];
    components["responses"] = ERRORS
        .iter()
        .map(|error| (error.name.to_owned(), error.response()))
        .collect::<Map<_, _>>()
        .into();
    components["parameters"] = json!({ "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Names this request, so that sending it again does not carry it out again: its answer is replayed for 24 hours, a token in it for 10 minutes.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$" },
    }});
    components["securitySchemes"] = json!({ "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a key",
    }});
    document["security"] = json!([{ "token": [] }]);
}

/// An error that operations share.
struct SharedError {
    name: &'static str,
    status: u16,
    meaning: &'static str,
    headers: &'static [(&'static str, &'static str)],
    /// Whether an operation with this method, path and description may answer it.
    given: fn(&str, &str, &Value) -> bool,
}

const CHALLENGE: (&str, &str) = ("WWW-Authenticate", "RFC 6750: what is wrong with the token");
const AGAIN: (&str, &str) = ("Retry-After", "Seconds until trying again makes sense");
const SHOULD_RETRY: (&str, &str) = (
    "x-should-retry",
    "`false` where trying the same again can never succeed",
);

const ERRORS: [SharedError; 11] = [
    SharedError {
        name: "BadRequest",
        status: 400,
        meaning: "Malformed, a refused field, or a failed precondition",
        headers: &[],
        given: |method, _, of| method != "get" || of["parameters"].is_array(),
    },
    SharedError {
        name: "Unauthenticated",
        status: 401,
        meaning: "No token, or one that is unknown, expired, disabled or revoked",
        headers: &[CHALLENGE],
        given: |_, _, of| secured(of),
    },
    SharedError {
        name: "PermissionDenied",
        status: 403,
        meaning: "Beyond what the caller holds or reaches",
        headers: &[CHALLENGE],
        given: |_, path, of| secured(of) && path != "/whoami",
    },
    SharedError {
        name: "NotFound",
        status: 404,
        meaning: "No such thing in this account",
        headers: &[],
        given: |method, path, of| {
            // A new workspace names nothing that could be missing.
            path.contains('{')
                || path.ends_with(":explain")
                || (method == "post"
                    && !path.starts_with("/tokens")
                    && path != "/account/workspaces"
                    && of["requestBody"].is_object())
        },
    },
    SharedError {
        name: "Conflict",
        status: 409,
        meaning: "The external id is taken, or somebody else changed the same things",
        headers: &[AGAIN, SHOULD_RETRY],
        given: |method, path, _| method != "get" && !path.starts_with("/tokens"),
    },
    SharedError {
        name: "TooLarge",
        status: 413,
        meaning: "The body is too large",
        headers: &[],
        given: |method, _, _| method == "post" || method == "patch",
    },
    SharedError {
        name: "NotJson",
        status: 415,
        meaning: "The body is not JSON",
        headers: &[],
        given: |method, _, _| method == "post" || method == "patch",
    },
    SharedError {
        name: "KeyReused",
        status: 422,
        meaning: "The Idempotency-Key came with another request before",
        headers: &[],
        given: |method, path, _| method == "post" && !path.starts_with("/tokens"),
    },
    SharedError {
        name: "TooMany",
        status: 429,
        meaning: "Too many tries",
        headers: &[AGAIN],
        given: |_, _, _| true,
    },
    SharedError {
        name: "Internal",
        status: 500,
        meaning: "Something broke; the log has the cause under the request id",
        headers: &[],
        given: |_, _, _| true,
    },
    SharedError {
        name: "Unavailable",
        status: 503,
        meaning: "Too busy, or without its database",
        headers: &[AGAIN],
        given: |_, _, _| true,
    },
];

fn secured(operation: &Value) -> bool {
    operation["security"].is_null()
}

impl SharedError {
    fn response(&self) -> Value {
        let headers: Map<String, Value> = self
            .headers
            .iter()
            .chain(&[(
                "x-request-id",
                "Names the request in the log, as `instance` does",
            )])
            .map(|(name, meaning)| {
                let header = json!({ "description": meaning, "schema": { "type": "string" } });
                ((*name).to_owned(), header)
            })
            .collect();
        let body = json!({ "schema": { "$ref": "#/components/schemas/Error" } });
        json!({
            "description": self.meaning,
            "headers": headers,
            "content": { "application/json": body, "application/problem+json": body },
        })
    }
}

fn describe(method: &str, path: &str, operation: &mut Value) {
    if method == "post" && !path.starts_with("/tokens") {
        let key = json!({ "$ref": "#/components/parameters/IdempotencyKey" });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(key),
            None => operation["parameters"] = json!([key]),
        }
        if let Some(answer) = operation["responses"].get_mut("200") {
            answer["headers"]["Idempotency-Replayed"] = json!({
                "description": "`true` on an answer that was given before to the same Idempotency-Key",
                "schema": { "type": "string" },
            });
        }
    }
    if !operation["responses"].is_object() {
        operation["responses"] = json!({});
    }
    for error in &ERRORS {
        if (error.given)(method, path, operation) {
            let shared = json!({ "$ref": format!("#/components/responses/{}", error.name) });
            operation["responses"][error.status.to_string()] = shared;
        }
    }
}

/// What holds for a body as a whole, and is no matter of a single field.
fn tell_what_types_do_not(schemas: &mut Map<String, Value>) {
    for creation in ["CreateApiKey", "CreateWorkspace"] {
        let schema = &mut schemas[creation];
        schema["required"] = json!(["metadata"]);
        schema["properties"]["metadata"] = json!({
            "allOf": [{ "$ref": "#/components/schemas/MetadataInput" }],
            "required": ["name"],
        });
    }
    schemas["AddMember"]["oneOf"] =
        json!([{ "required": ["profileId"] }, { "required": ["email"] }]);
    // An answer that is replayed after its ten minutes comes without the token.
    let parts = schemas["RevealedApiKeySpec"]["allOf"].as_array_mut();
    for part in parts.into_iter().flatten().filter_map(Value::as_object_mut) {
        part.remove("required");
    }
}

/// A field of a body that may be anything is an output-only one: it is there so that what was read can
/// be sent back.
fn mark_ignored(schema: &mut Value) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (_, field) in properties.into_iter().flatten() {
        if *field == json!({}) {
            *field = json!({
                "readOnly": true,
                "description": "Output only: ignored in a request",
            });
        }
    }
}

/// An optional field is absent, never null, whatever its type in Rust.
fn never_null(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(never_null),
        Value::Object(schema) => {
            schema.values_mut().for_each(never_null);
            if let Some(Value::Array(types)) = schema.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    schema.insert("type".to_owned(), only);
                }
            }
            let null = json!({ "type": "null" });
            if let Some(Value::Array(choices)) = schema.get("oneOf")
                && choices.contains(&null)
                && let [other] = choices
                    .iter()
                    .filter(|choice| **choice != null)
                    .collect::<Vec<_>>()[..]
            {
                let other = other.clone();
                schema.remove("oneOf");
                if let Value::Object(other) = other {
                    schema.extend(other);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use contract::Kind;

    use super::*;

    #[test]
    fn every_error_of_an_operation_is_told() {
        let told: Vec<u16> = ERRORS.iter().map(|error| error.status).collect();
        for kind in Kind::ALL {
            // A wrong method belongs to no operation.
            assert!(
                kind == Kind::MethodNotAllowed || told.contains(&kind.status()),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn nothing_is_null() {
        let mut schema = json!({"properties": {
            "a": {"type": ["string", "null"]},
            "b": {"oneOf": [{"type": "null"}, {"$ref": "#/x"}], "description": "d"},
            "c": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        }});
        never_null(&mut schema);
        let wanted = json!({"properties": {
            "a": {"type": "string"},
            "b": {"$ref": "#/x", "description": "d"},
            "c": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        }});
        assert_eq!(schema, wanted);
    }
}
