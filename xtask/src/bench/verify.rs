//! What a verification costs: the server's against that of a floor, a handler that reads the same JSON
//! and answers a constant. Both are asked by turns, by the same load generator (wrk) in a process of its
//! own, so that whatever else the machine does slows both. Asked as fast as it answers, a server shares its
//! cores with the load generator, and the slowest answers tell how long it waited for one; what it needs by
//! itself shows at a fraction of that rate.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use anyhow::{Context, Result, bail};

use super::wrk::{Load, Measured};
use crate::apt;
use crate::project::{Mode, Project};
use crate::server;
use crate::shell::{check, on_path, say};
use crate::trial::Trial;

const WORKSPACES: usize = 200;
/// Of a hundred cells: six workspaces for a key.
const GRANTED: usize = 3;
const ROUNDS: usize = 5;
const SECONDS: u32 = 4;
/// How long a connection rests at most where the server is not asked all it can answer, in milliseconds.
const PAUSE: u32 = 3;
/// How many keys are issued in a second, where that is measured.
const ISSUED: u64 = 100;

/// What the server holds, and of how many keys it is asked.
struct Size {
    keys: usize,
    asked: usize,
}

const SIZES: [Size; 2] = [
    Size {
        keys: 1_000,
        asked: 1_000,
    },
    Size {
        keys: 1_000_000,
        asked: 100_000,
    },
];

pub(crate) fn verify(project: &Project, binary: &Path) -> Result<()> {
    if on_path(&["wrk"]).is_none() {
        apt::install(&["wrk"], "no wrk, which makes the load of this measurement")?;
    }
    let floor = Floor::start(&server::example(project, Mode::Release, "floor")?)?;
    // Tokens of another Keyrack: well made, and unknown here.
    let elsewhere = Trial::new(binary, None)?;
    let unknown = elsewhere.requests(1_000, 1_000, WORKSPACES, GRANTED)?;
    println!(
        "{:<34} {:>9} {:>9} {:>6} {:>9} {:>9} {:>6} {:>9} {:>9} {:>6} {:>8}",
        "", "req/s", "floor", "", "p99", "floor", "", "cpu", "floor", "", "memory"
    );
    for size in SIZES {
        let mut server = Trial::new(binary, None)?;
        say("bench", &format!("making {} keys", size.keys));
        let valid = server.requests(size.keys, size.asked, WORKSPACES, GRANTED)?;
        let asker = server.issue("asker", &["api_keys:read"])?;
        let issuer = server.issue("issuer", &["*"])?;
        // What was made is on the disk before anything is measured, not meanwhile.
        check(&mut Command::new("sync"))?;
        server.serve()?;
        let pair = Pair {
            server: &server,
            floor: &floor,
            token: &asker.token,
        };
        // Until all that is asked for was read once.
        pair.warm(&valid, size.asked)?;
        pair.compare(&format!("{} keys: valid", size.keys), &valid, 0)?;
        pair.compare("  valid, unhurried", &valid, PAUSE)?;
        if size.keys == SIZES[0].keys {
            pair.compare("  unknown", &unknown, 0)?;
            let malformed = server.file("malformed");
            fs::write(&malformed, "{\"token\":\"kr_nonsense\"}\n")?;
            pair.compare("  malformed", &malformed, 0)?;
            pair.with_writes(&valid, &issuer.token)?;
        }
    }
    Ok(())
}

/// The two that are compared.
struct Pair<'a> {
    server: &'a Trial,
    floor: &'a Floor,
    token: &'a str,
}

impl Pair<'_> {
    fn load<'a>(&'a self, requests: &'a Path) -> Load<'a> {
        Load {
            requests,
            token: self.token,
            seconds: SECONDS,
            first: None,
            pause: 0,
        }
    }

    /// wrk asks in the order of the file, and goes on where it stopped: after as many requests each was asked for.
    fn warm(&self, requests: &Path, asked: usize) -> Result<()> {
        let mut done = 0;
        while done < u32::try_from(asked)? {
            let load = Load {
                first: Some(done.into()),
                ..self.load(requests)
            };
            done += load.on(self.server.address, self.server.pid()?)?.requests;
        }
        Ok(())
    }

    fn compare(&self, title: &str, requests: &Path, pause: u32) -> Result<()> {
        let (mut ours, mut theirs) = (Measured::default(), Measured::default());
        for _ in 0..ROUNDS {
            let load = Load {
                pause,
                ..self.load(requests)
            };
            theirs.add(load.on(self.floor.address(), self.floor.child.id())?);
            ours.add(load.on(self.server.address, self.server.pid()?)?);
        }
        let rate = ours.rate() / theirs.rate();
        let slowest = ours.p99().as_secs_f64() / theirs.p99().as_secs_f64();
        let cpu = ours.cpu().as_secs_f64() / theirs.cpu().as_secs_f64();
        println!(
            "{title:<34} {:>9.0} {:>9.0} {:>5.0}% {:>9} {:>9} {:>5.2}x {:>9} {:>9} {:>5.2}x {:>5} MB",
            ours.rate(),
            theirs.rate(),
            rate * 100.0,
            format!("{:.2?}", ours.p99()),
            format!("{:.2?}", theirs.p99()),
            slowest,
            format!("{:.2?}", ours.cpu()),
            format!("{:.2?}", theirs.cpu()),
            cpu,
            self.server.resident_megabytes()?,
        );
        Ok(())
    }

    /// The same load with and without keys being issued meanwhile.
    fn with_writes(&self, requests: &Path, issuer: &str) -> Result<()> {
        let (mut quiet, mut busy) = (Measured::default(), Measured::default());
        let mut made = 0;
        for _ in 0..ROUNDS {
            let load = self.load(requests);
            let pid = self.server.pid()?;
            quiet.add(load.on(self.server.address, pid)?);
            let (measured, count) = thread::scope(|scope| -> Result<_> {
                let writing =
                    scope.spawn(|| self.issue_for(Duration::from_secs(SECONDS.into()), issuer));
                let measured = load.on(self.server.address, pid)?;
                let count = writing
                    .join()
                    .map_err(|_| anyhow::anyhow!("issuing panicked"))??;
                Ok((measured, count))
            })?;
            busy.add(measured);
            made += count;
        }
        let seconds = u64::from(SECONDS) * ROUNDS as u64;
        println!(
            "{:<34} {:>9.0} {:>9.0} {:>5.0}%  (with {} keys issued a second; the other is without)",
            "  while keys are issued",
            busy.rate(),
            quiet.rate(),
            busy.rate() / quiet.rate() * 100.0,
            made / seconds
        );
        Ok(())
    }

    fn issue_for(&self, time: Duration, token: &str) -> Result<u64> {
        let mut program = self.server.connect()?;
        let start = std::time::Instant::now();
        let pause = Duration::from_secs(1) / u32::try_from(ISSUED)?;
        let body = r#"{"metadata":{"name":"issued"},"spec":{"permissions":["tools:read"]}}"#;
        for count in 0.. {
            let due = start + pause * count;
            thread::sleep(due.saturating_duration_since(std::time::Instant::now()));
            if start.elapsed() >= time {
                return Ok(count.into());
            }
            program.post("/v1/account/api_keys", token, body)?;
        }
        unreachable!("the loop ends with the time")
    }
}

/// The running floor.
struct Floor {
    child: Child,
    port: u16,
}

impl Floor {
    fn start(binary: &PathBuf) -> Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let child = Command::new(binary)
            .arg(port.to_string())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", binary.display()))?;
        let floor = Self { child, port };
        for _ in 0..100 {
            if std::net::TcpStream::connect(floor.address()).is_ok() {
                return Ok(floor);
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("the floor did not start within 5 seconds")
    }

    fn address(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
