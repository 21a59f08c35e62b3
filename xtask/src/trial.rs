//! A server to try: on a free port, with data of its own that go with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell::{answer, check, say};

pub(crate) struct Trial {
    binary: PathBuf,
    database: Option<String>,
    pub(crate) address: SocketAddr,
    data: PathBuf,
    child: Option<Child>,
}

/// A key of the server, and its token.
pub(crate) struct Key {
    pub(crate) token: String,
    /// The whole answer of issuing it.
    pub(crate) issued: Value,
}

impl Trial {
    /// Nothing runs yet; commands have the data for themselves.
    pub(crate) fn new(binary: &Path, database: Option<&str>) -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() {
            memory.to_owned()
        } else {
            env::temp_dir()
        };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let data = parent.join(format!("keyrack-trial-{}-{number}", std::process::id()));
        fs::create_dir(&data).with_context(|| format!("creating {}", data.display()))?;
        Ok(Self {
            binary: binary.to_owned(),
            database: database.map(str::to_owned),
            address: TcpListener::bind("127.0.0.1:0")?.local_addr()?,
            data,
            child: None,
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        // Settings of ours alone; the server refuses to start with one that it does not know, as is the
        // variable by which a task was told of the binary.
        let inherited = env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| name.to_string_lossy().starts_with("KEYRACK_")) {
            command.env_remove(name);
        }
        command
            .env("KEYRACK_DATA_DIR", self.data.join("data"))
            .env("KEYRACK_LISTEN", self.address.to_string())
            .env("KEYRACK_LOG", "error")
            .current_dir(&self.data);
        if let Some(url) = &self.database {
            command.env("KEYRACK_DATABASE_URL", url);
        }
        command
    }

    /// An account with an owner and invented data; the passphrase of the owner.
    pub(crate) fn demo(&self, keys: usize, workspaces: usize, granted: usize) -> Result<String> {
        let mut command = self.command();
        let output = demo(&mut command, keys, workspaces, granted)
            .stderr(Stdio::piped())
            .output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        let mut lines = told.lines();
        let passphrase = lines.find_map(|line| line.split_once("with the passphrase "));
        let (_, passphrase) = passphrase.with_context(|| format!("`keyrack demo`: {told}"))?;
        Ok(passphrase.to_owned())
    }

    /// The same, and a file with requests to verify the tokens of so many of the keys, a line each.
    pub(crate) fn requests(
        &self,
        keys: usize,
        asked: usize,
        workspaces: usize,
        granted: usize,
    ) -> Result<PathBuf> {
        let path = self.file("requests");
        check(
            demo(&mut self.command(), keys, workspaces, granted)
                .arg(format!("--requests={asked}"))
                .stdout(fs::File::create(&path)?),
        )?;
        Ok(path)
    }

    /// A file that goes with the data.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }

    pub(crate) fn pid(&self) -> Result<u32> {
        let child = self.child.as_ref().context("the server is not running")?;
        Ok(child.id())
    }

    /// The memory that the server has (proc(5), `VmRSS`).
    pub(crate) fn resident_megabytes(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        Ok(kilobytes.context("a process has memory")?.parse::<u64>()? / 1024)
    }

    /// A key that reaches everything and may do this.
    pub(crate) fn issue(&self, name: &str, permissions: &[&str]) -> Result<Key> {
        let mut command = self.command();
        command.args(["key", "issue", "--all-workspaces", "--json", "--name", name]);
        for permission in permissions {
            command.args(["--permission", permission]);
        }
        let text = answer(&mut command).context("`keyrack key issue` failed")?;
        let issued: Value = serde_json::from_str(&text)?;
        let token = issued["spec"]["token"]
            .as_str()
            .context("the answer has a token")?;
        Ok(Key {
            token: token.to_owned(),
            issued,
        })
    }

    pub(crate) fn serve(&mut self) -> Result<()> {
        // With the log that people have.
        let log = fs::File::create(self.file("log"))?;
        let mut command = self.command();
        command.arg("serve").env_remove("KEYRACK_LOG");
        self.child = Some(command.stdout(Stdio::null()).stderr(log).spawn()?);
        let deadline = Instant::now() + Duration::from_secs(20);
        while let Err(error) = self.get("/healthz", None) {
            if Instant::now() > deadline {
                let log = fs::read_to_string(self.file("log")).unwrap_or_default();
                return Err(error.context(format!("no server within 20 seconds: {log}")));
            }
            thread::sleep(Duration::from_millis(50));
        }
        say(
            "trial",
            &format!("{} on {}", self.binary.display(), self.address),
        );
        Ok(())
    }

    /// Serving can begin again, at the same address and with the same data.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Asks for a path over a connection of its own; anything but a 200 is an error.
    pub(crate) fn get(&self, path: &str, token: Option<&str>) -> Result<Got> {
        let bearer = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{}Connection: close\r\n\r\n",
            self.address,
            bearer.unwrap_or_default()
        ))
    }

    /// Signs the owner of the demo in; the cookie of the session.
    pub(crate) fn sign_in(&self, passphrase: &str) -> Result<String> {
        let form = format!("email=demo%40example.com&passphrase={passphrase}");
        let got = self.exchange(&format!(
            "POST /sign-in HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {1}\r\n\
             Connection: close\r\n\r\n{form}",
            self.address,
            form.len()
        ))?;
        let head = String::from_utf8_lossy(&got.answer);
        let mut lines = head.lines();
        let cookie = lines.find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        Ok(cookie.context("the sign-in sets no cookie")?.to_owned())
    }

    /// Asks for a page as a browser with this cookie does.
    pub(crate) fn page(&self, path: &str, cookie: &str) -> Result<Got> {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
            self.address
        ))
    }

    /// Sends JSON to a path, likewise.
    pub(crate) fn post(&self, path: &str, token: &str, body: &str) -> Result<Got> {
        self.ask(&post(self.address, path, token, body, "close"))
    }

    /// A connection that is kept, as programs keep theirs.
    pub(crate) fn connect(&self) -> Result<Connection> {
        Ok(Connection {
            address: self.address,
            stream: BufReader::new(self.open()?),
        })
    }

    fn open(&self) -> Result<TcpStream> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        Ok(stream)
    }

    fn ask(&self, request: &str) -> Result<Got> {
        let got = self.exchange(request)?;
        if !got.answer.starts_with(b"HTTP/1.1 200") {
            let head = got
                .answer
                .split(|byte| *byte == b'\r')
                .next()
                .unwrap_or_default();
            let asked = request.lines().next().unwrap_or_default();
            bail!("{asked} was answered {}", String::from_utf8_lossy(head));
        }
        Ok(got)
    }

    fn exchange(&self, request: &str) -> Result<Got> {
        let mut stream = self.open()?;
        let start = Instant::now();
        stream.write_all(request.as_bytes())?;
        let mut answer = vec![0; 1];
        stream.read_exact(&mut answer)?;
        let first_byte = start.elapsed();
        stream.read_to_end(&mut answer)?;
        let whole = start.elapsed();
        Ok(Got {
            first_byte,
            whole,
            answer,
        })
    }
}

fn post(address: SocketAddr, path: &str, token: &str, body: &str, connection: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: {connection}\r\n\r\n{body}",
        body.len()
    )
}

/// For one request after the other.
pub(crate) struct Connection {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Sends JSON to a path and waits for the whole answer; anything but a 200 is an error.
    pub(crate) fn post(&mut self, path: &str, token: &str, body: &str) -> Result<()> {
        let request = post(self.address, path, token, body, "keep-alive");
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head)? == 0 {
                bail!("{path} was answered {head:?}, and no more");
            }
        }
        if !head.starts_with("HTTP/1.1 200") {
            bail!(
                "{path} was answered {}",
                head.lines().next().unwrap_or_default()
            );
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.context("an answer of unknown length")?.parse()?;
        self.stream.read_exact(&mut vec![0; length])?;
        Ok(())
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.data);
    }
}

fn demo(command: &mut Command, keys: usize, workspaces: usize, granted: usize) -> &mut Command {
    command.stderr(Stdio::null()).args([
        "demo",
        &format!("--keys={keys}"),
        &format!("--workspaces={workspaces}"),
        &format!("--granted={granted}"),
    ])
}

/// An answer, and how long it took from the sent request.
pub(crate) struct Got {
    pub(crate) first_byte: Duration,
    pub(crate) whole: Duration,
    answer: Vec<u8>,
}

impl Got {
    /// The body, which came with its length.
    pub(crate) fn json(&self) -> Result<Value> {
        let text = std::str::from_utf8(&self.answer)?;
        let (_, body) = text
            .split_once("\r\n\r\n")
            .context("an answer has a head")?;
        Ok(serde_json::from_str(body)?)
    }
}
