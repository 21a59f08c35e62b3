//! Questions about access as people ask them: by the names of things, which may mean several.

use std::collections::BTreeSet;

use contract::console::{Answer, AskedPlace, ExplainChoices, Explained, FoundKey, Named};
use contract::request::Question;
use contract::resource::{BareMetadata, WorkspaceStatus};
use contract::{ApiKeyId, Invalid, Permission, WorkspaceId};

use crate::caller::Caller;
use crate::error::Result;
use crate::palette::found_keys;
use crate::{Keyring, keys, store, verification};

/// How many keys and how many workspaces are offered before anything is asked.
const OFFERED: u64 = 100;
/// How many are told that may be meant.
const FEW: u32 = 20;

/// A question as it was written: key and workspace by name or id. An empty text asks for nothing.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub key: &'a str,
    pub workspace: &'a str,
    pub permission: &'a str,
}

/// What a text may mean.
enum Meant<One, Each> {
    One(One),
    Several(Vec<Each>),
}

/// What to offer somebody who is about to ask.
pub async fn choices(keyring: &Keyring, caller: &Caller) -> Result<ExplainChoices> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let newest = store::keys::rows(db, keys::visible_to(caller), OFFERED).await?;
    let seen = caller.known_workspaces();
    let oldest = store::workspaces::present(db, caller.account, &seen, OFFERED).await?;
    let permissions = keyring.catalogue().entries().iter().flat_map(|entry| {
        let read = entry.readable.then(|| Permission::read(&entry.resource));
        read.into_iter()
            .chain([Permission::manage(&entry.resource)])
    });
    Ok(ExplainChoices {
        keys: each_once(newest.into_iter().map(|row| row.name)),
        workspaces: each_once(oldest.into_iter().map(|row| row.name)),
        permissions: permissions
            .map(|permission| permission.to_string())
            .collect(),
    })
}

fn each_once(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

/// Why a key may or may not do something; or which key or workspace may be meant.
pub async fn explained(keyring: &Keyring, caller: &Caller, asked: Asked<'_>) -> Result<Explained> {
    caller.require(&Permission::read("api_keys"))?;
    keys::check_text("key", Some(asked.key))?;
    keys::check_text("workspace", Some(asked.workspace))?;
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let key = match meant_key(keyring, caller, asked.key.trim()).await? {
        Meant::One(key) => key,
        Meant::Several(keys) => return Ok(Explained::WhichKey(keys)),
    };
    let workspace = match given(asked.workspace) {
        None => None,
        Some(text) => match meant_workspace(keyring, caller, &text).await? {
            Meant::One(place) => Some(place),
            Meant::Several(places) => return Ok(Explained::WhichWorkspace(places)),
        },
    };
    let place = workspace.as_ref().map(AskedPlace::written_by_id);
    let question = Question::parse(place.as_deref(), given(asked.permission).as_deref(), "")?;
    let row = keys::visible_ever(keyring.reader(), caller, key.id).await?;
    Ok(Explained::Answer(Box::new(Answer {
        explanation: verification::explain_row(keyring, caller, row, &question).await?,
        key,
        workspace,
    })))
}

async fn meant_key(
    keyring: &Keyring,
    caller: &Caller,
    text: &str,
) -> Result<Meant<Named<ApiKeyId>, FoundKey>> {
    if let Ok(id) = text.parse::<ApiKeyId>() {
        let row = keys::visible_ever(keyring.reader(), caller, id).await?;
        let found = found_keys(keyring, caller, &row.name, FEW).await?;
        let same = called(&found, |key| &key.name, &row.name);
        return Ok(Meant::One(Named {
            by_name: matches!(&*same, [one] if one.id == id),
            name: row.name,
            id,
        }));
    }
    let found = found_keys(keyring, caller, text, FEW).await?;
    let named = called(&found, |key| &key.name, text);
    Ok(match &*named {
        [one] => Meant::One(Named {
            id: one.id,
            name: one.name.clone(),
            by_name: true,
        }),
        // What has the text elsewhere, in its description perhaps, is not called so.
        [] if !found.is_empty() => Meant::Several(found),
        [] => {
            let refused = Invalid::new(format!(
                "no key that you see is called “{text}”. Write the name of a key, a part of it, or its id; a revoked key goes by its id alone"
            ));
            return Err(refused.at("key").into());
        }
        several => Meant::Several(several.iter().copied().cloned().collect()),
    })
}

/// What means no workspace is asked for all the same: the verdict knows what to say.
async fn meant_workspace(
    keyring: &Keyring,
    caller: &Caller,
    text: &str,
) -> Result<Meant<AskedPlace, BareMetadata<WorkspaceId>>> {
    let mut all = store::workspaces::all(keyring.reader(), caller.account).await?;
    let seen = caller.known_workspaces();
    all.retain(|row| seen.includes(row.typed_id()));
    all.sort_by_key(|row| row.status() == WorkspaceStatus::Archived);
    if let Ok(id) = text.parse::<WorkspaceId>() {
        let Some(row) = all.iter().find(|row| row.typed_id() == id) else {
            return Ok(Meant::One(AskedPlace::Unknown(text.to_owned())));
        };
        return Ok(Meant::One(AskedPlace::Known(Named {
            id,
            name: row.name.clone(),
            by_name: called(&all, |row| &row.name, &row.name).len() == 1,
        })));
    }
    let named = called(&all, |row| &row.name, text);
    Ok(match &*named {
        [] => Meant::One(AskedPlace::Unknown(text.to_owned())),
        [one] => Meant::One(AskedPlace::Known(Named {
            id: one.typed_id(),
            name: one.name.clone(),
            by_name: true,
        })),
        several => {
            let told = several.iter().take(FEW as usize);
            let told = told.map(|row| BareMetadata {
                id: row.typed_id(),
                name: row.name.clone(),
            });
            Meant::Several(told.collect())
        }
    })
}

/// Those that are called just so; else those that are but for case; else those with the text in their name.
fn called<'a, T>(all: &'a [T], name: impl Fn(&T) -> &String, text: &str) -> Vec<&'a T> {
    let wanted = store::folded(text);
    let rules: [&dyn Fn(&T) -> bool; 3] = [
        &|one| name(one) == text,
        &|one| store::folded(name(one)) == wanted,
        &|one| store::folded(name(one)).contains(&wanted),
    ];
    let those =
        |rule: &&dyn Fn(&T) -> bool| -> Vec<&'a T> { all.iter().filter(|one| rule(one)).collect() };
    let mut found = rules.iter().map(those);
    found.find(|those| !those.is_empty()).unwrap_or_default()
}
