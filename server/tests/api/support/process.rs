//! The real binary, for what only a process can show: exit codes, signals, sudden death.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::Call;

pub(crate) struct Process {
    child: Child,
    lines: Receiver<String>,
    pub(crate) address: SocketAddr,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// `keyrack` with a clean environment and `data_dir` for its data.
    pub(crate) fn command(data_dir: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyrack"));
        command
            .env_clear()
            .env("KEYRACK_DATA_DIR", data_dir.join("data"))
            .current_dir(data_dir)
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end, with `input` on standard input.
    pub(crate) fn run(data_dir: &Path, arguments: &[&str], input: &str) -> Output {
        let mut child = Self::command(data_dir)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("keyrack starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("keyrack ends")
    }

    /// Makes an account, and a key that may do everything; gives its token.
    pub(crate) fn owned(data_dir: &Path) -> String {
        let owner = "init --account Northwind --email mira@northwind.example --password-stdin";
        let issue = "key issue --name admin --permission * --all-workspaces";
        let run = |words: &str, input| {
            let words: Vec<&str> = words.split(' ').collect();
            let done = Self::run(data_dir, &words, input);
            assert!(done.status.success(), "{done:?}");
            String::from_utf8(done.stdout).unwrap().trim().to_owned()
        };
        run(owner, "correct horse battery staple\n");
        run(issue, "")
    }

    /// Starts the server and waits until it serves.
    pub(crate) fn serve(data_dir: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let mut child = Self::command(data_dir)
            .env("KEYRACK_LISTEN", address.to_string())
            .stderr(Stdio::piped())
            .spawn()
            .expect("keyrack starts");
        let stderr = child.stderr.take().expect("a pipe");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let process = Self {
            child,
            lines,
            address,
        };
        process.line_with("serving http://");
        process
    }

    /// Waits for a line of the log.
    pub(crate) fn line_with(&self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(20));
            let line = line.unwrap_or_else(|_| panic!("no line with {text:?}"));
            if line.contains(text) {
                return line;
            }
        }
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.address, method, path)
    }

    /// `kill -9`
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the process is killed");
        self.child.wait().expect("the process is gone");
    }

    /// Asks politely and gives the exit code.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()));
        self.child.wait().expect("the process ends").code()
    }
}
