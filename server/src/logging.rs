//! What is told to the operator, on standard error: lines for people or JSON for machines, with
//! dotted fields. Secrets have types that print nothing, and nothing logs a body, a query or a
//! raw path.

use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::{Config, LogFormat};

/// Starts logging for the whole process.
pub fn init(config: &Config) {
    let subscriber = subscriber(&config.log, config.log_format, std::io::stderr);
    if subscriber.try_init().is_ok() {
        log_panics();
    }
}

/// The same into any writer, for tests.
pub fn subscriber<W>(filter: &str, format: LogFormat, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(false);
    let lines = match format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // The migrator tells of migrations that there are not; what matters of it is a warning.
    let filter = format!("sea_orm_migration=warn,{filter}");
    Registry::default().with(lines).with(EnvFilter::new(filter))
}

/// A panic leaves a line like any other, so that JSON stays JSON. Its text may quote what it
/// choked on; the place is enough to find it.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(panic.place = place, "a task panicked");
    }));
}
