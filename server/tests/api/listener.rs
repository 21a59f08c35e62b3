//! Connections: slow ones, many of them, HTTP/2, and the end of the server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use server::listener::{self, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::support::{Call, TestApp};

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(45);

/// A server with one page, which is finished when it is told to be.
struct Served {
    address: SocketAddr,
    begun: Arc<Notify>,
    finish: Arc<Notify>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn serve(limits: Limits) -> Served {
    let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let page = {
        let (begun, finish) = (begun.clone(), finish.clone());
        async move || {
            begun.notify_one();
            finish.notified().await;
            "done"
        }
    };
    let router = Router::new()
        .route("/slow", get(page))
        .route("/", get("here"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async move { drop(stopped.await) };
    let ended = tokio::spawn(listener::serve(listener, router, limits, stopped));
    Served {
        address,
        begun,
        finish,
        stop,
        ended,
    }
}

fn impatient() -> Limits {
    Limits {
        head: Duration::from_millis(100),
        pulse: Duration::from_millis(20),
        ..Limits::default()
    }
}

async fn http_2(address: SocketAddr) -> SendRequest<Empty<Bytes>> {
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (sender, connection) = handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    sender
}

#[tokio::test]
async fn a_thousand_slow_connections_keep_nobody_else_waiting() {
    rlimit::increase_nofile_limit(4_096).unwrap();
    let app = TestApp::start().await;
    let key = app.key(["api_keys:read"]).await;
    let address = app.get("/").address();
    let mut slow = Vec::new();
    for _ in 0..1_000 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET /v1/whoami HTTP/1.1\r\nHost: keyrack\r\nX-Slow: ")
            .await
            .unwrap();
        slow.push(stream);
    }
    for round in 0..20 {
        // Each of them goes on a little, as a patient attacker would.
        for stream in &mut slow {
            stream.write_all(b"x").await.unwrap();
        }
        app.get("/v1/whoami").bearer(&key).await.is(200);
        let body = app
            .get("/v1/account/api_keys")
            .bearer(&key)
            .await
            .is(200)
            .json();
        assert!(body["items"].is_array(), "{round}");
    }
}

#[tokio::test]
async fn a_client_that_dawdles_with_its_head_is_left() {
    let served = serve(impatient()).await;
    for begun in ["", "GET / HTTP/1.1\r\nHost: x\r\n", "PRI * HTTP/2.0\r\n"] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "{begun:?} is waited for without end");
        assert!(!rest.starts_with(b"HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn a_client_that_dawdles_with_its_next_head_is_left() {
    let served = serve(impatient()).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n")
        .await
        .unwrap();
    let mut answers = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answers)).await;
    assert!(
        closed.is_ok(),
        "the rest of the head is waited for without end"
    );
    let answers = String::from_utf8(answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 1, "{answers}");
}

/// Answers are given a deadline by what is in the middle of the server, and nothing there ever wakes them: whoever
/// answers sees the clock at the pulse of the listener alone.
#[tokio::test]
async fn every_request_has_a_pulse() {
    let polled = || {
        let mut polls = 0;
        std::future::poll_fn(move |_| {
            polls += 1;
            if polls < 4 {
                Poll::Pending
            } else {
                Poll::Ready("polled")
            }
        })
    };
    let router = Router::new().route("/", get(polled));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = std::future::pending();
    tokio::spawn(listener::serve(listener, router, impatient(), stop));
    let answer = tokio::time::timeout(PATIENCE, Call::new(address, "GET", "/").into_future());
    answer.await.expect("HTTP/1 has one").is(200);
    let mut sender = http_2(address).await;
    let request = hyper::Request::get(format!("http://{address}/"))
        .body(Empty::<Bytes>::new())
        .unwrap();
    let answer = tokio::time::timeout(PATIENCE, sender.send_request(request)).await;
    assert_eq!(answer.expect("HTTP/2 has one").unwrap().status(), 200);
}

#[tokio::test]
async fn who_finds_no_place_waits_for_one() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let served = serve(limits).await;
    let hold = async || TcpStream::connect(served.address).await.unwrap();
    let (one, _other) = (hold().await, hold().await);
    // Both are taken in before the third is there.
    tokio::task::yield_now().await;
    let third = tokio::spawn(Call::new(served.address, "GET", "/").into_future());
    drop(one);
    let answer = tokio::time::timeout(PATIENCE, third).await;
    answer.expect("there is a place again").unwrap().is(200);
}

#[tokio::test]
async fn requests_under_way_end_well_when_the_server_stops() {
    let served = serve(Limits::default()).await;
    let under_way = tokio::spawn(Call::new(served.address, "GET", "/slow").into_future());
    served.begun.notified().await;
    served.stop.send(()).unwrap();
    // From here on nobody new gets in.
    while TcpStream::connect(served.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!under_way.is_finished() && !served.ended.is_finished());
    served.finish.notify_one();
    under_way.await.unwrap().is(200);
    tokio::time::timeout(PATIENCE, served.ended)
        .await
        .expect("nothing is left to wait for")
        .unwrap();
}

#[tokio::test]
async fn http_2_without_tls_is_spoken_to_proxies() {
    let app = TestApp::start().await;
    let key = app.key([]).await;
    let address = app.get("/").address();
    let mut sender = http_2(address).await;
    let calls = (0..10).map(|_| {
        let request = hyper::Request::get(format!("http://{address}/v1/whoami"))
            .header("authorization", format!("Bearer {}", key.token))
            .body(Empty::<Bytes>::new())
            .unwrap();
        sender.send_request(request)
    });
    let calls: Vec<_> = calls.collect();
    for call in calls {
        let answer = call.await.unwrap();
        assert_eq!(answer.status(), 200);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(body.starts_with(b"{"));
    }
}
