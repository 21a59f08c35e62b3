//! `POST /v1/account/access:apply`

use serde_json::{Value, json};

use super::api_keys::{NOBODY, NOWHERE};
use super::workspaces::WORKSPACES;
use super::{ACCESS, apply, cell, cell_of, counts, expecting, needs, reach};
use crate::support::TestApp;

#[tokio::test]
async fn many_cells_are_granted_and_taken_at_once() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let manager = app.key(["api_keys:manage"]).reaching([eu, us]).await;
    let one = app.key([]).reaching([eu]).await;
    let (two, three) = (app.key([]).await, app.key([]).reaching([us]).await);
    let cells = [
        cell(&one, eu, false),
        cell(&one, us, true),
        cell(&two, eu, true),
        cell(&two, us, true),
        cell(&three, us, true),
        cell(&three, eu, false),
    ];
    let applied = apply(&app, &manager, cells).await;
    assert_eq!(counts(&applied), [3, 1, 2]);
    let batch = applied.json()["batchId"].as_str().unwrap().to_owned();
    assert!(batch.starts_with("batch_"));
    assert_eq!(reach(&app, &one).await, ["prod-us"]);
    assert_eq!(reach(&app, &two).await, ["prod-eu", "prod-us"]);
    assert_eq!(reach(&app, &three).await, ["prod-us"]);

    let admin = app.admin().await;
    let events = app.walk(&admin, "/v1/account/audit_events", 100).await;
    let of_batch = events.iter().filter(|event| event["batchId"] == batch);
    let mut actions: Vec<_> = of_batch.map(|event| &event["action"]).collect();
    actions.sort_by_key(ToString::to_string);
    let added = "grant.added";
    assert_eq!(actions, [added, added, added, "grant.removed"]);
}

#[tokio::test]
async fn what_already_is_as_wanted_is_counted_and_makes_no_batch() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let key = app.key([]).reaching([eu]).await;
    let cells = [cell(&key, eu, true), cell(&key, us, false)];
    let applied = apply(&app, &admin, cells).await;
    assert_eq!(counts(&applied), [0, 0, 2]);
    assert!(applied.json().get("batchId").is_none(), "absent, not null");
}

#[tokio::test]
async fn a_conflict_names_every_such_cell_and_applies_none() {
    let app = TestApp::start().await;
    let [eu, us, ap] = app.workspaces(["prod-eu", "prod-us", "prod-ap"]).await;
    let admin = app.admin().await;
    let key = app.key([]).reaching([eu]).await;
    let cells = [
        expecting(cell(&key, ap, true), false),
        expecting(cell(&key, eu, false), false),
        expecting(cell(&key, us, true), true),
    ];
    let answer = apply(&app, &admin, cells).await;
    answer
        .is(409)
        .code("ABORTED")
        .field("cells[1]")
        .field("cells[2]")
        .has("x-should-retry", "false");
    let details = answer.json()["details"].as_array().unwrap().len();
    assert_eq!(details, 2, "the first is as it was expected");
    assert_eq!(reach(&app, &key).await, ["prod-eu"]);
}

#[tokio::test]
async fn a_cell_is_applied_if_it_is_as_expected_or_nothing_was_expected() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    for is in [false, true] {
        for want in [false, true] {
            for expected in [None, Some(false), Some(true)] {
                let key = app.key([]).await;
                if is {
                    apply(&app, &admin, [cell(&key, eu, true)]).await.is(200);
                }
                let wanted = cell(&key, eu, want);
                let wanted = match expected {
                    None => wanted,
                    Some(expected) => expecting(wanted, expected),
                };
                let answer = apply(&app, &admin, [wanted.clone()]).await;
                let conflict = expected.is_some_and(|expected| expected != is);
                let status = if conflict { 409 } else { 200 };
                assert_eq!(answer.status(), status, "{is} {wanted}");
                let after = if conflict { is } else { want };
                assert_eq!(reach(&app, &key).await.len(), usize::from(after));
            }
        }
    }
}

#[tokio::test]
async fn every_bad_cell_is_named() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let good = cell(&key, eu, true);
    let with = |field: &str, value: Value| {
        let mut bad = cell(&admin, eu, true);
        bad[field] = value;
        json!({"cells": [good, bad]})
    };
    let post = |body: Value| {
        let call = app.post(&format!("{ACCESS}:apply")).bearer(&admin);
        call.json(body)
    };
    for (body, field) in [
        (json!({"cells": []}), "cells"),
        (json!({"cells": "all"}), "cells"),
        (json!({"cells": [good, good]}), "cells[1]"),
        (
            json!({"cells": [good, expecting(cell(&key, eu, false), true)]}),
            "cells[1]",
        ),
        (with("apiKeyId", "ci".into()), "cells[1].apiKeyId"),
        (with("apiKeyId", NOWHERE.into()), "cells[1].apiKeyId"),
        (with("workspaceId", "eu".into()), "cells[1].workspaceId"),
        (with("want", "yes".into()), "cells[1].want"),
        (with("expected", 1.into()), "cells[1].expected"),
        (with("key", "ci".into()), "cells[1].key"),
        (json!({"cells": [good], "force": true}), "force"),
    ] {
        let answer = post(body).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
    let nothing = post(json!({})).await;
    nothing.is(400).code("INVALID_ARGUMENT").names("cells");
    let no_want = json!({"cells": [{"apiKeyId": key.id, "workspaceId": eu}]});
    post(no_want).await.is(400).names("want");
    assert!(reach(&app, &key).await.is_empty(), "nothing was applied");
}

#[tokio::test]
async fn ten_thousand_cells_are_applied_and_one_more_is_too_many() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut workspaces = Vec::new();
    for number in 0..100 {
        workspaces.push(app.workspace(&format!("w{number}")).await);
    }
    let mut cells = Vec::new();
    for _ in 0..100 {
        let key = app.key([]).await;
        cells.extend(workspaces.iter().map(|id| cell(&key, *id, true)));
    }
    let one_more = app.workspace("one more").await;
    let more = [cells.clone(), vec![cell(&admin, one_more, true)]].concat();
    let refused = apply(&app, &admin, more).await;
    refused.is(400).code("INVALID_ARGUMENT").field("cells");
    let applied = apply(&app, &admin, cells.clone()).await;
    assert_eq!(counts(&applied), [10_000, 0, 0]);
    let again = apply(&app, &admin, cells).await;
    assert_eq!(counts(&again), [0, 0, 10_000]);
    let batch = &applied.json()["batchId"];
    let back = super::revert(&app, &admin, batch).await;
    assert_eq!(counts(&back), [0, 10_000, 0]);
}

#[tokio::test]
async fn a_body_may_have_2_mib_and_no_more() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let body = json!({"cells": [cell(&key, eu, true)]}).to_string();
    let post = |verb: &str, size: usize| {
        let call = app.post(&format!("{ACCESS}{verb}")).bearer(&admin);
        let call = call.header("content-type", "application/json");
        call.body(body.clone() + &" ".repeat(size - body.len()))
    };
    let too_large = post(":apply", 2 * 1024 * 1024 + 1).await;
    too_large.is(413).code("INVALID_ARGUMENT");
    assert!(reach(&app, &key).await.is_empty());
    for spelling in [":apply", "%3Aapply"] {
        post(spelling, 2 * 1024 * 1024).await.is(200);
    }
    assert_eq!(reach(&app, &key).await, ["prod-eu"]);
    let elsewhere = post(":revert", 64 * 1024 + 1).await;
    elsewhere.is(413).code("INVALID_ARGUMENT").names("64 KiB");
}

#[tokio::test]
async fn an_unknown_id_and_somebody_elses_are_told_alike_and_nothing_is_applied() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let their_workspace = app.workspace_of(&stranger, "theirs").await;
    let their_key = app.key_of(&stranger).await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let key = app.key([]).await;
    let gone = app.key([]).await;
    app.delete(&gone.path()).bearer(&admin).await.is(204);
    let nobody = NOBODY.parse().unwrap();
    let nowhere = NOWHERE.parse().unwrap();
    for want in [false, true] {
        let with = async |bad: Value| {
            let answer = apply(&app, &admin, [cell(&key, eu, true), bad]).await;
            answer.is(404).code("NOT_FOUND").without_request_id()
        };
        let missing = with(cell_of(nobody, eu, want)).await;
        assert_eq!(with(cell_of(their_key.id, eu, want)).await, missing);
        assert_eq!(with(cell(&gone, eu, want)).await, missing, "revoked");
        let missing = with(cell(&admin, nowhere, want)).await;
        assert_eq!(with(cell(&admin, their_workspace, want)).await, missing);
    }
    assert!(reach(&app, &key).await.is_empty());
}

#[tokio::test]
async fn nobody_applies_beyond_what_they_hold_and_reach() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let narrow = app.key(["api_keys:manage"]).reaching([eu]).await;
    let weak = app.key([]).await;
    let strong = app.key(["tools:read"]).await;
    let wide = app.key([]).reaching([us]).await;
    let everywhere = app.key([]).reaching_all().await;
    for want in [false, true] {
        for (bad, missing) in [
            (cell(&strong, eu, want), "tools:read"),
            (cell(&wide, eu, want), "workspace"),
            (cell(&weak, us, want), "prod-us"),
            (cell(&everywhere, eu, want), "all workspaces"),
        ] {
            let cells = [cell(&narrow, eu, false), bad.clone()];
            let answer = apply(&app, &narrow, cells).await;
            assert_eq!(answer.status(), 403, "{bad}: {}", answer.text());
            answer.code("PERMISSION_DENIED").names(missing);
        }
    }
    assert_eq!(reach(&app, &narrow).await, ["prod-eu"]);
    let within = apply(&app, &narrow, [cell(&weak, eu, true)]).await;
    assert_eq!(counts(&within), [1, 0, 0]);
}

#[tokio::test]
async fn an_archived_workspace_is_taken_and_not_granted() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let (key, other) = (app.key([]).reaching([eu]).await, app.key([]).await);
    let path = format!("{WORKSPACES}/{eu}");
    app.delete(&path).bearer(&admin).await.is(204);
    let cells = [cell(&other, us, true), cell(&other, eu, true)];
    let refused = apply(&app, &admin, cells).await;
    refused.is(400).code("FAILED_PRECONDITION").names("prod-eu");
    assert!(reach(&app, &other).await.is_empty());
    let taken = apply(&app, &admin, [cell(&key, eu, false)]).await;
    assert_eq!(counts(&taken), [0, 1, 0]);
    let restore = app.post(&format!("{path}:restore")).bearer(&admin);
    restore.await.is(200);
    assert!(reach(&app, &key).await.is_empty());
}

#[tokio::test]
async fn a_caller_may_take_its_own_reach() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let narrow = app.key(["api_keys:manage"]).reaching([eu]).await;
    let taken = apply(&app, &narrow, [cell(&narrow, eu, false)]).await;
    assert_eq!(counts(&taken), [0, 1, 0]);
    let back = apply(&app, &narrow, [cell(&narrow, eu, true)]).await;
    back.is(403).code("PERMISSION_DENIED");
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let key = app.key([]).await;
    needs(&app, "api_keys:manage", || {
        let cells = json!({"cells": [cell(&key, eu, true)]});
        app.post(&format!("{ACCESS}:apply")).json(cells)
    })
    .await;
    assert!(reach(&app, &key).await.is_empty());
}

#[tokio::test]
async fn a_key_is_let_into_everything_and_out_again_for_a_reason() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let key = app.key([]).reaching([eu]).await;
    let turn = async |change: Value| {
        let mut change = change;
        change["apiKeyId"] = json!(key.id);
        let body = json!({"keys": [change], "reason": "quarterly review"});
        let call = app.post(&format!("{ACCESS}:apply")).bearer(&admin);
        call.json(body).await
    };
    let on = turn(json!({"allWorkspaces": true, "expected": false})).await;
    assert_eq!(on.is(200).json()["keys"], 1);
    assert_eq!(reach(&app, &key).await, ["prod-eu", "prod-us"]);
    let late = turn(json!({"allWorkspaces": true, "expected": false})).await;
    late.is(409).code("ABORTED").field("keys[0]");
    let off = turn(json!({"allWorkspaces": false, "grants": "none", "expected": true})).await;
    assert_eq!(counts(&off), [0, 1, 0]);
    assert!(reach(&app, &key).await.is_empty());
    let batch = off.json()["batchId"].clone();
    let events = app.walk(&admin, "/v1/account/audit_events", 100).await;
    let of_batch: Vec<_> = events
        .iter()
        .filter(|event| event["batchId"] == batch)
        .collect();
    assert_eq!(of_batch.len(), 2);
    for event in of_batch {
        assert_eq!(event["details"]["reason"], "quarterly review");
    }
    let today = turn(json!({"allWorkspaces": false, "grants": "today"})).await;
    assert_eq!(
        counts(&today),
        [0, 0, 1],
        "what does not reach all is left alone"
    );

    for (wrong, field) in [
        (
            json!({"keys": [{"apiKeyId": "x", "allWorkspaces": true}]}),
            "keys[0].apiKeyId",
        ),
        (
            json!({"cells": [cell(&key, us, true)], "reason": ""}),
            "reason",
        ),
        (
            json!({"cells": [cell(&key, us, true)], "reason": "x".repeat(501)}),
            "reason",
        ),
        (json!({}), "cells"),
    ] {
        let call = app.post(&format!("{ACCESS}:apply")).bearer(&admin);
        call.json(wrong).await.is(400).field(field);
    }
}
