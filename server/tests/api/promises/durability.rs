//! Every acknowledged change survives `kill -9`.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::account::api_keys::KEYS;
use crate::support::{Call, Process, data_dir, send};

/// What the server said it did.
#[derive(Default)]
struct Acknowledged {
    issued: Vec<(String, String)>,
    revoked: BTreeSet<String>,
}

/// Issues keys and revokes every second one, until the server is gone.
async fn work(process: Call, admin: String, said: Arc<Mutex<Acknowledged>>) {
    let call = |method: &str, path: &str| process.clone().to(method, path).token(&admin);
    for number in 0..50 {
        let body = json!({"metadata": {"name": format!("key {number}")}});
        let Ok(answer) = send(call("POST", KEYS).json(body)).await else {
            return;
        };
        let body: Value = answer.is(200).json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (id, token) = (text(&body["metadata"]["id"]), text(&body["spec"]["token"]));
        said.lock().unwrap().issued.push((id.clone(), token));
        if number % 2 == 0 {
            let Ok(answer) = send(call("DELETE", &format!("{KEYS}/{id}"))).await else {
                return;
            };
            answer.is(204);
            said.lock().unwrap().revoked.insert(id);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_after_sudden_death() {
    let folder = data_dir();
    let admin = Process::owned(folder.path());

    let mut process = Process::serve(folder.path());
    let said = Arc::new(Mutex::new(Acknowledged::default()));
    let workers: Vec<_> = (0..4)
        .map(|_| tokio::spawn(work(process.call("GET", "/"), admin.clone(), said.clone())))
        .collect();
    // In the middle of 200 issues.
    while said.lock().unwrap().issued.len() < 60 {
        assert!(
            workers.iter().any(|worker| !worker.is_finished()),
            "the work goes on"
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    process.kill();
    for worker in workers {
        worker.await.unwrap();
    }

    let process = Process::serve(folder.path());
    let said = std::mem::take(&mut *said.lock().unwrap());
    assert!(
        said.issued.len() < 200 && !said.revoked.is_empty(),
        "it died in the middle"
    );
    for (id, token) in &said.issued {
        let whoami = process.call("GET", "/v1/whoami").token(token);
        let status = whoami.await.status();
        if said.revoked.contains(id) {
            assert_eq!(status, 401, "{id} was revoked");
        } else if status != 200 {
            // Its revocation may have been committed and never acknowledged.
            let read = process
                .call("GET", &format!("{KEYS}/{id}"))
                .token(&admin)
                .await;
            read.is(404);
        }
    }
    let alive = said
        .issued
        .iter()
        .filter(|(id, _)| !said.revoked.contains(id))
        .count();
    assert!(alive > 4, "some keys were never revoked");
}
