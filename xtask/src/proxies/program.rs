//! nginx and Caddy, each started with the configuration that is documented for it.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::shell::{is_root, on_path, say};
use crate::{apt, files, postgres};

/// Starts a program, waits until standard input closes, stops it and cleans up: however this task ends,
/// no proxy is left behind. As in [`postgres`].
const KEEPER: &str = r#"trap '' INT TERM HUP
signal=$1 folder=$2
shift 2
"$@" >"$folder/log" 2>&1 &
cat >/dev/null
kill "-$signal" $!
wait
rm -rf "$folder"
"#;

/// What the documented file leaves to the one that includes it.
const NGINX: &str = "\
daemon off;
pid pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include documented;
}
";
const CADDY: &str = "{\n\tadmin off\n}\n";

/// The example's workspace and permission, which each file has once.
const QUESTION: &str = "workspace=workspace_00000000000000000000000000&permission=tools:read";

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Nginx,
    Caddy,
}

impl Kind {
    /// Of the program, and of its package.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
        }
    }

    /// The program, or `None` where there is none and none may be installed.
    pub(super) fn provide(self) -> Option<PathBuf> {
        let name = self.name();
        // Where Debian has it, which is on nobody's PATH but root's.
        let aside = || Some(Path::new("/usr/sbin").join(name)).filter(|file| file.is_file());
        let found = || on_path(&[name]).or_else(aside);
        found().or_else(|| {
            let why = format!("no {name} for trying what is documented for it");
            match apt::install(&[name], &why) {
                Ok(()) => found(),
                Err(error) => {
                    say("proxies", &format!("{name} is skipped: {error:#}"));
                    None
                }
            }
        })
    }

    fn document(self, project: &Project) -> Result<String> {
        let file = match self {
            Self::Nginx => "nginx.conf",
            Self::Caddy => "Caddyfile",
        };
        files::read_text(&project.root.join("docs/proxies").join(file))
    }

    fn command(self, program: &Path, folder: &Path, documented: &str) -> Result<Command> {
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper"]);
        match self {
            Self::Nginx => {
                files::write(&folder.join("documented"), documented.as_bytes())?;
                files::write(&folder.join("nginx.conf"), NGINX.as_bytes())?;
                command.arg("TERM").arg(folder).arg(program);
                command.arg("-p").arg(folder);
                command.args(["-e", "stderr", "-c", "nginx.conf"]);
            }
            Self::Caddy => {
                let whole = format!("{CADDY}{documented}");
                files::write(&folder.join("Caddyfile"), whole.as_bytes())?;
                command.arg("QUIT").arg(folder).arg(program);
                command.args(["run", "--config", "Caddyfile", "--adapter", "caddyfile"]);
            }
        }
        command
            .env("XDG_DATA_HOME", folder)
            .env("XDG_CONFIG_HOME", folder)
            .env("HOME", folder)
            .current_dir(folder)
            .stdin(Stdio::piped());
        Ok(command)
    }
}

/// A running proxy; it stops when this is dropped.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    keeper: Child,
}

impl Proxy {
    /// With the documented file, in which addresses and the question are other ones and nothing else is.
    pub(super) fn start(
        project: &Project,
        (kind, program): (Kind, &Path),
        keyrack: SocketAddr,
        service: SocketAddr,
        question: &str,
    ) -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut documented = kind.document(project)?;
        for (example, real) in [
            ("127.0.0.1:3000", keyrack.to_string()),
            ("127.0.0.1:8080", service.to_string()),
            (":8000", format!(":{}", address.port())),
            (QUESTION, question.to_owned()),
        ] {
            if documented.matches(example).count() != 1 {
                let name = kind.name();
                bail!("the file documented for {name} should have {example} exactly once");
            }
            documented = documented.replace(example, &real);
        }
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = format!("keyrack-proxy-{}-{number}", std::process::id());
        let folder = env::temp_dir().join(folder);
        fs::create_dir(&folder).with_context(|| format!("creating {}", folder.display()))?;
        let started = kind
            .command(program, &folder, &documented)
            .and_then(|command| keep(command, &folder));
        if started.is_err() {
            let _ = fs::remove_dir_all(&folder);
        }
        let proxy = Self {
            address,
            keeper: started?,
        };
        proxy.wait(&folder)?;
        Ok(proxy)
    }

    fn wait(&self, folder: &Path) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(self.address).is_err() {
            if Instant::now() > deadline {
                let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                bail!("the proxy did not start within 20 seconds:\n{log}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// As nobody in particular: what a proxy needs for itself is in its folder.
fn keep(mut command: Command, folder: &Path) -> Result<Child> {
    if is_root() {
        let (uid, gid) = postgres::unprivileged_user()?;
        chown(folder, Some(uid), Some(gid))?;
        command.uid(uid).gid(gid);
    }
    command.spawn().context("starting a proxy")
}
