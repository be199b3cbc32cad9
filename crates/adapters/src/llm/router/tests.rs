use std::fs::Permissions;

use ports::llm::Price;
use serde_json::json;

use super::*;

/// Settings with `change` laid over some that are right.
fn router(change: serde_json::Value) -> Result<Router, LlmSetupError> {
    let mut settings = json!({
        "providers": {
            "anthropic": {"kind": "anthropic", "key_env": "ANTHROPIC_API_KEY"},
            "here": {"kind": "openai", "base_url": "http://127.0.0.1:11434/v1"}
        },
        "models": {
            "claude-sonnet-4-5": {"provider": "anthropic", "max_output_tokens": 8000},
            "small": {"provider": "here", "id": "llama3", "price": {"input": 0, "output": 0}}
        },
        "purposes": {"default": "claude-sonnet-4-5", "judge": "small"}
    });
    merge(&mut settings, change);
    let settings: LlmSettings = serde_json::from_value(settings).unwrap();
    let env = |name: &str| (name == "ANTHROPIC_API_KEY").then(|| " hunter2\n".to_owned());
    Router::new(&settings, HttpOptions::default(), &env)
}

fn merge(into: &mut serde_json::Value, change: serde_json::Value) {
    match (into, change) {
        (serde_json::Value::Object(into), serde_json::Value::Object(change)) => {
            for (name, value) in change {
                merge(into.entry(name).or_insert(serde_json::Value::Null), value);
            }
        }
        (into, change) => *into = change,
    }
}

fn refused(change: serde_json::Value) -> LlmSetupError {
    router(change).unwrap_err()
}

#[test]
fn a_purpose_has_its_model_or_that_of_default() {
    let router = router(json!({})).unwrap();
    let judge = router.route("judge").unwrap();
    assert_eq!(
        (judge.provider.as_str(), judge.model.as_str(), judge.price),
        ("here", "llama3", Price::default())
    );
    let design = router.route("design").unwrap();
    assert_eq!((design.model.as_str(), design.max_output_tokens), ("claude-sonnet-4-5", 8000));
    assert_eq!(design.price.rates.output.micros(), 15_000_000);
    assert_eq!(router.routes().map(|(purpose, _)| purpose).collect::<Vec<_>>(), ["default", "judge"]);
    let printed = format!("{router:?}");
    assert!(printed.contains("api.anthropic.com") && !printed.contains("hunter2"), "{printed}");
}

#[test]
fn a_purpose_that_nobody_answers_for_is_told() {
    let none = Router::default().route("judge").unwrap_err();
    assert!(none.to_string().contains("no model answers for judge"), "{none}");
}

#[test]
fn what_leads_nowhere_is_found_at_the_start() {
    let purpose = refused(json!({"purposes": {"judge": "big"}}));
    assert!(
        matches!(&purpose, LlmSetupError::NoModel { purpose, model } if purpose == "judge" && model == "big")
    );
    let model = refused(json!({"models": {"small": {"provider": "there"}}}));
    assert!(matches!(&model, LlmSetupError::NoProvider { model, .. } if model == "small"));
    let url = refused(json!({"providers": {"here": {"base_url": "http://gpu.lan"}}}));
    assert!(matches!(&url, LlmSetupError::BaseUrl { source: BaseUrlError::NoTls, .. }));
}

#[test]
fn a_model_that_nobody_knows_the_price_of_is_refused() {
    let unknown = refused(json!({"models": {"small": {"price": null}}}));
    assert!(unknown.to_string().contains("nobody knows what the model small costs"), "{unknown}");
    let below = refused(json!({"models": {"small": {"price": {"input": -1, "output": 0}}}}));
    assert!(matches!(below, LlmSetupError::NegativePrice { .. }));
    let none = refused(json!({"models": {"small": {"max_output_tokens": 0}}}));
    assert!(matches!(none, LlmSetupError::NoOutput { .. }));
}

#[test]
fn a_key_is_where_the_settings_say_or_there_is_none() {
    let unset = refused(json!({"providers": {"anthropic": {"key_env": "OTHER"}}}));
    assert!(matches!(&unset, LlmSetupError::NoKey { variable, .. } if variable == "OTHER"), "{unset}");
    let two = refused(json!({"providers": {"anthropic": {"key_file": "/nowhere"}}}));
    assert!(matches!(two, LlmSetupError::TwoKeys { .. }));
}

#[test]
fn a_file_with_a_key_is_not_for_everybody() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    let with_file = || router(json!({"providers": {"here": {"key_file": path}}}));
    assert!(matches!(with_file(), Err(LlmSetupError::KeyFile { .. })), "it is not there");
    for (mode, text, is_taken) in [
        (0o600, "hunter2\n", true),
        (0o640, "hunter2", true),
        (0o644, "hunter2", false),
        (0o600, " \n", false),
    ] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let taken = with_file();
        assert_eq!(taken.is_ok(), is_taken, "{mode:o} {text:?}");
        if let Err(error) = taken {
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }
}

#[test]
fn a_setting_that_nobody_knows_is_refused() {
    let settings = json!({"providers": {"a": {"kind": "openai", "api_key": "hunter2"}}});
    assert!(serde_json::from_value::<LlmSettings>(settings).is_err());
}
