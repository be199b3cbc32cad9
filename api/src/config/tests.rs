use figment::providers::{Format, Toml};

use super::*;

fn from_toml(text: &str, flags: Flags) -> Result<Config, ConfigError> {
    Config::read(&Layers::merged(Toml::string(text), flags))
}

#[test]
fn defaults_are_enough() {
    let config = from_toml("", Flags::default()).expect("the defaults are valid");
    assert_eq!(config.listen.to_string(), "127.0.0.1:4310");
    assert_eq!(config.data_dir, PathBuf::from(".omoi"));
    assert_eq!(config.request_body_bytes, 1024 * 1024);
}

#[test]
fn which_repositories_are_read_is_said_or_left_to_the_command() {
    let said = |text: &str| from_toml(text, Flags::default()).map(|config| config.local_repositories);
    assert_eq!(said("").expect("valid settings"), None);
    assert_eq!(said("local_repositories = false").expect("valid settings"), Some(false));
    assert_eq!(said("local_repositories = \"true\"").expect("valid settings"), Some(true));
    let faults = said("local_repositories = \"some\"").expect_err("no word of this").faults;
    assert!(faults.join("\n").contains("expected `true` or `false`"), "{faults:?}");
}

#[test]
fn flags_win_over_the_file() {
    let flags = Flags::new(None).with("listen", Some("127.0.0.1:1".into())).with("log", None);
    let config = from_toml("listen = \"127.0.0.1:2\"\nlog = \"debug\"\nrequest_timeout_s = 5", flags);
    let config = config.expect("valid settings");
    assert_eq!((config.listen.port(), config.log.as_str(), config.request_timeout_s), (1, "debug", 5));
}

#[test]
fn localhost_is_an_address() {
    let flags = Flags::new(None).with("listen", Some("localhost:80".into()));
    assert_eq!(from_toml("", flags).expect("valid settings").listen.to_string(), "127.0.0.1:80");
}

#[test]
fn all_faults_come_at_once_and_say_where_from() {
    let flags = Flags::new(None).with("listen", Some("nowhere".into()));
    let error = from_toml("log_format = \"xml\"\nlisten_on = 1\nnats_url = \"http://x:secret@y\"", flags);
    let faults = error.expect_err("four faults").faults;
    assert_eq!(faults.len(), 4, "{faults:?}");
    let all = faults.join("\n");
    assert!(all.contains(
        "listen: expected an address such as 127.0.0.1:4310, not \"nowhere\" (from the command line)"
    ));
    assert!(all.contains("listen_on: there is no such setting"), "{all}");
    assert!(all.contains("log_format: expected `text` or `json`, not \"xml\""), "{all}");
    assert!(all.contains("nats_url: expected a URL that begins with nats://"), "{all}");
    assert!(!all.contains("secret"), "{all}");
}

#[test]
fn a_secret_may_lie_in_a_file_and_is_never_shown() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), "postgres://app:hidden@db/omoi\n").expect("a secret");
    let text = format!("database_url_file = {:?}", file.path());
    let config = from_toml(&text, Flags::default()).expect("valid settings");
    assert_eq!(config.database_url.as_ref().map(Secret::reveal), Some("postgres://app:hidden@db/omoi"));
    assert!(!format!("{config:?}").contains("hidden"));

    let twice = format!("{text}\ndatabase_url = \"postgres://x\"");
    let faults = from_toml(&twice, Flags::default()).expect_err("given twice").faults;
    assert!(faults[0].contains("give one of them"), "{faults:?}");
}

#[test]
fn networks_are_read_as_they_are_written() {
    let config =
        from_toml("trusted_proxies = \"10.0.0.0/8, ::1\"", Flags::default()).expect("valid settings");
    let shown: Vec<String> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["10.0.0.0/8", "::1/128"]);
    let faults =
        from_toml("trusted_proxies = \"10.0.0.0/99\"", Flags::default()).expect_err("no network").faults;
    assert!(faults[0].contains("expected networks such as 10.0.0.0/8"), "{faults:?}");
}

#[test]
fn a_provider_is_configured_whole_or_not_at_all() {
    let config = from_toml("", Flags::default()).expect("none is fine").providers;
    assert!(config.github.is_none() && config.google.is_none() && config.oidc.is_none());
    let whole =
        "oidc_issuer = \"https://login.example\"\noidc_client_id = \"id\"\noidc_client_secret = \"hidden\"";
    let config = from_toml(whole, Flags::default()).expect("valid settings");
    assert!(config.providers.oidc.is_some() && !format!("{config:?}").contains("hidden"));
    for half in [
        "github_client_id = \"id\"",
        "google_client_secret = \"hidden\"",
        "oidc_issuer = \"https://login.example\"",
    ] {
        let faults = from_toml(half, Flags::default()).expect_err("half of one").faults;
        assert!(faults.len() == 1 && !faults[0].contains("hidden"), "{faults:?}");
    }
}

#[test]
fn the_embedder_is_the_built_in_one_or_a_server_with_all_that_it_needs() {
    let said = |text: &str| from_toml(text, Flags::default()).map(|config| config.embedder);
    assert!(matches!(said("").expect("valid settings"), EmbedderSettings::Lexical));
    let server = "[embedder]\nkind = \"openai\"\nmodel = \"m\"\ndimensions = 8\nkey = \"sk-hidden\"\n";
    let EmbedderSettings::OpenAi { base_url, model, dimensions, near_duplicate_from, key, .. } =
        said(server).expect("valid settings")
    else {
        panic!("a server");
    };
    assert_eq!((base_url.as_str(), model.as_str(), dimensions.count), ("https://api.openai.com/v1", "m", 8));
    assert_eq!((near_duplicate_from, key.expect("a key").reveal()), (0.85, "sk-hidden"));
    for (text, fault) in [
        ("[embedder]\nkind = \"magic\"", "embedder_kind: expected `lexical` or `openai`, not \"magic\""),
        ("[embedder]\nkind = \"openai\"\ndimensions = 8", "embedder_model: a server of embeddings needs"),
        ("embedder_kind = \"openai\"\nembedder_model = \"m\"", "embedder_dimensions: say how many"),
        (&server.replace("= 8", "= 99999"), "embedder_dimensions: say how many"),
        (&format!("{server}near_duplicate_from = 2"), "embedder_near_duplicate_from: expected a number"),
        (&format!("{server}key_env = \"HOME\""), "embedder_key and embedder_key_env: give one of them"),
        ("[embedder]\nkey_env = \"OMOI_TEST_NO_SUCH_KEY\"", "OMOI_TEST_NO_SUCH_KEY is not set"),
        ("[embedder]\nspeed = 1", "embedder_speed: there is no such setting"),
        ("embedder = 1", "embedder: there is no such setting"),
    ] {
        let faults = said(text).expect_err(text).faults.join("\n");
        assert!(faults.contains(fault) && !faults.contains("sk-hidden"), "{text}: {faults}");
    }
}
