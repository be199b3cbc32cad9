use figment::providers::{Format as _, Toml};
use ports::llm::Models as _;

use super::super::{ConfigError, layers::Flags};
use super::*;

fn config(text: &str) -> Result<Config, ConfigError> {
    Config::read(&Layers::merged(Toml::string(text), Flags::default()))
}

/// The model, its provider and a million of its output tokens, in micro-dollars.
fn route(models: &Router, purpose: &str) -> (String, String, i64) {
    let route = models.route(purpose).expect("somebody answers");
    (route.model.to_string(), route.provider, route.price.rates.output.micros())
}

const SECTION_OF_TWO: &str = r#"
[llm.providers.big]
kind = "openai"
key_env = "ANTHROPIC_API_KEY"
[llm.providers.here]
kind = "openai"
base_url = "http://127.0.0.1:11434/v1"
[llm.models."gpt-6.2-sol"]
provider = "big"
max_output_tokens = 8_000
[llm.models.small]
provider = "here"
id = "llama3"
price = { input = 0, output = 0 }
extra = { reasoning_effort = "low", seed = 7 }
[llm.purposes]
default = "small"
design = "gpt-6.2-sol"
"#;

#[test]
fn the_section_says_who_is_asked_for_what() {
    let text = format!("anthropic_api_key = \"sk-hidden\"\n{SECTION_OF_TWO}");
    let config = config(&text).expect("valid settings");
    assert!(!format!("{config:?}").contains("hidden"));
    let models = config.models().expect("the key is there");
    assert_eq!(route(&models, "design"), ("gpt-6.2-sol".into(), "big".into(), 10_000_000));
    assert_eq!(route(&models, "tasks"), ("llama3".into(), "here".into(), 0));
    assert_eq!(config.models.settings.models["small"].extra["seed"], 7);
    assert_eq!(models.route("design").expect("it is named").max_output_tokens, 8_000);
}

#[test]
fn every_fault_of_the_section_comes_at_once() {
    let text = r#"
log_format = "xml"
[llm.providers.a]
kind = "magic"
[llm.providers.b]
kind = "openai"
key = "sk-hidden"
[llm.models.c]
provider = "a"
max_output_tokens = "many"
[llm.purposes]
default = 3
[llm.prices]
a = 1
"#;
    let faults = config(text).expect_err("six faults").faults;
    assert_eq!(faults.len(), 6, "{faults:#?}");
    let all = faults.join("\n");
    for fault in [
        "llm.providers.a.kind: unknown variant",
        "llm.providers.b.key: unknown field",
        "llm.models.c.max_output_tokens: invalid type",
        "llm.purposes.default: invalid type",
        "llm.prices: there is no such table; there are providers, models, purposes",
    ] {
        assert!(all.contains(fault), "{fault}: {all}");
    }
    assert!(!all.contains("hidden"), "{all}");
    assert!(config("llm = 1").expect_err("no table").faults[0].contains("expected the tables"));
}

#[test]
fn what_leads_nowhere_is_told_when_models_are_wanted() {
    let config = config("[llm.purposes]\ndefault = \"big\"").expect("of the right shape");
    let error = format!("{:#}", config.models().expect_err("there is no big"));
    assert!(
        error.contains("[llm]") && error.contains("the model big, which is not among the models"),
        "{error}"
    );
}

#[test]
fn an_empty_section_turns_models_off() {
    let off = config("openai_api_key = \"sk-hidden\"\n[llm]").expect("valid settings");
    assert_eq!(off.models().expect("nothing leads nowhere").routes().count(), 0);
}

#[test]
fn a_key_alone_has_the_usual_model_of_its_company() {
    let with = |names: &[&'static str]| {
        let keys = names.iter().map(|name| (*name, Secret::new("sk-hidden".into()))).collect();
        let env = |name: &str| names.contains(&name).then(|| "sk-hidden".to_owned());
        Router::new(&usual(&keys), HttpOptions::default(), &env).expect("valid settings")
    };
    assert_eq!(with(&[]).routes().count(), 0);
    let anthropic = ("claude-sonnet-5-5".to_owned(), "anthropic".to_owned(), 10_000_000);
    assert_eq!(route(&with(&["ANTHROPIC_API_KEY"]), "prd"), anthropic);
    assert_eq!(route(&with(&["OPENAI_API_KEY"]), "prd").0, "gpt-6.2-sol");
    assert_eq!(route(&with(&["ANTHROPIC_API_KEY", "OPENAI_API_KEY"]), "prd"), anthropic);
}

#[test]
fn a_server_has_one_model_for_everything_and_costs_what_is_said() {
    let server = |more: &str| {
        let text = format!("llm_url = \"http://127.0.0.1:4312/v1\"\nllm_model = \"scripted\"\n{more}");
        config(&text).expect("valid settings").models().expect("a model")
    };
    assert_eq!(route(&server(""), "design"), ("scripted".into(), "server".into(), 0));
    assert_eq!(route(&server("llm_price = \"200_000/1_200_000\""), "design").2, 1_200_000);
    assert_eq!(route(&server("llm_kind = \"anthropic\"\nllm_key = \"sk-hidden\""), "tasks").1, "server");
    // A company's model costs the same behind another address.
    let gateway = config("llm_url = \"https://gateway.example\"\nllm_model = \"claude-sonnet-5-5\"");
    let gateway = gateway.expect("valid settings").models().expect("a model");
    assert_eq!(route(&gateway, "prd").2, 10_000_000);
}

#[test]
fn half_a_server_is_a_fault() {
    for (text, fault) in [
        ("llm_url = \"http://127.0.0.1:1\"", "llm_model: name the model"),
        ("llm_model = \"a\"", "llm_model: it goes with llm_url, which is not set"),
        ("llm_key = \"sk-hidden\"", "llm_key: it goes with llm_url"),
        (
            "llm_url = \"http://h\"\nllm_model = \"a\"\nllm_kind = \"magic\"",
            "llm_kind: expected `anthropic` or `openai`",
        ),
        (
            "llm_url = \"http://h\"\nllm_model = \"a\"\nllm_price = \"-1/2\"",
            "llm_price: expected micro-dollars",
        ),
        ("llm_url = \"http://h\"\nllm_model = \"a\"\n[llm.purposes]", "llm and llm_url: give one of them"),
        ("llm_speed = 1", "llm_speed: there is no such setting"),
    ] {
        let faults = config(text).expect_err(text).faults.join("\n");
        assert!(faults.contains(fault) && !faults.contains("hidden"), "{text}: {faults}");
    }
}
