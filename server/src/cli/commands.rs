//! What the commands do, besides `serve`.

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal};

use contract::WorkspaceId;
use contract::console::SetupState;
use contract::error::{Invalid, Refusals};
use contract::form::{Fields, NewOwner};
use contract::page::{MAX_LIMIT, PageRequest};
use contract::request::{CreateApiKey, ListWorkspaces};
use contract::resource::{RevealedApiKey, RevealedToken};
use keyring::{Caller, Entropy, Keyring, Origin};
use secrecy::{ExposeSecret, SecretString};

use super::failure::Failure;
use super::{Demo, IssueKey, NewAccount, RemoveFactor};
use crate::config::Config;
use crate::serve::open;

pub(super) async fn migrate(config: &Config) -> Result<(), Failure> {
    open(config, Entropy::System).await?;
    Ok(())
}

/// Refuses when there is an owner already, so that it can stand in a script that runs twice. A try
/// that was refused leaves a database without an owner, which the next try takes as it is.
pub(super) async fn init(config: &Config, owner: NewAccount) -> Result<(), Failure> {
    let keyring = open(config, Entropy::System).await?;
    if keyring::setup::state(&keyring).await? == SetupState::Done {
        return Err(Failure::Failed(
            "this Keyrack has an owner; `keyrack account create` makes another account".to_owned(),
        ));
    }
    create(config, &keyring, owner).await
}

pub(super) async fn create_account(config: &Config, owner: NewAccount) -> Result<(), Failure> {
    let keyring = open(config, Entropy::System).await?;
    create(config, &keyring, owner).await
}

async fn create(config: &Config, keyring: &Keyring, owner: NewAccount) -> Result<(), Failure> {
    let passphrase = passphrase(owner.password_stdin)?;
    let email = owner.email.clone();
    let owner = new_owner(owner, &passphrase)?;
    let account = keyring::accounts::create(keyring, owner, passphrase, Origin::default()).await?;
    println!("{account}");
    eprintln!("sign in at {} as {email}", config.public_url);
    Ok(())
}

/// Through the same checks as the setup form.
fn new_owner(owner: NewAccount, passphrase: &SecretString) -> Result<NewOwner, contract::Error> {
    let name = owner
        .name
        .unwrap_or_else(|| owner.email.split('@').next().unwrap_or_default().to_owned());
    let fields: Fields = [
        // The operator needs no code: who can run this can read the log.
        ("code", "operator".to_owned()),
        ("account", owner.account),
        ("name", name),
        ("email", owner.email),
        ("passphrase", passphrase.expose_secret().to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    NewOwner::from_form(&fields)
}

fn passphrase(from_stdin: bool) -> Result<SecretString, Failure> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(|error| Failure::Failed(format!("standard input: {error}")))?;
        return Ok(line.trim_end_matches(['\r', '\n']).into());
    }
    if !std::io::stdin().is_terminal() {
        let message = "there is no terminal to ask for the passphrase; use --password-stdin";
        return Err(Failure::Usage(message.to_owned()));
    }
    rpassword::prompt_password("Passphrase (15 characters or more): ")
        .map(SecretString::from)
        .map_err(|error| Failure::Failed(format!("the terminal: {error}")))
}

/// The token alone goes to standard output, so that it can be piped; what is told to a person
/// goes beside it.
pub(super) async fn issue_key(config: &Config, key: IssueKey) -> Result<(), Failure> {
    let keyring = open(config, Entropy::System).await?;
    let caller = operator(&keyring, key.account.as_deref()).await?;
    let json = key.json;
    let workspaces = workspaces(&keyring, &caller, &key.workspaces).await?;
    let mut request = CreateApiKey::default();
    request.metadata.name = Some(key.name);
    request.spec.description = key.description;
    request.spec.permissions = Some(key.permissions);
    request.spec.expires_at = key.expires_at;
    request.spec.never_expires = Some(key.never_expires);
    request.spec.all_workspaces = Some(key.all_workspaces);
    request.initial_workspace_ids = workspaces.iter().map(ToString::to_string).collect();
    let (key, token) = keyring::keys::issue(&keyring, &caller, request.try_into()?).await?;
    if json {
        let revealed = RevealedApiKey::new(key, RevealedToken::new(token.expose()));
        let text = serde_json::to_string_pretty(&revealed)
            .map_err(|error| Failure::Failed(error.to_string()))?;
        println!("{text}");
    } else {
        println!("{}", token.expose());
        eprintln!(
            "issued {} ({}); the token is not shown again",
            key.metadata.id, key.metadata.name
        );
    }
    Ok(())
}

/// Whoever runs this, in the account that is named, or in the only one.
async fn operator(keyring: &Keyring, account: Option<&str>) -> Result<Caller, Failure> {
    let parse = |id: &str| {
        id.parse()
            .map_err(|invalid: Invalid| Failure::Usage(format!("--account: {invalid}")))
    };
    let account = account.map(parse).transpose()?;
    Ok(keyring::callers::operator(keyring, account, Origin::default()).await?)
}

/// For who has lost it, and has nobody who could take it away in the console.
pub(super) async fn remove_factor(config: &Config, of: RemoveFactor) -> Result<(), Failure> {
    let keyring = open(config, Entropy::System).await?;
    let caller = operator(&keyring, of.account.as_deref()).await?;
    let email = of.email.trim().to_lowercase();
    let found = keyring::people::list(&keyring, &caller, &email, None).await?;
    let person = found.rows.into_iter().find(|person| person.email == email);
    let Some(person) = person else {
        let message = format!("nobody here signs in with {email}");
        return Err(Failure::Failed(message));
    };
    if !person.second_factor {
        eprintln!("{} has no second factor", person.name);
        return Ok(());
    }
    keyring::factor::remove(&keyring, &caller, person.id).await?;
    eprintln!("{} signs in with the passphrase alone now", person.name);
    Ok(())
}

/// Each by its id or, where exactly one has it, by its name.
async fn workspaces(
    keyring: &Keyring,
    caller: &Caller,
    wanted: &[String],
) -> Result<BTreeSet<WorkspaceId>, Failure> {
    let mut known = Vec::new();
    let mut cursor = None;
    let mut more = !wanted.is_empty();
    while more {
        let page = PageRequest {
            cursor,
            limit: Some(MAX_LIMIT),
        };
        let list = ListWorkspaces {
            page,
            ..ListWorkspaces::default()
        };
        let page = keyring::workspaces::list(keyring, caller, list).await?;
        known.extend(page.items.into_iter().map(|workspace| workspace.metadata));
        cursor = page.pagination.next_cursor;
        more = cursor.is_some();
    }
    let mut refusals = Refusals::default();
    let found = wanted.iter().filter_map(|text| {
        let same = |id: &WorkspaceId, name: &str| id.to_string() == *text || name == text;
        let matching: Vec<_> = known
            .iter()
            .filter(|metadata| same(&metadata.id, &metadata.name))
            .map(|metadata| metadata.id)
            .collect();
        let one = match matching.as_slice() {
            [one] => Ok(*one),
            [] => Err(Invalid::new(format!("there is no workspace {text:?}"))),
            _ => Err(Invalid::new(format!(
                "several workspaces are called {text:?}; use an id"
            ))),
        };
        refusals.take("--workspace", one)
    });
    let found = found.collect();
    if refusals.is_empty() {
        Ok(found)
    } else {
        Err(contract::Error::from(refusals).into())
    }
}

/// An empty database gets an owner first, whose passphrase is printed once.
pub(super) async fn demo(config: &Config, demo: &Demo) -> Result<(), Failure> {
    let keyring = open(config, Entropy::System).await?;
    if keyring::setup::state(&keyring).await? == SetupState::Open {
        let passphrase = generated_passphrase();
        let owner = NewAccount {
            account: "Demo".to_owned(),
            email: "demo@example.com".to_owned(),
            name: Some("Demo".to_owned()),
            password_stdin: false,
        };
        let owner = new_owner(owner, &passphrase)?;
        let shown = passphrase.expose_secret().to_owned();
        keyring::accounts::create(&keyring, owner, passphrase, Origin::default()).await?;
        eprintln!(
            "sign in at {} as demo@example.com with the passphrase {shown}",
            config.public_url
        );
    }
    let caller = keyring::callers::operator(&keyring, None, Origin::default()).await?;
    let wanted = keyring::demo::Demo {
        keys: demo.keys,
        workspaces: demo.workspaces,
        granted: demo.granted,
        told: demo.requests,
    };
    for told in keyring::demo::fill(&keyring, &caller, wanted).await? {
        let (token, workspace) = (told.token.expose(), told.workspace);
        match workspace {
            Some(id) => println!(
                "{}",
                serde_json::json!({ "token": token, "workspaceId": id })
            ),
            None => println!("{}", serde_json::json!({ "token": token })),
        }
    }
    eprintln!("made {} keys and {} workspaces", demo.keys, demo.workspaces);
    Ok(())
}

/// 100 bits in letters that are hard to mistake.
fn generated_passphrase() -> SecretString {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters = Entropy::System
        .bytes::<20>()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let groups: Vec<String> = letters
        .chunks(5)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-").into()
}
