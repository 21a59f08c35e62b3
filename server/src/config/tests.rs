use super::*;

fn load(flags: Flags, environment: &[(&str, &str)], file: &str) -> Result<Config, BadConfig> {
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_sources(&Sources::new(flags, environment, "keyrack.toml", file)?)
}

fn refusal(environment: &[(&str, &str)], file: &str) -> String {
    load(Flags::default(), environment, file)
        .unwrap_err()
        .to_string()
}

#[test]
fn without_anything_there_are_defaults() {
    let config = load(Flags::default(), &[], "").unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.public_url.origin(), "http://127.0.0.1:3000");
    assert_eq!(config.database_url.expose_secret(), "sqlite:");
    assert!(config.pepper.is_none() && config.trusted_proxies.is_empty());
    assert_eq!(config.log_format, LogFormat::Text);
}

#[test]
fn flags_win_over_environment_wins_over_file() {
    let file = "listen = '127.0.0.1:1'\ndata_dir = '/file'\nlog = 'warn'";
    let environment = [
        ("KEYRACK_LISTEN", "127.0.0.1:2"),
        ("KEYRACK_DATA_DIR", "/environment"),
    ];
    let flags = Flags {
        listen: Some("127.0.0.1:3".to_owned()),
        ..Flags::default()
    };
    let config = load(flags, &environment, file).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.data_dir, PathBuf::from("/environment"));
    assert_eq!(config.log, "warn");
}

#[test]
fn a_bad_value_is_named_with_its_place() {
    for (name, value) in [
        ("KEYRACK_LISTEN", "localhost"),
        ("KEYRACK_PUBLIC_URL", "ftp://keys.example.com"),
        ("KEYRACK_PUBLIC_URL", "https://keys.example.com/path"),
        ("KEYRACK_PUBLIC_URL", "http://keys.example.com"),
        ("KEYRACK_DATABASE_URL", "mysql://root@localhost"),
        ("KEYRACK_TRUSTED_PROXIES", "10.0.0.0/8, nonsense"),
        ("KEYRACK_LOG", "=/="),
        ("KEYRACK_LOG_FORMAT", "xml"),
    ] {
        let line = refusal(&[(name, value)], "");
        assert!(line.starts_with(&format!("{name}: ")), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
    assert!(refusal(&[], "log_format = 'xml'").starts_with("keyrack.toml: log_format: "));
}

#[test]
fn an_unknown_name_is_refused_wherever_it_stands() {
    assert!(refusal(&[("KEYRACK_LISTNE", "127.0.0.1:1")], "").starts_with("KEYRACK_LISTNE: "));
    assert!(refusal(&[], "listne = 'x'").starts_with("keyrack.toml: listne: "));
    assert!(refusal(&[], "[server]\nlisten = 'x'").starts_with("keyrack.toml: server: "));
    assert!(refusal(&[], "listen = ").starts_with("keyrack.toml: "));
}

/// `export KEYRACK_TOKEN=kr_…` is what the README and the console tell programs.
#[test]
fn a_token_for_programs_is_no_setting() {
    let config = load(Flags::default(), &[("KEYRACK_TOKEN", "kr_")], "").unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert!(refusal(&[("KEYRACK_TOKENS", "kr_")], "").starts_with("KEYRACK_TOKENS: "));
}

#[test]
fn what_kubernetes_sets_for_a_service_of_that_name_is_no_setting() {
    let variables = [
        ("KEYRACK_SERVICE_HOST", "10.0.0.11"),
        ("KEYRACK_SERVICE_PORT", "3000"),
        ("KEYRACK_SERVICE_PORT_HTTP", "3000"),
        ("KEYRACK_PORT", "tcp://10.0.0.11:3000"),
        ("KEYRACK_PORT_3000_TCP", "tcp://10.0.0.11:3000"),
        ("KEYRACK_PORT_3000_TCP_PROTO", "tcp"),
        ("KEYRACK_PORT_3000_TCP_PORT", "3000"),
        ("KEYRACK_PORT_3000_TCP_ADDR", "10.0.0.11"),
        ("KEYRACK_PORT_53_UDP", "udp://10.0.0.11:53"),
    ];
    let config = load(Flags::default(), &variables, "").unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    for (name, value) in [
        ("KEYRACK_PORT", "8080"),
        ("KEYRACK_PORTS", "tcp://10.0.0.11:3000"),
        ("KEYRACK_PORT_HTTP", "3000"),
        ("KEYRACK_PORT_3000", "3000"),
        ("KEYRACK_PORT_3000_TCP_HOST", "10.0.0.11"),
        ("KEYRACK_SERVICE", "keyrack"),
        ("KEYRACK_SERVICE_NAME", "keyrack"),
    ] {
        assert!(refusal(&[(name, value)], "").starts_with(&format!("{name}: ")));
    }
}

#[test]
fn a_refusal_never_repeats_a_password() {
    let line = refusal(
        &[("KEYRACK_DATABASE_URL", "pg://keyrack:hunter2@db/keyrack")],
        "",
    );
    assert!(!line.contains("hunter2"), "{line}");
    let config = load(
        Flags::default(),
        &[
            ("KEYRACK_DATABASE_URL", "postgres://k:hunter2@db/k"),
            ("KEYRACK_PEPPER", "hunter3"),
        ],
        "",
    );
    let debug = format!("{:?}", config.unwrap());
    assert!(!debug.contains("hunter"), "{debug}");
}

#[test]
fn the_public_url_is_an_origin() {
    let origin = |text| PublicUrl::parse(text).unwrap().origin().to_owned();
    assert_eq!(
        origin("https://Keys.Example.com:443/"),
        "https://keys.example.com"
    );
    assert_eq!(origin("http://localhost:3000"), "http://localhost:3000");
    assert_eq!(origin("http://[::1]:80"), "http://[::1]");
    let everywhere = PublicUrl::of_listener("0.0.0.0:8080".parse().unwrap());
    assert_eq!(everywhere.origin(), "http://localhost:8080");
}

#[test]
fn networks_come_as_text_or_as_a_list() {
    let networks = |config: Result<Config, BadConfig>| {
        let networks = config.unwrap().trusted_proxies;
        networks.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let text = load(
        Flags::default(),
        &[("KEYRACK_TRUSTED_PROXIES", "10.0.0.0/8, ::1")],
        "",
    );
    assert_eq!(networks(text), ["10.0.0.0/8", "::1/128"]);
    let list = load(Flags::default(), &[], "trusted_proxies = ['192.0.2.1']");
    assert_eq!(networks(list), ["192.0.2.1/32"]);
}
