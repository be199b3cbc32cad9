//! Which models are asked: `[llm]` of the settings file, with providers, models and purposes; without it one server at
//! `llm_url`, or the usual model of a company whose key is in the environment.

use std::{collections::BTreeMap, env, str::FromStr};

use anyhow::Context as _;
use figment::value::Value;
use kernel::Usd;
use ports::llm::{Price, Rates};

use super::{Config, Secret, faults::Faults, layers::Layers, tables};
use crate::wiring::llm::{
    Extra, HttpOptions, Kind, LlmSettings, ModelSettings, ProviderSettings, Router, Structured, known_price,
};

/// The section.
const SECTION: &str = "llm";
const LISTS: [&str; 3] = ["providers", "models", "purposes"];
/// What goes with `llm_url`.
const OF_A_SERVER: [&str; 3] = ["llm_kind", "llm_model", "llm_price"];
/// Holds the key of the server at `llm_url`.
const KEY_OF_A_SERVER: &str = "OMOI_LLM_KEY";
pub(super) const SECRETS: &[&str] = &["llm_key", "anthropic_api_key", "openai_api_key"];

/// Whose key is enough: a provider, the setting and the variable of its key, and the model that is asked then.
const USUAL: [(Kind, &str, &str, &str, &str); 2] = [
    (Kind::Anthropic, "anthropic", "anthropic_api_key", "ANTHROPIC_API_KEY", "claude-sonnet-5-5"),
    (Kind::OpenAi, "openai", "openai_api_key", "OPENAI_API_KEY", "gpt-6.2-sol"),
];

/// As long as a phase of a plan may get.
const OUTPUT_TOKENS: u32 = 16_000;

/// Whether a setting is one of these.
pub(super) fn is_known(name: &str) -> bool {
    let base = name.strip_suffix("_file").unwrap_or(name);
    name == SECTION || name == "llm_url" || OF_A_SERVER.contains(&name) || SECRETS.contains(&base)
}

/// The models of an installation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Models {
    settings: LlmSettings,
    /// By the variables that stand for them.
    keys: BTreeMap<&'static str, Secret>,
}

impl Config {
    /// Who is asked for what; a key that is missing is found here.
    ///
    /// # Errors
    /// When a purpose, a model or a provider leads nowhere.
    pub(crate) fn models(&self) -> anyhow::Result<Router> {
        let Models { settings, keys } = &self.models;
        let key =
            |name: &str| keys.get(name).map(|key| key.reveal().to_owned()).or_else(|| env::var(name).ok());
        Router::new(settings, HttpOptions::default(), &key).context("the settings of models ([llm])")
    }
}

impl Models {
    pub(super) fn read(layers: &Layers, f: &mut Faults) -> Self {
        let section = layers.raw(SECTION);
        let server = Server::read(layers, f);
        let mut keys = BTreeMap::new();
        for (_, _, setting, variable, _) in USUAL {
            keys.extend(layers.secret_text(f, setting).map(|key| (variable, key)));
        }
        let settings = match (section, server) {
            (Some(_), Some(_)) => {
                let origins = (layers.origin(SECTION), layers.origin("llm_url"));
                f.add(format!("llm and llm_url: give one of them ({}; {})", origins.0, origins.1));
                return Self::default();
            }
            (Some(section), None) => of_section(&section, &layers.origin(SECTION), f),
            (None, Some(server)) => {
                keys.extend(server.key.clone().map(|key| (KEY_OF_A_SERVER, key)));
                server.settings()
            }
            (None, None) => usual(&keys),
        };
        Self { settings, keys }
    }
}

fn of_section(section: &Value, origin: &str, f: &mut Faults) -> LlmSettings {
    let Value::Dict(_, section) = section else {
        f.add(format!("llm: expected the tables {} ({origin})", LISTS.join(", ")));
        return LlmSettings::default();
    };
    for name in section.keys().filter(|name| !LISTS.contains(&name.as_str())) {
        f.add(format!("llm.{name}: there is no such table; there are {} ({origin})", LISTS.join(", ")));
    }
    let [providers, models, purposes] = LISTS;
    LlmSettings {
        providers: tables::list((section, SECTION), providers, origin, f),
        models: tables::list((section, SECTION), models, origin, f),
        purposes: tables::list((section, SECTION), purposes, origin, f),
    }
}

/// The usual model of each company whose key is there; the first one is asked.
fn usual(keys: &BTreeMap<&'static str, Secret>) -> LlmSettings {
    let mut settings = LlmSettings::default();
    for (kind, provider, _, variable, model) in USUAL {
        if keys.contains_key(variable) {
            let of = ProviderSettings { key_env: Some(variable.to_owned()), ..provider_of(kind) };
            settings.providers.insert(provider.to_owned(), of);
            settings.models.insert(model.to_owned(), model_of(provider));
            settings.purposes.entry("default".to_owned()).or_insert_with(|| model.to_owned());
        }
    }
    settings
}

/// A server that has one model for everything.
#[derive(Debug)]
struct Server {
    url: String,
    kind: Kind,
    model: String,
    price: Option<Price>,
    key: Option<Secret>,
}

impl Server {
    fn read(layers: &Layers, f: &mut Faults) -> Option<Self> {
        let url: Option<String> = layers.optional(f, "llm_url", "the address of a server of models");
        let kind = layers.optional(f, "llm_kind", "`anthropic` or `openai`");
        let model: Option<String> = layers.optional(f, "llm_model", "what the server calls its model");
        let price = layers.optional(
            f,
            "llm_price",
            "micro-dollars for a million tokens in and out, such as 200000/1200000",
        );
        let key = layers.secret_text(f, "llm_key");
        let Some(url) = url else {
            let alone = OF_A_SERVER.into_iter().find(|name| layers.raw(name).is_some());
            if let Some(name) = alone.or(key.is_some().then_some("llm_key")) {
                f.add(format!("{name}: it goes with llm_url, which is not set ({})", layers.origin(name)));
            }
            return None;
        };
        let Some(model) = model else {
            f.add(format!(
                "llm_model: name the model that is asked at llm_url ({})",
                layers.origin("llm_url")
            ));
            return None;
        };
        let Format(kind) = kind.unwrap_or(Format(Kind::OpenAi));
        Some(Self { url, kind, model, price: price.map(|PerMillion(price)| price), key })
    }

    fn settings(self) -> LlmSettings {
        let key_env = self.key.is_some().then(|| KEY_OF_A_SERVER.to_owned());
        let provider = ProviderSettings { base_url: Some(self.url), key_env, ..provider_of(self.kind) };
        // Servers of one's own cost nothing by the token; a model of a company costs the same behind another address.
        let is_known = known_price(&self.model.as_str().into()).is_some();
        let price = self.price.or_else(|| (!is_known).then(Price::default));
        let model = ModelSettings { price, ..model_of("server") };
        LlmSettings {
            providers: [("server".to_owned(), provider)].into(),
            purposes: [("default".to_owned(), self.model.clone())].into(),
            models: [(self.model, model)].into(),
        }
    }
}

const fn provider_of(kind: Kind) -> ProviderSettings {
    ProviderSettings { kind, base_url: None, key_env: None, key_file: None, plain_http: false }
}

fn model_of(provider: &str) -> ModelSettings {
    ModelSettings {
        provider: provider.to_owned(),
        id: None,
        max_output_tokens: OUTPUT_TOKENS,
        context_tokens: None,
        price: None,
        structured: Structured::default(),
        extra: Extra::new(),
    }
}

/// `anthropic` or `openai`.
struct Format(Kind);

impl FromStr for Format {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "anthropic" => Ok(Self(Kind::Anthropic)),
            "openai" => Ok(Self(Kind::OpenAi)),
            _ => Err(()),
        }
    }
}

/// `input/output`; what a cache holds counts as input.
struct PerMillion(Price);

impl FromStr for PerMillion {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let micros =
            |text: &str| text.trim().replace('_', "").parse().ok().filter(|micros: &i64| *micros >= 0);
        let (input, output) = text.split_once('/').ok_or(())?;
        let (input, output) = (micros(input).ok_or(())?, micros(output).ok_or(())?);
        let (input, output) = (Usd::from_micros(input), Usd::from_micros(output));
        Ok(Self(Price::flat(Rates { input, output, cache_read: input, cache_write: input })))
    }
}

#[cfg(test)]
mod tests;
