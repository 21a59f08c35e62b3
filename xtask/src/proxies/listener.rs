//! A small server that says what it was sent: the service behind a proxy, and now and then a stand-in
//! for Keyrack.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Result;

use super::http::{self, Message};

pub(super) struct Listener {
    pub(super) address: SocketAddr,
    seen: Receiver<Seen>,
    answer: Arc<Mutex<String>>,
}

/// A request that arrived.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) request: Message,
    /// Counts connections.
    pub(super) connection: usize,
}

/// A yes of Keyrack's stand-in, which says nothing of whom.
pub(super) const YES: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
/// What the stand-in is asked for, and how its request begins.
pub(super) const ASKED: &str = "stand=in";
pub(super) const QUESTION: &str = "GET /v1/authorize?stand=in HTTP/1.1";

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";

impl Listener {
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (sender, seen) = mpsc::channel();
        let answer = Arc::new(Mutex::new(FINE.to_owned()));
        let shared = Arc::clone(&answer);
        // The threads end with the process; nothing is left by them.
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().flatten().enumerate() {
                let (sender, answer) = (sender.clone(), Arc::clone(&shared));
                thread::spawn(move || serve(stream, connection, &sender, &answer));
            }
        });
        Ok(Self {
            address,
            seen,
            answer,
        })
    }

    /// What it answers from now on, whole; nothing at all closes the connection.
    pub(super) fn answer(&self, answer: &str) {
        let mut current = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        answer.clone_into(&mut current);
    }

    /// What arrived since this was asked last.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.try_iter().collect()
    }
}

fn serve(
    stream: TcpStream,
    connection: usize,
    sender: &Sender<Seen>,
    answer: &Mutex<String>,
) -> Result<()> {
    let mut reader = BufReader::new(&stream);
    while let Some(request) = http::read(&mut reader)? {
        let last = request.all("connection").contains(&"close");
        // Before the answer: whoever has that finds the request told of.
        sender.send(Seen {
            request,
            connection,
        })?;
        let answer = answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        (&stream).write_all(answer.as_bytes())?;
        if last || answer.is_empty() {
            break;
        }
    }
    Ok(())
}
