//! The real binary: commands, exit codes, signals.

use std::process::Output;

use serde_json::Value;

use crate::support::{Process, data_dir};

const OWNER: [&str; 6] = [
    "init",
    "--account",
    "Northwind",
    "--email",
    "mira@northwind.example",
    "--password-stdin",
];

#[track_caller]
fn ended(output: &Output, code: i32) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{stdout}{stderr}");
    (stdout, stderr)
}

#[tokio::test]
async fn from_nothing_to_a_token_that_works() {
    let folder = data_dir();
    let run = |arguments: &[&str], input: &str| Process::run(folder.path(), arguments, input);
    ended(&run(&["migrate"], ""), 0);
    let (account, _) = ended(&run(&OWNER, "correct horse battery staple\n"), 0);
    assert!(account.starts_with("account_"));
    ended(&run(&OWNER, "correct horse battery staple\n"), 1);

    let issue = [
        "key",
        "issue",
        "--name",
        "ci",
        "--permission",
        "api_keys:read",
    ];
    let (token, said) = ended(&run(&issue, ""), 0);
    assert!(
        token.starts_with("kr_") && token.lines().count() == 1,
        "the token alone"
    );
    assert!(
        said.contains("apikey_") && !said.contains(token.trim()),
        "{said}"
    );
    let (json, _) = ended(&run(&[&issue[..], &["--json"]].concat(), ""), 0);
    let key: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(key["spec"]["permissions"][0], "api_keys:read");

    let process = Process::serve(folder.path());
    process
        .call("GET", "/v1/whoami")
        .token(token.trim())
        .await
        .is(200);
    let text = key["spec"]["token"].as_str().unwrap();
    process
        .call("GET", "/v1/account/api_keys")
        .token(text)
        .await
        .is(200);
}

#[tokio::test]
async fn the_log_says_how_to_begin_and_sigterm_ends_well() {
    let folder = data_dir();
    let mut process = Process::serve(folder.path());
    let line = process.line_with("setup code");
    assert!(
        line.contains(&format!("http://{}/setup", process.address)),
        "{line}"
    );
    let code = line
        .split("setup code ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .unwrap();
    assert_eq!(code.len(), "7F3K-Q9TD-24MX".len(), "{line}");
    process.call("GET", "/readyz").await.is(200);
    assert_eq!(process.terminate(), Some(0));
    let database = std::fs::read(folder.path().join("data/keyrack.db")).unwrap();
    assert!(
        !String::from_utf8_lossy(&database).contains(code),
        "the code is hashed at rest"
    );
}

#[test]
fn the_data_directory_is_private_and_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = data_dir();
    let _server = Process::serve(folder.path());
    let mode = |name: &str| {
        std::fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("data"), 0o700);
    assert_eq!(mode("data/pepper"), 0o600);
    let (_, said) = ended(&Process::run(folder.path(), &["migrate"], ""), 1);
    assert!(said.contains("data"), "{said}");
}

#[test]
fn who_lost_their_second_factor_is_named_by_their_address() {
    let folder = data_dir();
    let run = |arguments: &[&str], input: &str| Process::run(folder.path(), arguments, input);
    ended(&run(&OWNER, "correct horse battery staple\n"), 0);
    let remove = |email| run(&["person", "remove-factor", "--email", email], "");
    let (_, said) = ended(&remove("nobody@northwind.example"), 1);
    assert!(said.contains("nobody here signs in"), "{said}");
    let (_, said) = ended(&remove("Mira@northwind.example"), 0);
    assert!(said.contains("no second factor"), "{said}");
    ended(&run(&["person", "remove-factor"], ""), 2);
}

#[test]
fn what_is_wrong_is_said_in_one_line_and_with_the_right_code() {
    let folder = data_dir();
    let run = |name: &str, value: &str| {
        Process::command(folder.path())
            .env(name, value)
            .output()
            .expect("keyrack ends")
    };
    for (name, value) in [
        ("KEYRACK_LISTEN", "nonsense"),
        ("KEYRACK_LISTNE", "127.0.0.1:1"),
        ("KEYRACK_LOG_FORMAT", "xml"),
    ] {
        let (_, said) = ended(&run(name, value), 2);
        assert!(
            said.starts_with(&format!("keyrack: {name}")) && said.lines().count() == 1,
            "{said}"
        );
    }
    ended(&Process::run(folder.path(), &["nonsense"], ""), 2);
    ended(&Process::run(folder.path(), &["key", "issue"], ""), 2);
    let (_, said) = ended(
        &Process::run(folder.path(), &["key", "issue", "--name", "ci"], ""),
        1,
    );
    assert!(said.contains("keyrack init"), "{said}");
    let (help, _) = ended(&Process::run(folder.path(), &["--help"], ""), 0);
    for command in [
        "serve", "migrate", "init", "account", "key", "person", "demo",
    ] {
        assert!(help.contains(command), "{command}");
    }
}

#[test]
fn a_refused_value_is_named_by_its_flag_and_the_next_try_works() {
    let folder = data_dir();
    let run = |arguments: &[&str], input: &str| Process::run(folder.path(), arguments, input);
    for (passphrase, reason) in [
        ("too short", "the passphrase: 9 of 15 characters"),
        ("passwordpassword", "the passphrase: this one is among"),
    ] {
        let (_, said) = ended(&run(&OWNER, &format!("{passphrase}\n")), 2);
        assert!(said.contains(reason), "{said}");
    }
    let nobody = [
        "init",
        "--account",
        "",
        "--email",
        "mira",
        "--password-stdin",
    ];
    let (_, said) = ended(&run(&nobody, "correct horse battery staple\n"), 2);
    assert!(
        said.contains("--account: give") && said.contains("; --email: use an address"),
        "{said}"
    );
    ended(&run(&OWNER, "correct horse battery staple\n"), 0);

    for (flag, value) in [
        ("--name", ""),
        ("--description", "\u{7}"),
        ("--permission", "nonsense"),
        ("--permission", "nothing:manage"),
        ("--expires-at", "tomorrow"),
        ("--expires-at", "2001-01-01T00:00:00Z"),
        ("--workspace", "prod-eu"),
        ("--account", "nonsense"),
    ] {
        let mut arguments = vec!["key", "issue", flag, value];
        if flag != "--name" {
            arguments.extend(["--name", "ci"]);
        }
        let (_, said) = ended(&run(&arguments, ""), 2);
        assert!(said.starts_with(&format!("keyrack: {flag}: ")), "{said}");
    }
}

#[test]
fn an_address_in_use_is_named_with_the_way_to_choose_another() {
    let folder = data_dir();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (_, said) = ended(
        &Process::run(folder.path(), &["serve", "--listen", &address], ""),
        1,
    );
    for part in [address.as_str(), "--listen", "KEYRACK_LISTEN"] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_file_configures_too_and_a_bad_one_is_named() {
    let folder = data_dir();
    std::fs::write(folder.path().join("keyrack.toml"), "log_format = 'xml'").unwrap();
    let (_, said) = ended(&Process::run(folder.path(), &["migrate"], ""), 2);
    assert!(said.contains("keyrack.toml: log_format"), "{said}");
}

#[tokio::test]
async fn a_demo_fills_an_empty_database() {
    let folder = data_dir();
    let (_, said) = ended(
        &Process::run(
            folder.path(),
            &["demo", "--keys", "5", "--workspaces", "3"],
            "",
        ),
        0,
    );
    assert!(said.contains("demo@example.com"), "{said}");
    let issue = [
        "key",
        "issue",
        "--name",
        "reader",
        "--permission",
        "*",
        "--all-workspaces",
    ];
    let (token, _) = ended(&Process::run(folder.path(), &issue, ""), 0);
    let process = Process::serve(folder.path());
    let keys = process
        .call("GET", "/v1/account/api_keys?limit=100")
        .token(token.trim())
        .await;
    assert_eq!(
        keys.is(200).item_names().len(),
        5 + 2,
        "and the system key and the reader"
    );
    let workspaces = process
        .call("GET", "/v1/workspaces")
        .token(token.trim())
        .await;
    assert_eq!(workspaces.is(200).item_names().len(), 3);
}

#[test]
fn a_trail_is_verified_and_compared_with_a_head_that_was_kept() {
    let folder = data_dir();
    let run = |arguments: &[&str], input: &str| Process::run(folder.path(), arguments, input);
    let (account, _) = ended(&run(&OWNER, "correct horse battery staple\n"), 0);
    let account = account.trim();
    ended(&run(&["key", "issue", "--name", "ci"], ""), 0);
    let (head, _) = ended(&run(&["audit", "head"], ""), 0);
    let kept = folder.path().join("head.json");
    std::fs::write(&kept, &head).unwrap();
    let kept = kept.to_str().unwrap();
    let told: Value = serde_json::from_str(&head).unwrap();
    assert_eq!(
        (&told["accountId"], &told["sequence"]),
        (&account.into(), &2.into())
    );
    ended(&run(&["key", "issue", "--name", "cd"], ""), 0);
    let (said, _) = ended(&run(&["audit", "verify", "--head", kept], ""), 0);
    assert_eq!(
        said,
        format!("{account}: 3 events, each as it was written\n")
    );
    ended(&run(&["audit", "verify", "--account", account], ""), 0);
    ended(&run(&["audit", "verify", "--account", "nonsense"], ""), 2);
    ended(&run(&["audit", "verify", "--head", "/nowhere"], ""), 2);

    let of_another = head.replacen(&told["hash"].as_str().unwrap()[..4], "ffff", 1);
    std::fs::write(kept, of_another).unwrap();
    let (_, said) = ended(&run(&["audit", "verify", "--head", kept], ""), 1);
    assert!(
        said.contains("event 2 (event_") && said.contains("kept elsewhere"),
        "{said}"
    );
}
