//! Time to the first byte of pages: of the sign-in page, beside that of an answer that does nothing; and of every
//! page of the console with much in the account, beside the same with little.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::times::Times;
use crate::project::Project;
use crate::shell::say;
use crate::trial::Trial;

/// Keys and workspaces, and how often 10,000 cells are granted or revoked, each with an event.
struct Size {
    keys: usize,
    workspaces: usize,
    changesets: usize,
}

const LITTLE: Size = Size {
    keys: 100,
    workspaces: 100,
    changesets: 0,
};
const MUCH: Size = Size {
    keys: 10_000,
    workspaces: 100,
    changesets: 10,
};
/// Of a hundred cells.
const GRANTED: usize = 33;
const ROUNDS: usize = 100;

pub(crate) fn first_byte(_: &Project, binary: &Path) -> Result<()> {
    let little = Side::new(binary, &LITTLE)?;
    let (mut page, mut idle) = (Times::default(), Times::default());
    // By turns, so that whatever else the machine does meets both alike.
    for _ in 0..ROUNDS {
        page.add(little.server.get("/sign-in", None)?.first_byte);
        idle.add(little.server.get("/healthz", None)?.first_byte);
    }
    let (page, idle) = (page.p50(), idle.p50());
    println!(
        "first byte, median of {ROUNDS}: /sign-in {page:.2?}, /healthz {idle:.2?}, ratio {:.2}",
        page.as_secs_f64() / idle.as_secs_f64()
    );
    let much = Side::new(binary, &MUCH)?;
    println!(
        "{:<24} {:>12} {:>12} {:>7}",
        "first byte, median", "little", "much", "growth"
    );
    for ((title, few), (_, many)) in little.pages.iter().zip(&much.pages) {
        let (mut short, mut long) = (Times::default(), Times::default());
        for _ in 0..ROUNDS {
            short.add(little.server.page(few, &little.cookie)?.first_byte);
            long.add(much.server.page(many, &much.cookie)?.first_byte);
        }
        let (short, long) = (short.p50(), long.p50());
        println!(
            "{title:<24} {:>12} {:>12} {:>6.2}x",
            format!("{short:.2?}"),
            format!("{long:.2?}"),
            long.as_secs_f64() / short.as_secs_f64()
        );
    }
    Ok(())
}

/// One of the two servers, with somebody signed in.
struct Side {
    server: Trial,
    cookie: String,
    pages: Vec<(&'static str, String)>,
}

impl Side {
    fn new(binary: &Path, size: &Size) -> Result<Self> {
        let mut server = Trial::new(binary, None)?;
        say("bench", &format!("making {} keys", size.keys));
        let passphrase = server.demo(size.keys, size.workspaces, GRANTED)?;
        let overseer = server.issue("overseer", &["*"])?.token;
        server.serve()?;
        let ids = |path: &str| -> Result<Vec<String>> {
            let listed = server.get(path, Some(&overseer))?.json()?;
            let items = listed["items"].as_array().context("a list has items")?;
            let id = |item: &Value| Some(item["metadata"]["id"].as_str()?.to_owned());
            items.iter().map(|item| id(item).context("no id")).collect()
        };
        let keys = ids("/v1/account/api_keys?query=deploy&limit=100")?;
        let workspaces = ids("/v1/workspaces?limit=100")?;
        for changeset in 0..size.changesets {
            let want = changeset % 2 == 0;
            let cell = |key: &String, workspace: &String| json!({ "apiKeyId": key, "workspaceId": workspace, "want": want });
            let cells: Vec<Value> = keys
                .iter()
                .flat_map(|key| workspaces.iter().map(move |workspace| cell(key, workspace)))
                .collect();
            let body = json!({ "cells": cells }).to_string();
            server.post("/v1/account/access:apply", &overseer, &body)?;
        }
        let cookie = server.sign_in(&passphrase)?;
        let key = keys.first().context("there are keys")?;
        let workspace = workspaces.first().context("there are workspaces")?;
        let pages = vec![
            ("keys", "/keys".to_owned()),
            ("keys, searched", "/keys?q=deploy".to_owned()),
            ("a key", format!("/keys/{key}")),
            ("issue", "/keys/new".to_owned()),
            ("workspaces", "/workspaces".to_owned()),
            ("a workspace", format!("/workspaces/{workspace}")),
            ("access", "/access".to_owned()),
            ("explain", "/access/explain".to_owned()),
            ("people", "/people".to_owned()),
            ("audit", "/audit".to_owned()),
            ("audit, of a key", format!("/audit?target={key}&period=all")),
            ("settings", "/settings".to_owned()),
            ("account", "/account".to_owned()),
        ];
        Ok(Self {
            server,
            cookie,
            pages,
        })
    }
}
