//! What every handler may reach.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use app::context::{ApiReference, Assets, CookiePolicy};
use axum::extract::FromRef;
use ipnet::IpNet;
use keyring::{Entropy, Keyring};
use tokio::sync::Notify;

use crate::config::{Config, PublicUrl};
use crate::{console, rest};

/// One per process; clones share it. Every layer of every request has one, so a clone must cost nothing.
#[derive(Clone)]
pub struct House(Arc<Rooms>);

pub struct Rooms {
    pub keyring: Keyring,
    pub entropy: Entropy,
    pub assets: Assets,
    pub reference: ApiReference,
    pub public_url: PublicUrl,
    pub trusted_proxies: Vec<IpNet>,
    pub doors: Doors,
    pub request_numbers: RequestNumbers,
}

impl House {
    pub fn new(config: &Config, keyring: Keyring, entropy: Entropy, assets: Assets) -> Self {
        Self(Arc::new(Rooms {
            keyring,
            request_numbers: RequestNumbers::starting_anywhere(&entropy),
            entropy,
            assets,
            reference: ApiReference(Arc::new(console::reference(rest::document()))),
            public_url: config.public_url.clone(),
            trusted_proxies: config.trusted_proxies.clone(),
            doors: Doors::default(),
        }))
    }

    pub fn cookies(&self) -> CookiePolicy {
        CookiePolicy {
            secure: self.public_url.is_https(),
        }
    }
}

impl Deref for House {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.0
    }
}

impl FromRef<House> for Keyring {
    fn from_ref(house: &House) -> Self {
        house.keyring.clone()
    }
}

/// Numbers for requests. They begin anywhere among 2^128, so those of two processes do not meet.
#[derive(Debug)]
pub struct RequestNumbers {
    process: u64,
    count: AtomicU64,
}

impl RequestNumbers {
    fn starting_anywhere(entropy: &Entropy) -> Self {
        Self {
            process: u64::from_be_bytes(entropy.bytes()),
            count: AtomicU64::new(u64::from_be_bytes(entropy.bytes())),
        }
    }

    pub(crate) fn next(&self) -> u128 {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        u128::from(self.process) << 64 | u128::from(count)
    }
}

/// What changes once in the life of a process, and never back.
#[derive(Clone, Debug, Default)]
pub struct Doors(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    closing: AtomicBool,
    owned: AtomicBool,
    closed: Notify,
}

impl Doors {
    /// From here on `/readyz` sends new traffic elsewhere.
    pub fn close(&self) {
        self.0.closing.store(true, Ordering::Relaxed);
        self.0.closed.notify_waiters();
    }

    /// Waits until the process is asked to stop: for answers that would go on without end.
    pub async fn closed(&self) {
        let closed = self.0.closed.notified();
        if !self.is_closing() {
            closed.await;
        }
    }

    pub fn is_closing(&self) -> bool {
        self.0.closing.load(Ordering::Relaxed)
    }

    /// Remembers that somebody owns this Keyrack, so that no page has to ask again.
    pub fn mark_owned(&self) {
        self.0.owned.store(true, Ordering::Relaxed);
    }

    pub fn is_owned(&self) -> bool {
        self.0.owned.load(Ordering::Relaxed)
    }
}
