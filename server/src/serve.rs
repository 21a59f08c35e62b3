//! From the configuration to a running server, and back to rest.

use keyring::{Entropy, Keyring};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::house::{Doors, House};
use crate::listener::{self, Limits};
use crate::{assets, router};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Migrates, serves until SIGTERM or SIGINT, and drains.
pub async fn run(config: &Config) -> Result<(), Failure> {
    let entropy = Entropy::System;
    let keyring = open(config, entropy.clone()).await?;
    let site = assets::read();
    if site.script.is_empty() {
        tracing::warn!("the console's files were not built in; only REST will work");
    }
    // Before the setup code: what cannot listen should not invite.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    let house = House::new(config, keyring.clone(), entropy, site);
    let stop = stop_signal(house.doors.clone())?;
    tracing::info!(
        server.address = %listener.local_addr()?,
        server.version = env!("CARGO_PKG_VERSION"),
        "serving {}",
        config.public_url
    );
    let invitation = tokio::spawn(invite_owner(keyring, config.public_url.to_string()));
    listener::serve(listener, router::router(house), Limits::default(), stop).await;
    invitation.abort();
    tracing::info!("stopped");
    Ok(())
}

/// Opens the keyring and brings its schema up to date.
pub(crate) async fn open(config: &Config, entropy: Entropy) -> Result<Keyring, Failure> {
    let keyring = Keyring::open(config.keyring_options(entropy)).await?;
    keyring.migrate().await?;
    Ok(keyring)
}

/// Prints a setup code to the log while nobody owns this Keyrack, and a new one when it is over. A warning, so that it is seen
/// at most levels: nothing else can be done before.
async fn invite_owner(keyring: Keyring, public_url: String) {
    loop {
        match keyring::setup::offer(&keyring).await {
            Ok(Some(code)) => tracing::warn!(
                "open {public_url}/setup and use the setup code {code} (works once, for 30 minutes)"
            ),
            Ok(None) => return,
            Err(error) => {
                tracing::error!(error.cause = error.cause(), "no setup code could be made");
            }
        }
        tokio::time::sleep(keyring::setup::LIFETIME).await;
    }
}

/// Resolves when the process is asked to stop, after `/readyz` has begun to say so.
fn stop_signal(doors: Doors) -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        doors.close();
        tracing::info!("stopping: no new connections, waiting for requests under way");
    })
}
