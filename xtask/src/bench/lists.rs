//! How lists grow with what is in them: the same requests to a server with 1,000 keys and to one with
//! 100,000, on both databases.

use std::path::Path;

use anyhow::{Context, Result};

use super::times::Times;
use crate::postgres::Postgres;
use crate::project::Project;
use crate::shell::say;
use crate::trial::Trial;

const SMALL: usize = 1_000;
const LARGE: usize = 100_000;
const WORKSPACES: usize = 200;
/// Of a hundred cells: six workspaces for a key.
const GRANTED: usize = 3;
const ROUNDS: usize = 200;

pub(crate) fn lists(_: &Project, binary: &Path) -> Result<()> {
    let (small, large) = (
        Side::new(binary, SMALL, None)?,
        Side::new(binary, LARGE, None)?,
    );
    compare("SQLite", &small, &large)?;
    drop((small, large));
    let (one, other) = (Postgres::provide()?, Postgres::provide()?);
    let small = Side::new(binary, SMALL, Some(&one.url))?;
    let large = Side::new(binary, LARGE, Some(&other.url))?;
    compare("PostgreSQL", &small, &large)
}

/// One of the two servers, with what is asked of it.
struct Side {
    server: Trial,
    token: String,
    paths: Vec<(&'static str, String)>,
}

impl Side {
    fn new(binary: &Path, keys: usize, database: Option<&str>) -> Result<Self> {
        let mut server = Trial::new(binary, database)?;
        say(
            "bench",
            &format!("making {keys} keys and {WORKSPACES} workspaces"),
        );
        server.demo(keys, WORKSPACES, GRANTED)?;
        let reader = server.issue("reader", &["api_keys:read"])?;
        server.serve()?;
        // A key from the middle of the list, by the demo's way of naming.
        let rare = format!("indexer-{}", keys / 2 / 18 + 1);
        let keys = "/v1/account/api_keys";
        let listed = server.get(&format!("{keys}?query={rare}&limit=1"), Some(&reader.token))?;
        let id = listed.json()?["items"][0]["metadata"]["id"]
            .as_str()
            .with_context(|| format!("no key is called {rare}"))?
            .to_owned();
        let paths = vec![
            ("page", keys.to_owned()),
            (
                "page of 100 with info",
                format!("{keys}?limit=100&includeInfo=true"),
            ),
            ("search, many", format!("{keys}?query=deploy")),
            ("search, one", format!("{keys}?query={rare}")),
            ("search, none", format!("{keys}?query=nothing-like-it")),
            ("a label", format!("{keys}?labels=team=billing")),
            ("what a key reaches", format!("{keys}/{id}/workspaces")),
            ("matrix", "/v1/account/access".to_owned()),
        ];
        Ok(Self {
            server,
            token: reader.token,
            paths,
        })
    }
}

fn compare(database: &str, small: &Side, large: &Side) -> Result<()> {
    println!(
        "{database:<24} {:>10} {:>10} {:>10} {:>10} {:>7}",
        format!("{SMALL} p50"),
        "p99",
        format!("{LARGE} p50"),
        "p99",
        "growth"
    );
    for ((title, few), (_, many)) in small.paths.iter().zip(&large.paths) {
        let (mut short, mut long) = (Times::default(), Times::default());
        // All of it grows with the matrix, by its nature.
        let rounds = if *title == "matrix" { 5 } else { ROUNDS };
        for _ in 0..rounds {
            short.add(small.server.get(few, Some(&small.token))?.whole);
            long.add(large.server.get(many, Some(&large.token))?.whole);
        }
        println!(
            "{title:<24} {:>10} {:>10} {:>10} {:>10} {:>6.2}x",
            format!("{:.2?}", short.p50()),
            format!("{:.2?}", short.p99()),
            format!("{:.2?}", long.p50()),
            format!("{:.2?}", long.p99()),
            long.p50().as_secs_f64() / short.p50().as_secs_f64()
        );
    }
    Ok(())
}
