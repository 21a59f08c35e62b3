//! A PostgreSQL for the store tests: the one that `TEST_POSTGRES_URL` names, else a throw-away cluster
//! in a temporary folder, on a free port of this machine only, without any promise to survive a crash.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail};

use crate::apt;
use crate::project::version;
use crate::shell::{answer, check, is_root, on_path, say, status};

/// Names the server for the tests; from outside it wins over a cluster of ours.
pub(crate) const URL: &str = "TEST_POSTGRES_URL";

/// The tests need what this release brought.
const OLDEST: u32 = 15;

/// Starts the server, waits until standard input closes, stops it and cleans up. A shell does this and
/// not our `Drop` alone, because the pipe closes however this task ends, be it `kill -9`, and so no
/// server is ever left behind. The traps keep a Ctrl-C at the terminal from ending the shell first.
const KEEPER: &str = r#"trap '' INT TERM HUP
"$1/postgres" -D "$2/data" -c "port=$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 \
    >"$2/log" 2>&1 &
cat >/dev/null
kill -QUIT $!
wait
rm -rf "$2"
"#;

/// How many clusters this process made.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A running PostgreSQL; ours stops when this is dropped.
pub(crate) struct Postgres {
    pub(crate) url: String,
    keeper: Option<Child>,
}

impl Postgres {
    pub(crate) fn provide() -> Result<Self> {
        if let Some(url) = env::var(URL).ok().filter(|url| !url.is_empty()) {
            say("postgres", &format!("using the one of {URL}"));
            return Ok(Self { url, keeper: None });
        }
        let programs = programs()?;
        let user = if is_root() {
            Some(unprivileged_user()?)
        } else {
            None
        };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            env::temp_dir().join(format!("keyrack-postgres-{}-{number}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("creating {}", folder.display()))?;
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        say("postgres", &format!("a throw-away cluster on port {port}"));
        let started = start(&programs, user, &folder, port);
        if started.is_err() {
            let _ = fs::remove_dir_all(&folder);
        }
        started
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }
}

fn start(programs: &Path, user: Option<(u32, u32)>, folder: &Path, port: u16) -> Result<Postgres> {
    let as_user = |program: &OsStr| {
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Some((uid, gid)) = user {
            // The server refuses to run as root.
            command.uid(uid).gid(gid);
        }
        command
    };
    let mut initdb = as_user(programs.join("initdb").as_os_str());
    initdb
        .args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ])
        .arg("--pgdata")
        .arg(folder.join("data"))
        .stdout(Stdio::null());
    check(&mut initdb)?;
    let keeper = as_user(OsStr::new("sh"))
        .args(["-c", KEEPER, "keeper"])
        .arg(programs)
        .arg(folder)
        .arg(port.to_string())
        .stdin(Stdio::piped())
        .spawn()?;
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let postgres = Postgres {
        url,
        keeper: Some(keeper),
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut ready = Command::new(programs.join("pg_isready"));
    ready.args(["--quiet", "--host=127.0.0.1", "--port", &port.to_string()]);
    while !status(&mut ready)?.success() {
        if Instant::now() > deadline {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            bail!("PostgreSQL did not start within 30 seconds:\n{log}");
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(postgres)
}

/// The folder of `initdb` and its companions, which Debian keeps off PATH.
fn programs() -> Result<PathBuf> {
    if let Some(folder) = find_programs() {
        return Ok(folder);
    }
    let missing =
        format!("no PostgreSQL {OLDEST} or later for the store tests ({URL} may name one)");
    apt::install(&["postgresql"], &missing)?;
    find_programs().context(missing)
}

fn find_programs() -> Option<PathBuf> {
    let on_path = on_path(&["initdb"]).and_then(|file| fs::canonicalize(file).ok());
    let packaged = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let packaged = packaged.map(|entry| entry.path().join("bin/initdb"));
    let mut found: Vec<_> = on_path
        .into_iter()
        .chain(packaged)
        .filter_map(|initdb| Some((release(&initdb)?, initdb)))
        .filter(|(release, _)| *release >= OLDEST)
        .collect();
    found.sort();
    Some(found.pop()?.1.parent()?.to_owned())
}

/// 15 of `initdb (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn release(initdb: &Path) -> Option<u32> {
    let text = answer(Command::new(initdb).arg("--version"))?;
    version(text.split_whitespace().nth(2)?).map(|(major, _)| major)
}

/// User and group to run servers as when we are root.
pub(crate) fn unprivileged_user() -> Result<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
    let ids = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    ids("postgres")
        .or_else(|| ids("nobody"))
        .context("no user `postgres` or `nobody` to step down to")
}
