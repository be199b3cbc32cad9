//! What texts are compared by: `[embedder]` of the settings file, or variables such as `OMOI_EMBEDDER_KIND`.

use std::env;

use figment::{
    Metadata, Profile, Provider,
    value::{Dict, Map, Value},
};

use super::{Secret, faults::Faults, layers::Layers};

/// The names of the settings, but for the key.
pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("embedder_kind", "lexical"),
    ("embedder_base_url", "https://api.openai.com/v1"),
    ("embedder_model", ""),
    ("embedder_dimensions", ""),
    ("embedder_ask_for_dimensions", "false"),
    ("embedder_near_duplicate_from", "0.85"),
    ("embedder_key_env", ""),
    ("embedder_plain_http", "false"),
];
pub(super) const SECRETS: &[&str] = &["embedder_key"];

/// The most that pgvector keeps.
const MOST_DIMENSIONS: usize = 16_000;

/// Which embedder, and how it is reached.
#[derive(Debug, Clone, Default)]
pub(crate) enum EmbedderSettings {
    /// The built-in one, by letters and words.
    #[default]
    Lexical,
    /// A server that speaks the format of OpenAI.
    OpenAi {
        /// Where it is, with `/v1`.
        base_url: String,
        /// Whether its network may read along.
        plain_http: bool,
        /// As the server calls it.
        model: String,
        /// How many numbers an embedding has.
        dimensions: Dimensions,
        /// From which similarity on two texts are worth a warning.
        near_duplicate_from: f32,
        /// What opens it; servers of one's own need none.
        key: Option<Secret>,
    },
}

/// How many numbers an embedding has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dimensions {
    pub(crate) count: usize,
    /// Whether the server is asked for so many; models with a fixed number refuse that.
    pub(crate) asked_for: bool,
}

impl EmbedderSettings {
    pub(super) fn read(layers: &Layers, f: &mut Faults) -> Self {
        let kind: Option<String> = layers.value(f, "embedder_kind", "`lexical` or `openai`");
        let base_url = layers.value(f, "embedder_base_url", "an address such as https://api.openai.com/v1");
        let model = layers.optional(f, "embedder_model", "what the server calls the model");
        let count: Option<usize> = layers.optional(f, "embedder_dimensions", "a number from 1 to 16000");
        let asked_for = layers.value(f, "embedder_ask_for_dimensions", "`true` or `false`");
        let near = layers.value::<f32>(f, "embedder_near_duplicate_from", "a number from 0 to 1");
        let plain_http = layers.value(f, "embedder_plain_http", "`true` or `false`");
        let key = key(layers, f);
        match kind.as_deref() {
            Some("lexical") | None => return Self::Lexical,
            Some("openai") => {}
            Some(_) => {
                f.add(layers.unexpected("embedder_kind", "`lexical` or `openai`"));
                return Self::Lexical;
            }
        }
        if model.is_none() {
            f.add("embedder_model: a server of embeddings needs the name of a model, e.g. text-embedding-3-small".into());
        }
        if !count.is_some_and(|count| (1..=MOST_DIMENSIONS).contains(&count)) {
            f.add(format!(
                "embedder_dimensions: say how many numbers an embedding of the model has, from 1 to {MOST_DIMENSIONS}"
            ));
        }
        if near.is_some_and(|near| !(0.0..=1.0).contains(&near)) {
            f.add(layers.unexpected("embedder_near_duplicate_from", "a number from 0 to 1"));
        }
        let (Some(base_url), Some(model), Some(count), Some(asked_for)) = (base_url, model, count, asked_for)
        else {
            return Self::Lexical;
        };
        let (Some(near_duplicate_from), Some(plain_http)) = (near, plain_http) else { return Self::Lexical };
        let dimensions = Dimensions { count, asked_for };
        Self::OpenAi { base_url, plain_http, model, dimensions, near_duplicate_from, key }
    }
}

/// The key itself, the content of a file, or that of a variable which other programs use as well.
fn key(layers: &Layers, f: &mut Faults) -> Option<Secret> {
    let key = layers.secret_text(f, "embedder_key");
    let Some(name) = layers.optional::<String>(f, "embedder_key_env", "the name of a variable") else {
        return key;
    };
    if key.is_some() {
        f.add("embedder_key and embedder_key_env: give one of them".into());
        return key;
    }
    match env::var(&name).ok().filter(|value| !value.trim().is_empty()) {
        Some(value) => Some(Secret::new(value.trim().to_owned())),
        None => {
            f.add(format!("embedder_key_env: the variable {name} is not set"));
            None
        }
    }
}

/// A settings file in which `[embedder]` has its settings by their short names.
pub(super) struct WithSection<P>(pub(super) P);

impl<P: Provider> Provider for WithSection<P> {
    fn metadata(&self) -> Metadata {
        self.0.metadata()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let mut data = self.0.data()?;
        for values in data.values_mut() {
            if let Some(Value::Dict(_, section)) = values.get("embedder") {
                let section = section.clone();
                values.remove("embedder");
                values.extend(section.into_iter().map(|(name, value)| (format!("embedder_{name}"), value)));
            }
        }
        Ok(data)
    }

    fn profile(&self) -> Option<Profile> {
        self.0.profile()
    }
}
