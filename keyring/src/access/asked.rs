//! Questions about access as people ask them: by the names of things, which may mean several.

use std::collections::BTreeSet;

use contract::console::{Answer, AskedPlace, ExplainChoices, Explained, FoundKey, Named};
use contract::request::Question;
use contract::resource::BareMetadata;
use contract::{ApiKeyId, Invalid, Permission, WorkspaceId};

use crate::caller::Caller;
use crate::error::Result;
use crate::palette::{found_keys, found_workspaces};
use crate::{Keyring, keys, store, verification, workspaces};

/// How many keys and how many workspaces are offered before anything is asked.
const OFFERED: u64 = 100;
/// How many are told that may be meant.
const FEW: u32 = 20;

/// What to offer somebody who is about to ask.
pub async fn choices(keyring: &Keyring, caller: &Caller) -> Result<ExplainChoices> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let newest = store::keys::rows(db, keys::visible_to(caller), OFFERED).await?;
    let seen = workspaces::visible_to(caller);
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

/// Why a key may or may not do something, where key and workspace are written as an id or a name; or which
/// may be meant. An empty text for the workspace or the permission asks for none.
pub async fn explained(
    keyring: &Keyring,
    caller: &Caller,
    [key, workspace, permission]: [&str; 3],
) -> Result<Explained> {
    caller.require(&Permission::read("api_keys"))?;
    keys::check_text("key", Some(key))?;
    keys::check_text("workspace", Some(workspace))?;
    let given = |text: &'_ str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let key = match meant_key(keyring, caller, key.trim()).await? {
        Ok(key) => key,
        Err(several) => return Ok(Explained::WhichKey(several)),
    };
    let workspace = match given(workspace) {
        None => None,
        Some(text) => match meant_workspace(keyring, caller, &text).await? {
            Ok(place) => Some(place),
            Err(several) => return Ok(Explained::WhichWorkspace(several)),
        },
    };
    let place = workspace.as_ref().map(AskedPlace::written_by_id);
    let question = Question::parse(place.as_deref(), given(permission).as_deref(), "")?;
    Ok(Explained::Answer(Box::new(Answer {
        explanation: verification::explain(keyring, caller, key.id, &question).await?,
        key,
        workspace,
    })))
}

/// The key that a text means, or those that it may mean.
async fn meant_key(
    keyring: &Keyring,
    caller: &Caller,
    text: &str,
) -> Result<Result<Named<ApiKeyId>, Vec<FoundKey>>> {
    let found = async |text: &str| -> Result<Vec<FoundKey>> {
        let found = found_keys(keyring, caller, text, FEW).await?;
        Ok(narrowed(found, |key| &key.name, text))
    };
    if let Ok(id) = text.parse::<ApiKeyId>() {
        let row = keys::visible(keyring.reader(), caller, id).await?;
        let same = found(&row.name).await?;
        return Ok(Ok(Named {
            by_name: matches!(&*same, [one] if one.id == id),
            name: row.name,
            id,
        }));
    }
    let mut several = found(text).await?;
    if several.is_empty() {
        let refused = Invalid::new(format!(
            "no key that you see is called “{text}”. Write the name of a key, a part of it, or its id"
        ));
        return Err(refused.at("key").into());
    }
    if several.len() > 1 {
        return Ok(Err(several));
    }
    let FoundKey { id, name, .. } = several.remove(0);
    Ok(Ok(Named {
        id,
        name,
        by_name: true,
    }))
}

/// The workspace that a text means, or those that it may mean. What means none is asked for all the same: the
/// verdict knows what to say.
async fn meant_workspace(
    keyring: &Keyring,
    caller: &Caller,
    text: &str,
) -> Result<Result<AskedPlace, Vec<BareMetadata<WorkspaceId>>>> {
    let found = async |text: &str| -> Result<Vec<BareMetadata<WorkspaceId>>> {
        let found = found_workspaces(keyring, caller, &store::folded(text), FEW).await?;
        Ok(narrowed(found, |one| &one.name, text))
    };
    if let Ok(id) = text.parse::<WorkspaceId>() {
        let row = store::workspaces::find(keyring.reader(), caller.account, id).await?;
        let row = row.filter(|_| workspaces::visible_to(caller).includes(id));
        let Some(row) = row else {
            return Ok(Ok(AskedPlace::Unknown(text.to_owned())));
        };
        let same = found(&row.name).await?;
        return Ok(Ok(AskedPlace::Known(Named {
            by_name: matches!(&*same, [one] if one.id == id),
            name: row.name,
            id,
        })));
    }
    let mut several = found(text).await?;
    if several.len() > 1 {
        return Ok(Err(several));
    }
    Ok(Ok(several.pop().map_or_else(
        || AskedPlace::Unknown(text.to_owned()),
        |BareMetadata { id, name }| {
            AskedPlace::Known(Named {
                id,
                name,
                by_name: true,
            })
        },
    )))
}

/// Those that are called just so; else those that are but for case; else all.
fn narrowed<T>(found: Vec<T>, name: impl Fn(&T) -> &String, text: &str) -> Vec<T> {
    let wanted = store::folded(text);
    let just_so = |one: &T| name(one) == text;
    let but_for_case = |one: &T| store::folded(name(one)) == wanted;
    if found.iter().any(just_so) {
        found.into_iter().filter(just_so).collect()
    } else if found.iter().any(but_for_case) {
        found.into_iter().filter(but_for_case).collect()
    } else {
        found
    }
}
