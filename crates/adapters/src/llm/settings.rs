//! Which providers, models and purposes an installation has, as its configuration says it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ports::llm::Price;
use serde::Deserialize;

use super::endpoint::Extra;
use super::structured::Structured;

/// All about models.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LlmSettings {
    /// By a name of the installation's own.
    pub providers: BTreeMap<String, ProviderSettings>,
    /// By a name of the installation's own; often that of the model.
    pub models: BTreeMap<String, ModelSettings>,
    /// Which model answers for a purpose, such as `judge`. The one of `default` answers for those that are not named.
    pub purposes: BTreeMap<String, String>,
}

/// Somebody who has models.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// What it speaks.
    pub kind: Kind,
    /// Where it is; that of the company whose format it speaks, if none is given.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The variable of the environment that holds the key.
    #[serde(default)]
    pub key_env: Option<String>,
    /// The file that holds the key. Without either there is none, as for a server of one's own.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// Whether a host other than this one may be spoken to without TLS.
    #[serde(default)]
    pub plain_http: bool,
}

/// A wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The Messages API.
    Anthropic,
    /// Chat completions.
    OpenAi,
}

impl Kind {
    pub(super) const fn base_url(self) -> &'static str {
        match self {
            Self::Anthropic => "https://api.anthropic.com",
            Self::OpenAi => "https://api.openai.com/v1",
        }
    }
}

/// A model, and how it is used here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// Who has it.
    pub provider: String,
    /// How the provider calls it, if that is not its name here.
    #[serde(default)]
    pub id: Option<String>,
    /// The longest answer that is asked for.
    #[serde(default = "usual_output_tokens")]
    pub max_output_tokens: u32,
    /// How much fits into it, prompt and answer.
    #[serde(default)]
    pub context_tokens: Option<u64>,
    /// Micro-dollars for a million tokens. Needed for models that are not known here; 0 for those that cost nothing.
    #[serde(default)]
    pub price: Option<Price>,
    /// How it is made to answer by a schema.
    #[serde(default)]
    pub structured: Structured,
    /// Fields that are added to every request, such as `reasoning_effort`.
    #[serde(default)]
    pub extra: Extra,
}

const fn usual_output_tokens() -> u32 {
    16_000
}
