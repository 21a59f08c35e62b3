//! `keyrack audit`: whether the audit log is what was written.

use std::fs;
use std::path::Path;

use contract::error::Invalid;
use contract::{AccountId, AuditHead};
use keyring::audit::Trail;
use keyring::{Entropy, Keyring, Origin};

use super::failure::Failure;
use super::{OfAccount, VerifyTrail};
use crate::config::Config;
use crate::serve::open;

/// A line for each account; a failure when one of the trails is broken.
pub(super) async fn verify(config: &Config, wanted: &VerifyTrail) -> Result<(), Failure> {
    let kept = wanted.head.as_deref().map(read_heads).transpose()?;
    let kept = kept.unwrap_or_default();
    let keyring = open(config, Entropy::System).await?;
    let mut accounts = accounts(&keyring, &wanted.of).await?;
    // An account whose trail is gone as a whole has no head any more.
    let lost = kept.iter().map(|head| head.account_id);
    for account in lost {
        if wanted.of.account.is_none() && !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    let mut broken = Vec::new();
    for account in accounts {
        let caller = keyring::callers::operator(&keyring, Some(account), Origin::default()).await?;
        let kept = kept.iter().find(|head| head.account_id == account);
        match keyring::audit::verify(&keyring, &caller, kept).await? {
            Trail::Whole(head) => {
                let events = head.map_or(0, |head| head.sequence);
                println!("{account}: {events} events, each as it was written");
            }
            Trail::Broken(found) => broken.push(format!("{account}: {found}")),
        }
    }
    if broken.is_empty() {
        Ok(())
    } else {
        Err(Failure::Failed(broken.join("\n")))
    }
}

/// Prints heads as `--head` reads them.
pub(super) async fn head(config: &Config, wanted: &OfAccount) -> Result<(), Failure> {
    let keyring = open(config, Entropy::System).await?;
    let only = accounts(&keyring, wanted).await?;
    for head in keyring::audit::heads(&keyring).await? {
        if only.contains(&head.account_id) {
            let line = serde_json::to_string(&head);
            println!(
                "{}",
                line.map_err(|error| Failure::Failed(error.to_string()))?
            );
        }
    }
    Ok(())
}

async fn accounts(keyring: &Keyring, wanted: &OfAccount) -> Result<Vec<AccountId>, Failure> {
    let Some(id) = &wanted.account else {
        let all = keyring::accounts::all(keyring).await?;
        // An empty one is hardly the one that was meant.
        if all.is_empty() {
            let text = "there is no account in this database. Do KEYRACK_DATA_DIR and KEYRACK_DATABASE_URL name the right one?";
            return Err(Failure::Failed(text.to_owned()));
        }
        return Ok(all);
    };
    let invalid = |invalid: Invalid| Failure::Usage(format!("--account: {invalid}"));
    Ok(vec![id.parse().map_err(invalid)?])
}

fn read_heads(path: &Path) -> Result<Vec<AuditHead>, Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::Usage(format!("--head: {}: {error}", path.display()))
    };
    let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let heads = lines.map(|line| serde_json::from_str(line).map_err(|error| wrong(&error)));
    let heads: Vec<AuditHead> = heads.collect::<Result<_, _>>()?;
    if heads.is_empty() {
        return Err(wrong(&"there is no head in it"));
    }
    Ok(heads)
}
