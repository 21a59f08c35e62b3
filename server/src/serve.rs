//! From the configuration to a running server, and back to rest.

use std::sync::Arc;
use std::time::Duration;

use keyring::audit::Trail;
use keyring::setup::SetupCode;
use keyring::{Entropy, Keyring};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use crate::assets;
use crate::config::Config;
use crate::house::{Doors, House};
use crate::listener::{self, Limits};
use crate::router::Site;

/// How soon a setup code that could not be made is tried again: somebody waits for it.
const OFFER_AGAIN: Duration = Duration::from_secs(2);

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
        .map_err(|error| {
            let address = config.listen;
            format!(
                "cannot listen on {address}: {error}; free it, or choose another address with --listen or KEYRACK_LISTEN"
            )
        })?;
    let house = House::new(config, keyring.clone(), entropy, site);
    let stop = stop_signal(house.doors.clone())?;
    tracing::info!(
        server.address = %listener.local_addr()?,
        server.version = env!("CARGO_PKG_VERSION"),
        "serving {}",
        config.public_url
    );
    let public_url = config.public_url.to_string();
    // A warning, so that it is seen at most levels: nothing else can be done before.
    let invitation = tokio::spawn(invite_owner(keyring, move |code| {
        tracing::warn!(
            "open {public_url}/setup and use the setup code {code} (works once, for 30 minutes)"
        );
    }));
    let learning = tokio::spawn(learn_tokens(house.keyring.clone()));
    let forgetting = tokio::spawn(forget(house.keyring.clone()));
    let verifying = tokio::spawn(verify_trails(house.keyring.clone()));
    let remembering = tokio::spawn(remember_grants(house.keyring.clone()));
    let drained = Arc::new(Notify::new());
    let counting = tokio::spawn(write_counted(house.keyring.clone(), drained.clone()));
    let limits = Limits::default();
    let files = limits.allow_files();
    if files < limits.files() {
        tracing::warn!(
            "this process may have {files} files open, too few for {} connections; raise the limit (ulimit -n)",
            limits.connections
        );
    }
    listener::serve(listener, Site::new(house), limits, stop).await;
    // The last calls are counted by now.
    drained.notify_one();
    if counting.await.is_err() {
        tracing::error!("what was counted last was not written");
    }
    for task in [learning, forgetting, verifying, remembering, invitation] {
        task.abort();
    }
    tracing::info!("stopped");
    Ok(())
}

/// Opens the keyring and brings its schema up to date.
pub(crate) async fn open(config: &Config, entropy: Entropy) -> Result<Keyring, Failure> {
    let keyring = Keyring::open(config.keyring_options(entropy)).await?;
    keyring.migrate().await?;
    Ok(keyring)
}

/// Tells a setup code while nobody owns this Keyrack, and a new one when it is over.
async fn invite_owner(keyring: Keyring, tell: impl Fn(SetupCode)) {
    loop {
        let wait = match keyring::setup::offer(&keyring).await {
            Ok(Some(code)) => {
                tell(code);
                keyring::setup::LIFETIME
            }
            Ok(None) => return,
            Err(error) => {
                tracing::error!(error.cause = error.cause(), "no setup code could be made");
                OFFER_AGAIN
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Removes what is kept for a while only, when its while is over.
async fn forget(keyring: Keyring) {
    let mut minutes = tokio::time::interval(Duration::from_mins(1));
    loop {
        minutes.tick().await;
        if let Err(error) = keyring::idempotency::forget(&keyring).await {
            tracing::warn!(error.cause = error.cause(), "old answers were not removed");
        }
        if let Err(error) = keyring::usage::tidy(&keyring).await {
            tracing::warn!(error.cause = error.cause(), "old usage was not rolled up");
        }
    }
}

/// Until it is done, unknown tokens cost a query.
async fn learn_tokens(keyring: Keyring) {
    while let Err(error) = keyring.learn_tokens().await {
        tracing::warn!(error.cause = error.cause(), "the tokens were not learnt");
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
}

/// Until it is done, whoever looks at a large matrix for the first time waits for it.
async fn remember_grants(keyring: Keyring) {
    if let Err(error) = keyring::access::remember(&keyring).await {
        tracing::warn!(
            error.cause = error.cause(),
            "the grants were not read ahead"
        );
    }
}

/// Looks through the audit log of every account, soon and every hour, and says aloud what is wrong with it.
async fn verify_trails(keyring: Keyring) {
    let mut looks = tokio::time::interval(Duration::from_secs(10));
    loop {
        looks.tick().await;
        match keyring::audit::verify_due(&keyring).await {
            Ok(trails) => {
                for (account, trail) in trails {
                    if let Trail::Broken(broken) = trail {
                        tracing::error!(account.id = %account, "the audit log was tampered with: {broken}");
                    }
                }
            }
            Err(error) => {
                tracing::warn!(
                    error.cause = error.cause(),
                    "the audit log was not verified"
                );
            }
        }
    }
}

/// Writes what was counted, every few seconds and once more when the last request was answered, and ends what
/// it says was quiet for long enough.
async fn write_counted(keyring: Keyring, drained: Arc<Notify>) {
    let mut due = tokio::time::interval(keyring::usage::LATEST);
    loop {
        let last = tokio::select! {
            _ = due.tick() => false,
            () = drained.notified() => true,
        };
        if let Err(error) = keyring::usage::flush(&keyring).await {
            tracing::warn!(
                error.cause = error.cause(),
                "usage was not written and waits"
            );
        }
        if let Err(error) = keyring::audit::flush(&keyring).await {
            tracing::warn!(
                error.cause = error.cause(),
                "refusals were not written and wait"
            );
        }
        if let Err(error) = keyring::keys::end_quiet(&keyring).await {
            tracing::warn!(
                error.cause = error.cause(),
                "tokens that were quiet were not ended"
            );
        }
        if last {
            return;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_setup_code_that_could_not_be_made_is_made_soon() {
        let dir = tempfile::tempdir().unwrap();
        let options = keyring::Options {
            database_url: "sqlite:".to_owned(),
            data_dir: dir.path().join("data"),
            pepper: None,
            token_prefix: keyring::TokenPrefix::default(),
            clock: keyring::Clock::System,
            entropy: Entropy::System,
        };
        let keyring = Keyring::open(options).await.unwrap();
        // Without its tables, a database takes no code.
        let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
        let tell = move |code: SetupCode| drop(sender.send(code.to_string()));
        let invitation = tokio::spawn(invite_owner(keyring.clone(), tell));
        tokio::time::sleep(OFFER_AGAIN / 2).await;
        assert!(told.is_empty());
        keyring.migrate().await.unwrap();
        let code = tokio::time::timeout(OFFER_AGAIN * 5, told.recv()).await;
        invitation.abort();
        assert!(code.is_ok_and(|code| code.is_some()));
    }
}
