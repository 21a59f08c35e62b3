//! `cargo xtask bench`: numbers that people ask for, printed, never asserted: a time on somebody
//! else's machine proves nothing, which is why times are shown as a ratio of two taken in one run.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::shell::say;
use crate::{dist, site};

/// A measurement of a finished build.
type Bench = fn(&Project, &Path) -> Result<()>;

const BENCHES: [(&str, Bench); 2] = [("size", size), ("first-byte", first_byte)];

pub(crate) fn bench(project: &Project, names: &[String]) -> Result<()> {
    let known = |name: &String| BENCHES.iter().any(|(known, _)| known == name);
    if let Some(name) = names.iter().find(|name| !known(name)) {
        bail!(
            "no such measurement: {name}; there are {}",
            BENCHES.map(|(name, _)| name).join(", ")
        );
    }
    let binary = dist::dist(project)?;
    for (name, measure) in BENCHES {
        if names.is_empty() || names.iter().any(|asked| asked == name) {
            measure(project, &binary).with_context(|| format!("measuring {name}"))?;
        }
    }
    Ok(())
}

/// What a first visit loads, and the file that is deployed.
fn size(project: &Project, binary: &Path) -> Result<()> {
    let addresses = site::addresses(project)?;
    let named = |name: String| -> Result<Vec<String>> {
        let address = addresses.get(&name);
        Ok(vec![
            address
                .with_context(|| format!("{name} is not in the site"))?
                .clone(),
        ])
    };
    let name = &project.output_name;
    let main = named(format!("{name}_bg.wasm"))?;
    let mut rows = vec![("WASM, main module".to_owned(), main.clone(), None)];
    for (chunk, parts) in site::chunks(project)? {
        let files = main.iter().cloned().chain(parts).collect();
        rows.push((format!("  with {chunk}"), files, Some(300)));
    }
    rows.push(("CSS".to_owned(), named(format!("{name}.css"))?, Some(20)));
    rows.push(("JavaScript".to_owned(), named(format!("{name}.js"))?, None));
    println!(
        "{:<18} {:>6} {:>10} {:>10} {:>10}",
        "", "files", "raw", "brotli", "budget"
    );
    for (title, files, budget) in rows {
        let (mut raw, mut small) = (0, 0);
        for file in &files {
            let file = project.site.join(file.trim_start_matches('/'));
            raw += fs::metadata(&file)?.len();
            small += fs::metadata(format!("{}.br", file.display()))?.len();
        }
        let (limit, verdict) = match budget {
            Some(kilobytes) if small > kilobytes * 1000 => {
                (format!("{kilobytes}.0 KB"), "  OVER BUDGET")
            }
            Some(kilobytes) => (format!("{kilobytes}.0 KB"), ""),
            None => ("-".to_owned(), ""),
        };
        println!(
            "{title:<18} {:>6} {:>10} {:>10} {limit:>10}{verdict}",
            files.len(),
            kilobytes(raw),
            kilobytes(small)
        );
    }
    println!(
        "{:<18} {:>17}",
        project.bin,
        dist::megabytes(fs::metadata(binary)?.len())
    );
    Ok(())
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}

/// Time to the first byte of the sign-in page, beside that of an answer that does nothing.
fn first_byte(_: &Project, binary: &Path) -> Result<()> {
    const ROUNDS: usize = 300;
    let server = Server::start(binary)?;
    let mut page = Vec::with_capacity(ROUNDS);
    let mut idle = Vec::with_capacity(ROUNDS);
    // By turns, so that whatever else the machine does meets both alike.
    for _ in 0..ROUNDS {
        page.push(server.first_byte("/sign-in")?);
        idle.push(server.first_byte("/healthz")?);
    }
    let (page, idle) = (median(page), median(idle));
    println!(
        "first byte, median of {ROUNDS}: /sign-in {page:.2?}, /healthz {idle:.2?}, ratio {:.2}",
        page.as_secs_f64() / idle.as_secs_f64()
    );
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The finished binary on a free port, with an owner in a fresh data directory.
struct Server {
    child: Child,
    address: SocketAddr,
    data: PathBuf,
}

impl Server {
    fn start(binary: &Path) -> Result<Self> {
        let data = env::temp_dir().join(format!("keyrack-bench-{}", std::process::id()));
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let command = || {
            let mut command = Command::new(binary);
            command
                .env("KEYRACK_DATA_DIR", &data)
                .env("KEYRACK_LISTEN", address.to_string())
                .env("KEYRACK_LOG", "error")
                .current_dir(env::temp_dir())
                .stdout(Stdio::null());
            command
        };
        let mut init = command()
            .args([
                "init",
                "--account",
                "Bench",
                "--email",
                "bench@example.com",
                "--password-stdin",
            ])
            .stdin(Stdio::piped())
            .spawn()?;
        init.stdin
            .take()
            .context("standard input")?
            .write_all(b"a password for nobody at all\n")?;
        if !init.wait()?.success() {
            bail!("`keyrack init` failed");
        }
        let server = Self {
            child: command().arg("serve").spawn()?,
            address,
            data: data.clone(),
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while let Err(error) = server.first_byte("/healthz") {
            if Instant::now() > deadline {
                return Err(error.context("the server did not start within 20 seconds"));
            }
            thread::sleep(Duration::from_millis(50));
        }
        say("bench", &format!("{} on {address}", binary.display()));
        Ok(server)
    }

    /// From the open connection and the sent request to the first byte of a 200.
    fn first_byte(&self, path: &str) -> Result<Duration> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        );
        let start = Instant::now();
        stream.write_all(request.as_bytes())?;
        let mut answer = vec![0; 1];
        stream.read_exact(&mut answer)?;
        let time = start.elapsed();
        stream.read_to_end(&mut answer)?;
        if !answer.starts_with(b"HTTP/1.1 200") {
            let head = answer
                .split(|byte| *byte == b'\r')
                .next()
                .unwrap_or_default();
            bail!("{path} answered {}", String::from_utf8_lossy(head));
        }
        Ok(time)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.data);
    }
}
