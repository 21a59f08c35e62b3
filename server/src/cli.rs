//! The command line. Exit codes: 0 done, 1 failed, 2 used wrongly or configured wrongly.

mod audit;
mod commands;
mod failure;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Flags};
use crate::{logging, serve};
use failure::Failure;

/// Keeps an account's API keys: issue, rotate and revoke them, and decide which key reaches
/// which workspace.
#[derive(Debug, Parser)]
#[command(
    name = "keyrack",
    version,
    after_help = "Exit codes: 0 done, 1 failed, 2 used or configured wrongly.\n\
                  KEYRACK_PEPPER may be set in the environment; without it the pepper is read from the data directory."
)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring the database up to date and serve the console and REST (the default)
    Serve,
    /// Bring the database up to date and exit
    Migrate,
    /// Make the first account and its owner without a browser; what was refused can be tried again
    Init(NewAccount),
    /// Accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// People
    #[command(subcommand)]
    Person(PersonCommand),
    /// The audit log. With SQLite, stop the server first; it looks through the log itself every hour
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Print what REST offers (OpenAPI 3.1), for making clients
    Openapi,
    /// Fill an empty database with invented keys and workspaces, for trying things
    Demo(Demo),
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Make another account and its owner
    Create(NewAccount),
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Issue a key and print its token, which nothing will ever show again
    Issue(IssueKey),
}

#[derive(Debug, Subcommand)]
enum PersonCommand {
    /// Let somebody who has lost their second factor sign in with their passphrase alone. With SQLite, stop
    /// the server first
    RemoveFactor(RemoveFactor),
}

#[derive(Debug, Args)]
struct RemoveFactor {
    /// What they sign in with
    #[arg(long, value_name = "EMAIL")]
    email: String,
    /// The account, where there are several
    #[arg(long, value_name = "ID")]
    account: Option<String>,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Compute every hash again and name the first event that is not what was written
    Verify(VerifyTrail),
    /// Print the head of the log, a line of JSON for each account, to be kept elsewhere
    Head(OfAccount),
}

#[derive(Debug, Args)]
struct VerifyTrail {
    #[command(flatten)]
    of: OfAccount,
    /// Compare with the heads in this file, as `keyrack audit head` printed them
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct OfAccount {
    /// This account only [default: all]
    #[arg(long, value_name = "ID")]
    account: Option<String>,
}

/// Who owns a new account. The passphrase is asked for, or read from standard input.
#[derive(Debug, Args)]
struct NewAccount {
    /// What the account is called
    #[arg(long, value_name = "NAME")]
    account: String,
    /// The owner's address, for signing in
    #[arg(long, value_name = "EMAIL")]
    email: String,
    /// The owner's name [default: the part of the address before the @]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Read the passphrase (15 characters or more) from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
struct IssueKey {
    /// What the key is called
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What the key is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// resource:read, resource:manage or *; may be repeated
    #[arg(long = "permission", value_name = "PERMISSION")]
    permissions: Vec<String>,
    /// A workspace that the key reaches, by id or by its exact name; may be repeated
    #[arg(long = "workspace", value_name = "WORKSPACE")]
    workspaces: Vec<String>,
    /// Let the key reach all workspaces, present and future
    #[arg(long, conflicts_with = "workspaces")]
    all_workspaces: bool,
    /// When the key expires, like 2027-02-21T12:00:00Z [default: as the settings of the account say]
    #[arg(long, value_name = "TIME")]
    expires_at: Option<String>,
    /// Let the key last until it is revoked, whatever the settings say
    #[arg(long, conflicts_with = "expires_at")]
    never_expires: bool,
    /// The account, where there are several
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Print the whole key as JSON instead of the token alone
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Demo {
    /// How many keys
    #[arg(long, value_name = "N", default_value_t = 40)]
    keys: usize,
    /// How many workspaces
    #[arg(long, value_name = "N", default_value_t = 18)]
    workspaces: usize,
    /// How many cells of a hundred are granted
    #[arg(long, value_name = "PERCENT", default_value_t = 33)]
    granted: usize,
    /// Print requests to verify the tokens of so many keys that are not disabled, a line each. Nothing
    /// will ever show these tokens again
    #[arg(long, value_name = "N", default_value_t = 0)]
    requests: usize,
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let Cli { flags, command } = Cli::parse();
    let result = Config::load(flags)
        .map_err(|error| Failure::Usage(error.to_string()))
        .and_then(|config| run(&config, command.unwrap_or(Command::Serve)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("keyrack: {message}");
            ExitCode::from(2)
        }
        Err(Failure::Failed(message)) => {
            eprintln!("keyrack: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(config: &Config, command: Command) -> Result<(), Failure> {
    logging::init(config);
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::Failed(format!("the runtime could not start: {error}")))?;
    runtime.block_on(async {
        match command {
            Command::Serve => Ok(serve::run(config).await?),
            Command::Migrate => commands::migrate(config).await,
            Command::Init(owner) => commands::init(config, owner).await,
            Command::Account(AccountCommand::Create(owner)) => {
                commands::create_account(config, owner).await
            }
            Command::Key(KeyCommand::Issue(key)) => commands::issue_key(config, key).await,
            Command::Person(PersonCommand::RemoveFactor(of)) => {
                commands::remove_factor(config, of).await
            }
            Command::Audit(AuditCommand::Verify(of)) => audit::verify(config, &of).await,
            Command::Audit(AuditCommand::Head(of)) => audit::head(config, &of).await,
            Command::Demo(demo) => commands::demo(config, &demo).await,
            Command::Openapi => {
                println!("{:#}", crate::rest::document());
                Ok(())
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_names_every_setting() {
        let help = Cli::command().render_long_help().to_string();
        for setting in [
            "KEYRACK_LISTEN",
            "KEYRACK_PUBLIC_URL",
            "KEYRACK_DATA_DIR",
            "KEYRACK_DATABASE_URL",
            "KEYRACK_PEPPER",
            "KEYRACK_TRUSTED_PROXIES",
            "KEYRACK_LOG",
            "KEYRACK_LOG_FORMAT",
        ] {
            assert!(help.contains(setting), "{setting}");
        }
    }
}
