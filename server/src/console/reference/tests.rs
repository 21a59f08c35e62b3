use std::collections::BTreeSet;

use contract::request::{
    AddMember, ApplyAccess, Changeset, CreateApiKey, CreateWorkspace, GrantWorkspace, IssueKey,
    KeyChanges, NewMember, NewWorkspace, RevertAccess, Rotate, RotateApiKey, UpdateApiKey,
    UpdateWorkspace, WorkspaceChanges,
};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::*;
use crate::rest;

fn reference() -> Reference {
    read(rest::document())
}

fn operation(id: &str) -> Operation {
    let groups = reference().groups.into_iter();
    let mut operations = groups.flat_map(|group| group.operations);
    operations
        .find(|operation| operation.id == id)
        .unwrap_or_else(|| panic!("{id} is not in the reference"))
}

/// The field at a path of names.
fn at<'a>(fields: &'a [Field], path: &str) -> &'a Field {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let field = fields.iter().find(|field| field.name == name);
    let field = field.unwrap_or_else(|| panic!("no {name}"));
    if rest.is_empty() {
        field
    } else {
        at(&field.fields, rest)
    }
}

#[test]
fn every_operation_is_told_once_and_in_the_order_of_the_tags() {
    let document = rest::document();
    let reference = reference();
    let tags: Vec<&str> = list(&document["tags"])
        .map(|tag| word(&tag["name"]))
        .collect();
    let groups: Vec<&str> = reference.groups.iter().map(|group| &*group.name).collect();
    assert_eq!(groups, tags);
    let reader = Reader { document };
    let served: Vec<&str> = reader
        .operations()
        .map(|(.., operation)| word(&operation["operationId"]))
        .collect();
    let told = reference.groups.iter().flat_map(|group| &group.operations);
    let told: Vec<&str> = told.map(|operation| &*operation.id).collect();
    assert_eq!(told.len(), served.len());
    assert_eq!(
        told.into_iter().collect::<BTreeSet<_>>(),
        served.into_iter().collect()
    );
}

#[test]
fn who_may_call_stands_apart_from_what_it_does() {
    let rotate = operation("rotate_api_key");
    assert_eq!(
        rotate.needs,
        "Needs `api_keys:manage`, and dominance over the key."
    );
    assert!(rotate.description.ends_with("with `endWhenQuietFor`."));
    assert_eq!(operation("openapi").needs, "Needs no token.");
    assert_eq!(
        apart("Needs `a`. Then more."),
        ("Then more.".to_owned(), Some("Needs `a`.".to_owned()))
    );
    assert_eq!(apart("It Needs care."), ("It Needs care.".to_owned(), None));
}

#[test]
fn a_request_has_no_fields_that_only_answers_fill() {
    let body = operation("create_api_key").body.unwrap();
    let names = |fields: &[Field]| -> BTreeSet<String> {
        fields.iter().map(|field| field.name.clone()).collect()
    };
    assert_eq!(
        names(&body.fields),
        ["initialWorkspaceIds", "metadata", "spec"]
            .map(str::to_owned)
            .into()
    );
    assert_eq!(
        names(&at(&body.fields, "metadata").fields),
        ["name", "externalId", "labels"].map(str::to_owned).into()
    );
}

#[test]
fn a_request_says_what_its_values_are_held_to() {
    let body = operation("create_api_key").body.unwrap();
    let name = at(&body.fields, "metadata.name");
    assert_eq!(name.kind, "string");
    assert_eq!(name.limits, "1 to 200 characters; like `ci-deploy`");
    let permissions = at(&body.fields, "spec.permissions");
    assert_eq!(permissions.kind, "array of strings");
    assert_eq!(permissions.limits, "each like `tools:read`");
    assert!(
        permissions.meaning.starts_with("Nothing is granted"),
        "its own word comes first: {}",
        permissions.meaning
    );
    assert!(permissions.meaning.contains("Each: `resource:read`"));
    let expires = at(&body.fields, "spec.expiresAt");
    assert_eq!(expires.kind, "string, date-time");
    let cells = operation("apply_access").body.unwrap().fields;
    assert_eq!(at(&cells, "cells").limits, "at most 10,000 items");
    assert_eq!(at(&cells, "cells").kind, "array of objects");
    assert!(at(&cells, "cells.want").required);
    let limit = operation("list_api_keys").parameters.remove(0);
    assert_eq!(limit.place, Place::Query);
    assert_eq!(limit.field.limits, "at least 1; `25` without it");
    assert_eq!(
        limit.field.meaning,
        "How many items a page has. More than 100 counts as 100."
    );
}

#[test]
fn an_answer_is_written_out_once() {
    let reference = reference();
    let answer = |id| operation(id).answer.unwrap();
    let rotated = answer("rotate_api_key");
    assert_eq!(rotated.status, 200);
    assert_eq!(rotated.shape, answer("create_api_key").shape);
    let rotated = reference.fields_of(&rotated);
    assert_eq!(
        at(rotated, "spec.token").kind,
        "string",
        "what `allOf` adds is there"
    );
    assert!(at(rotated, "spec.permissions").required);
    let made_by = at(rotated, "info.createdBy");
    let owner = at(rotated, "info.owner");
    assert!(!made_by.fields.is_empty() && owner.fields.is_empty());
    assert_eq!(
        owner.meaning,
        "The creator until the key is transferred. Its fields are those of `info.createdBy`."
    );
    assert_eq!(
        at(rotated, "state").limits,
        "one of `STATE_ENABLED`, `STATE_DISABLED`, `STATE_REVOKED`"
    );
    let page = answer("list_api_keys");
    at(reference.fields_of(&page), "items.metadata.id");
    let matrix = answer("get_access");
    assert_eq!(
        at(reference.fields_of(&matrix), "keys.grants").meaning,
        "Explicit grants, as positions in `workspaces`, ascending."
    );
    let revoked = answer("delete_api_key");
    assert_eq!((revoked.status, &revoked.shape), (204, &None));
    assert_eq!(reference.fields_of(&revoked), []);
}

#[test]
fn forms_are_told_one_by_one_and_headers_beside_the_body() {
    let form = |name: &str| json!({ "properties": { name: { "type": "string" } } });
    let document = json!({
        "tags": [{ "name": "A" }],
        "paths": { "/a": { "get": { "operationId": "a", "tags": ["A"], "responses": { "200": {
            "headers": { "X-Name": { "description": "whose", "schema": { "type": "string" } } },
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Both" } } },
        }}}}},
        "components": { "schemas": {
            "Both": { "properties": { "all": { "type": "array", "items": { "oneOf": [
                { "$ref": "#/components/schemas/Good" }, { "$ref": "#/components/schemas/Bad" },
            ]}}}},
            "Good": form("key"),
            "Bad": form("code"),
        }},
    });
    let reference = read(&document);
    let answer = reference.groups[0].operations[0].answer.as_ref().unwrap();
    assert_eq!(answer.headers[0].meaning, "whose.");
    let all = at(reference.fields_of(answer), "all");
    assert_eq!(all.kind, "array of objects");
    let kinds: Vec<&str> = all.fields.iter().map(|form| &*form.kind).collect();
    assert_eq!(kinds, ["either", "or"]);
    at(&all.fields, "Good.key");
    at(&all.fields, "Bad.code");
}

#[test]
fn every_error_of_an_operation_is_told_and_what_its_status_means() {
    let reference = reference();
    let reveal = operation("reveal_api_key");
    assert_eq!(reveal.answer, None);
    assert!(reveal.errors.is_sorted() && reveal.errors.contains(&401));
    let operations = reference.groups.iter().flat_map(|group| &group.operations);
    for status in operations.flat_map(|operation| &operation.errors) {
        assert!(!reference.errors.statuses[status].is_empty(), "{status}");
    }
    at(&reference.errors.fields, "details.field");
    let headers = reference.errors.headers.iter();
    assert!(headers.clone().any(|header| header.name == "Retry-After"));
    assert_eq!(
        headers
            .filter(|header| header.name == "x-request-id")
            .count(),
        1
    );
}

#[test]
fn a_status_of_an_error_means_the_same_everywhere() {
    let reader = Reader {
        document: rest::document(),
    };
    let statuses = reference().errors.statuses;
    for (.., operation) in reader.operations() {
        for (status, response) in reader.responses(operation) {
            if status >= LEAST_ERROR {
                assert_eq!(told(response), statuses[&status], "{operation}");
            }
        }
    }
}

#[test]
fn the_bodies_of_the_examples_are_accepted() {
    fn sent<T: DeserializeOwned>(id: &str) -> T {
        let body = operation(id).call.body.unwrap();
        serde_json::from_value(body).unwrap_or_else(|error| panic!("{id}: {error}"))
    }
    IssueKey::try_from(sent::<CreateApiKey>("create_api_key")).unwrap();
    KeyChanges::try_from(sent::<UpdateApiKey>("update_api_key")).unwrap();
    Rotate::try_from(sent::<RotateApiKey>("rotate_api_key")).unwrap();
    NewWorkspace::try_from(sent::<CreateWorkspace>("create_account_workspace")).unwrap();
    WorkspaceChanges::try_from(sent::<UpdateWorkspace>("update_account_workspace")).unwrap();
    NewMember::try_from(sent::<AddMember>("add_workspace_member")).unwrap();
    Changeset::try_from(sent::<ApplyAccess>("apply_access")).unwrap();
    sent::<RevertAccess>("revert_access").parse().unwrap();
    for id in [
        "add_api_key_workspace",
        "add_api_key_workspace_verb",
        "remove_api_key_workspace_verb",
    ] {
        sent::<GrantWorkspace>(id).parse().unwrap();
    }
}

#[test]
fn the_paths_of_the_examples_have_ids_in_them() {
    let groups = reference().groups.into_iter();
    for operation in groups.flat_map(|group| group.operations) {
        assert!(!operation.call.path.contains('{'), "{}", operation.id);
        assert_eq!(operation.call.token, operation.id != "openapi");
    }
    assert_eq!(
        operation("rotate_api_key").call.path,
        "/v1/account/api_keys/apikey_01JD8W3X7R5M2T9V6QZ0YHKC4E:rotate"
    );
}

#[test]
fn what_a_document_lacks_is_left_out() {
    assert_eq!(read(&json!({})), Reference::default());
    let document = json!({
        "tags": [{ "name": "A" }, { "name": "empty" }],
        "paths": { "/a": {
            "summary": "not an operation",
            "get": { "operationId": "a", "tags": ["A"], "parameters": [{ "in": "cookie", "name": "c" }] },
            "post": { "tags": ["A"] },
        }},
    });
    let groups = read(&document).groups;
    let [group] = &groups[..] else {
        panic!("one group has operations");
    };
    let [operation] = &group.operations[..] else {
        panic!("one operation has an id");
    };
    assert_eq!(operation.needs, "Needs no token.");
    assert_eq!(operation.parameters, []);
    assert_eq!(operation.answer, None);
}
