//! Connections: how many, how long they may dawdle, and how they end. `axum::serve` sets none of
//! these limits.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service;

use crate::pulse::{Deadlines, Spawned, pulsed, within};
use crate::request::Peer;

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time; more wait in the backlog of the operating system.
    pub connections: usize,
    /// How long a client may take to send the head of a request, from the moment it connects or
    /// is answered; kept at the first pulse after it.
    pub head: Duration,
    /// How often a connection is polled at least, whatever happens: deadlines of requests, too, are kept when it is.
    pub pulse: Duration,
    /// How long requests may go on once the server was told to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            head: Duration::from_secs(30),
            pulse: Duration::from_secs(5),
            drain: Duration::from_secs(20),
        }
    }
}

impl Limits {
    /// How many files a process needs for so many connections, databases and the rest included.
    pub fn files(self) -> u64 {
        u64::try_from(self.connections)
            .unwrap_or(u64::MAX)
            .saturating_add(256)
    }

    /// Raises the limit of open files as far as that is ours to do: where it is low, as many shells have
    /// it, a thousand idle clients would lock all others out. Says how many there may be now.
    pub fn allow_files(self) -> u64 {
        rlimit::increase_nofile_limit(self.files()).unwrap_or_default()
    }
}

/// What answers requests, as a [`axum::Router`] does; always ready.
pub trait Answering:
    Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
    + Clone
    + Send
    + 'static
{
}

impl<S> Answering for S where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
        + Clone
        + Send
        + 'static
{
}

/// Serves until `stop` resolves, then lets the requests under way finish.
pub async fn serve<S: Answering>(
    listener: TcpListener,
    site: S,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (place, stream, peer) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        let watcher = graceful.watcher();
        let site = site.clone();
        tokio::spawn(async move {
            serve_connection(stream, peer, site, limits, watcher).await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in time");
    }
}

/// A place first, then a connection, so that the wait happens where it costs nothing.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (Option<OwnedSemaphorePermit>, TcpStream, SocketAddr) {
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (place, stream, peer),
            // Out of file descriptors, most likely: some will be given back.
            Err(error) => {
                tracing::warn!(error.cause = %error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    site: impl Answering,
    limits: Limits,
    watcher: Watcher,
) {
    let _ = stream.set_nodelay(true);
    let begun = Arc::new(AtomicBool::new(false));
    let service = service_fn({
        let begun = begun.clone();
        move |mut request: hyper::Request<Incoming>| {
            begun.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(Peer(peer));
            site.clone().call(request.map(Body::new))
        }
    });
    let mut builder = Builder::new(Spawned {
        pulse: limits.pulse,
    });
    builder
        .http1()
        // Not hyper's timer for Tokio, which sets a clock for every request.
        .timer(Deadlines)
        .header_read_timeout(limits.head);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.head)
        .max_concurrent_streams(128);
    let connection = builder
        .serve_connection(TokioIo::new(stream), service)
        .into_owned();
    let mut connection = std::pin::pin!(watcher.watch(connection));
    let ended = pulsed(limits.pulse, async {
        // Hyper's own deadline begins once it knows the protocol; until then this one counts.
        match within(limits.head, &mut connection).await {
            None if begun.load(Ordering::Relaxed) => connection.await,
            None => Ok(()),
            Some(ended) => ended,
        }
    });
    if let Err(error) = ended.await {
        tracing::debug!(error.cause = %error, "a connection ended early");
    }
}
