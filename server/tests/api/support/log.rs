//! Everything this process logs, at the finest level, so that a test can search it.

use std::io::Write;
use std::sync::{Mutex, Once, PoisonError};

use server::config::LogFormat;
use server::logging;
use tracing_subscriber::util::SubscriberInitExt;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static STARTED: Once = Once::new();

struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Starts to remember, once per process.
pub(super) fn remember() {
    STARTED.call_once(|| {
        let filter = "trace,hyper=debug,hyper_util=debug,sqlx=debug";
        let subscriber = logging::subscriber(filter, LogFormat::Json, || Sink);
        subscriber.try_init().expect("nobody else logs");
    });
}

/// Everything logged by this process so far, by all tests in it.
pub(crate) fn text() -> String {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&lines).into_owned()
}
