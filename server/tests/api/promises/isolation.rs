//! Nobody learns anything of another account: whatever operation an id is given to, somebody else's
//! is answered byte for byte like one that does not exist. Which operations there are, and which ids
//! they take, is read from `/v1/openapi.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::account::api_keys::{KEYS, NOWHERE};
use crate::openapi::{Operation, document, operations, references, resolve};
use crate::support::{Account, Answer, TestApp, TestKey};

/// Of every operation: its id, the permission that it needs, and a body that it accepts. What stands
/// in braces is the kind of an id, or a token.
const ROWS: [(&str, &str, &str); 45] = [
    ("whoami", "", ""),
    ("openapi", "", ""),
    ("get_account", "account:manage", ""),
    ("get_account_settings", "account:manage", ""),
    ("update_account_settings", "account:manage", "{}"),
    ("list_profiles", "account:manage", ""),
    ("list_audit_events", "account:manage", ""),
    ("export_audit_events", "account:manage", ""),
    ("list_workspaces", "tools:read", ""),
    ("get_workspace", "tools:read", ""),
    ("list_api_keys", "api_keys:read", ""),
    ("get_attention", "api_keys:read", ""),
    (
        "change_api_keys",
        "api_keys:manage",
        r#"{"apiKeyIds": ["{ApiKeyId}"], "change": "grant", "workspaceId": "{WorkspaceId}"}"#,
    ),
    (
        "create_api_key",
        "api_keys:manage",
        r#"{"metadata": {"name": "made"}, "initialWorkspaceIds": ["{WorkspaceId}"]}"#,
    ),
    ("get_api_key", "api_keys:read", ""),
    ("get_api_key_usage", "api_keys:read", ""),
    ("update_api_key", "api_keys:manage", RENAME),
    ("delete_api_key", "api_keys:manage", ""),
    ("rotate_api_key", "api_keys:manage", ""),
    (
        "change_api_key_grace",
        "api_keys:manage",
        r#"{"gracePeriod": "3600s"}"#,
    ),
    ("end_api_key_grace", "api_keys:manage", ""),
    ("disable_api_key", "api_keys:manage", ""),
    ("enable_api_key", "api_keys:manage", ""),
    ("reveal_api_key", "api_keys:manage", ""),
    ("list_api_key_workspaces", "api_keys:read", ""),
    ("add_api_key_workspace", "api_keys:manage", WORKSPACE),
    ("add_api_key_workspace_verb", "api_keys:manage", WORKSPACE),
    ("remove_api_key_workspace", "api_keys:manage", ""),
    (
        "remove_api_key_workspace_verb",
        "api_keys:manage",
        WORKSPACE,
    ),
    ("get_access", "api_keys:read", ""),
    (
        "apply_access",
        "api_keys:manage",
        r#"{"cells": [{"apiKeyId": "{ApiKeyId}", "workspaceId": "{WorkspaceId}", "want": false}]}"#,
    ),
    (
        "revert_access",
        "api_keys:manage",
        r#"{"batchId": "{BatchId}"}"#,
    ),
    ("explain_access", "api_keys:read", ""),
    (
        "verify_token",
        "api_keys:read",
        r#"{"token": "{Token}", "workspaceId": "{WorkspaceId}"}"#,
    ),
    (
        "verify_tokens",
        "api_keys:read",
        r#"{"requests": [{"token": "{Token}", "workspaceId": "{WorkspaceId}"}]}"#,
    ),
    ("authorize", "tools:read", ""),
    ("list_account_workspaces", "workspaces:read", ""),
    ("create_account_workspace", "workspaces:manage", RENAME),
    ("get_account_workspace", "workspaces:read", ""),
    ("update_account_workspace", "workspaces:manage", RENAME),
    ("archive_account_workspace", "workspaces:manage", ""),
    ("restore_account_workspace", "workspaces:manage", ""),
    ("list_workspace_members", "workspaces:read", ""),
    (
        "add_workspace_member",
        "workspaces:manage",
        r#"{"profileId": "{ProfileId}"}"#,
    ),
    ("remove_workspace_member", "workspaces:manage", ""),
];
const RENAME: &str = r#"{"metadata": {"name": "renamed"}}"#;
const WORKSPACE: &str = r#"{"workspaceId": "{WorkspaceId}"}"#;

/// One id of each kind, by the name of its schema.
type Ids = BTreeMap<&'static str, String>;

/// An operation with its row.
struct Case {
    operation: Operation,
    permission: &'static str,
    body: &'static str,
    /// The kinds of the ids that it takes, each with an id that nobody has.
    takes: BTreeMap<String, String>,
}

impl Case {
    /// `examples` are of the kinds that bodies name and the document does not.
    fn new(document: &Value, operation: Operation, examples: &Ids) -> Self {
        let id = &operation.id;
        let row = ROWS.iter().find(|(named, ..)| named == id);
        let (_, permission, body) = row.unwrap_or_else(|| panic!("{id} has no row"));
        let mut takes = takes(document, &operation.described);
        for (kind, example) in examples {
            if body.contains(&format!("{{{kind}}}")) {
                takes.insert((*kind).to_owned(), example.clone());
            }
        }
        Self {
            operation,
            permission,
            body,
            takes,
        }
    }

    /// How an id of this kind is answered that nobody has: the status, and what stands in the body.
    fn to_nobodys(&self, role: &str, kind: &str) -> (u16, &'static str) {
        match (self.operation.id.as_str(), role, kind) {
            ("authorize", ..) | (_, "nothing", _) => (403, r#""code":7"#),
            ("verify_token" | "verify_tokens", _, "Token") => {
                (200, r#"{"valid":false,"code":"UNKNOWN"}"#)
            }
            ("verify_token" | "verify_tokens", ..) => {
                (200, r#"{"valid":false,"code":"WORKSPACE_UNKNOWN"}"#)
            }
            ("explain_access", _, "WorkspaceId") => (200, r#""code":"WORKSPACE_UNKNOWN""#),
            ("explain_access", ..) => (404, r#""code":5"#),
            ("export_audit_events", ..) => (200, ""),
            _ if self.filters_by(kind) => (200, r#"{"items":[],"pagination":{}}"#),
            _ => (404, r#""code":5"#),
        }
    }

    /// The parameters of the operation that are ids: where each stands, its name and its kind.
    fn parameters(&self) -> Vec<[&str; 3]> {
        let parameters = self.operation.described["parameters"].as_array();
        let mut ids = Vec::new();
        for parameter in parameters.into_iter().flatten() {
            let kind = parameter["schema"]["$ref"].as_str().unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default();
            if self.takes.contains_key(kind) {
                let [place, name] = ["in", "name"].map(|field| &parameter[field]);
                ids.push([place.as_str().unwrap(), name.as_str().unwrap(), kind]);
            }
        }
        ids
    }

    async fn send(&self, app: &TestApp, caller: &TestKey, ids: &Ids) -> Answer {
        let mut path = self.operation.path.clone();
        let mut query = Vec::new();
        for [place, name, kind] in self.parameters() {
            match place {
                "path" => path = path.replace(&format!("{{{name}}}"), &ids[kind]),
                _ => query.push(format!("{name}={}", ids[kind])),
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let body = ids.iter().fold(self.body.to_owned(), |body, (kind, id)| {
            body.replace(&format!("{{{kind}}}"), id)
        });
        let id = &self.operation.id;
        for kind in self.takes.keys() {
            let sent = path.contains(&ids[kind.as_str()]) || body.contains(&ids[kind.as_str()]);
            assert!(sent, "{id} takes a {kind} that its row does not send");
        }
        let call = app.call(&self.operation.method, &path).bearer(caller);
        if body.is_empty() {
            call.await
        } else {
            call.json(body.parse().unwrap()).await
        }
    }

    /// Whether ids of this kind only narrow a list.
    fn filters_by(&self, kind: &str) -> bool {
        let parameters = self.parameters();
        let mut of_kind = parameters.iter().filter(|[.., of]| *of == kind);
        of_kind.any(|[place, ..]| *place == "query")
    }
}

/// The kinds of ids among everything that an operation takes, with the example of each.
fn takes(document: &Value, described: &Value) -> BTreeMap<String, String> {
    let mut open = references(&described["parameters"]);
    open.extend(references(&described["requestBody"]));
    let (mut seen, mut found) = (BTreeSet::new(), BTreeMap::new());
    while let Some(reference) = open.pop() {
        if !seen.insert(reference) {
            continue;
        }
        let schema = resolve(document, reference);
        open.extend(references(schema));
        let pattern = schema["pattern"].as_str().unwrap_or_default();
        if pattern.ends_with("_[0-7][0-9A-HJKMNP-TV-Z]{25}$") {
            let kind = reference.rsplit('/').next().unwrap_or_default();
            let example = schema["examples"][0].as_str().expect("an example");
            found.insert(kind.to_owned(), example.to_owned());
        }
    }
    found
}

/// Things of an account: a workspace with a member, a key that reaches it, and the batch that made it
/// so.
async fn things(app: &TestApp, account: &Account, admin: &TestKey) -> (Ids, contract::WorkspaceId) {
    let workspace = app.workspace_of(account, "things").await;
    let post = async |path: &str, body: Value| {
        let answer = app.post(path).bearer(admin).json(body).await;
        answer.is(200).json()
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let key = post(KEYS, json!({"metadata": {"name": "thing"}})).await;
    let (key, token) = (text(&key["metadata"]["id"]), text(&key["spec"]["token"]));
    // In the middle of a rotation, so that there is a grace to change.
    let grace = json!({"gracePeriod": "86400s"});
    post(&format!("{KEYS}/{key}:rotate"), grace).await;
    let cell = json!({"apiKeyId": key, "workspaceId": workspace, "want": true});
    let cells = json!({"cells": [cell]});
    let batch = post("/v1/account/access:apply", cells).await;
    let email = format!("{}@things.example", workspace.to_string().to_lowercase());
    let members = format!("/v1/account/workspaces/{workspace}/members");
    let member = post(&members, json!({"email": email})).await;
    let ids = Ids::from([
        ("ApiKeyId", key),
        ("BatchId", text(&batch["batchId"])),
        ("ProfileId", text(&member["profileId"])),
        ("Token", token),
        ("WorkspaceId", workspace.to_string()),
    ]);
    (ids, workspace)
}

/// An answer, where what was sent is no news.
fn told(answer: &Answer, sent: &str) -> String {
    let (status, headers, text) = answer.without_request_id();
    format!("{status} {headers:?} {text}").replace(sent, "SENT")
}

/// All that an account sees of itself.
async fn everything(app: &TestApp, admin: &TestKey, ids: &Ids) -> Vec<String> {
    let members = format!("/v1/account/workspaces/{}/members", ids["WorkspaceId"]);
    let mut seen = Vec::new();
    for path in [
        "/v1/account",
        "/v1/account/access",
        "/v1/account/api_keys",
        "/v1/account/profiles",
        "/v1/account/audit_events",
        "/v1/account/workspaces?includeArchived=true&includeInfo=true",
        &members,
    ] {
        seen.push(app.get(path).bearer(admin).await.is(200).text());
    }
    seen
}

#[tokio::test]
async fn what_belongs_to_others_is_answered_like_what_does_not_exist() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.key_of(&stranger).await;
    let (foreign, _) = things(&app, &stranger, &theirs).await;
    let before = everything(&app, &theirs, &foreign).await;
    let admin = app.admin().await;
    let document = document(&app).await;
    let elsewhere = TestApp::start().await;
    let examples = Ids::from([
        ("Token", elsewhere.key([]).await.token),
        ("WorkspaceId", NOWHERE.to_owned()),
    ]);
    let (mut known, mut compared) = (BTreeSet::new(), 0);
    for operation in operations(&document) {
        known.insert(operation.id.clone());
        let case = Case::new(&document, operation, &examples);
        if case.takes.is_empty() {
            continue;
        }
        for role in ["everything", "narrow", "nothing"] {
            let (own, workspace) = things(&app, app.owner(), &admin).await;
            let caller = match role {
                "everything" => app.admin().await,
                "narrow" => app.key([case.permission]).reaching([workspace]).await,
                _ => app.key([]).reaching([workspace]).await,
            };
            let of = format!("{} by who holds {role}", case.operation.id);
            let mut refusals = Vec::new();
            for (kind, example) in &case.takes {
                let (name, id) = foreign
                    .get_key_value(kind.as_str())
                    .unwrap_or_else(|| panic!("{of} takes a {kind}, and here is none"));
                let mut ids = own.clone();
                ids.insert(name, id.clone());
                let answer = case.send(&app, &caller, &ids).await;
                ids.insert(name, example.clone());
                let missing = case.send(&app, &caller, &ids).await;
                assert_eq!(told(&answer, id), told(&missing, example), "{of}: {kind}");
                let (status, text) = case.to_nobodys(role, kind);
                let found = missing.text();
                assert_eq!(missing.status(), status, "{of}: {kind}: {found}");
                assert!(found.contains(text), "{of}: {kind}: {found}");
                // Of a list, what is one's own may be empty as well.
                if !found.is_empty() && !found.starts_with(r#"{"items":"#) {
                    refusals.push(found);
                }
                compared += 1;
            }
            // The control: what is one's own is not answered so.
            let answer = case.send(&app, &caller, &own).await;
            let status = match (role, case.operation.id.as_str()) {
                (_, "authorize") => 200,
                ("nothing", _) => 403,
                (_, "reveal_api_key") => 400,
                _ if case.operation.method == "DELETE" => 204,
                _ => 200,
            };
            let text = answer.text();
            assert_eq!(answer.status(), status, "{of}: {text}");
            assert!(!refusals.contains(&text), "{of}: {text}");
        }
    }
    assert!(compared > 80, "{compared} pairs of answers");
    for (id, ..) in ROWS {
        assert!(known.contains(id), "{id} is no operation");
    }
    assert_eq!(everything(&app, &theirs, &foreign).await, before);
}
