//! Which model answers for what, and what it costs.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ports::llm::{Format, Llm, ModelId, Models, NoRoute, Route};
use secrecy::SecretString;

use super::anthropic::Anthropic;
use super::endpoint::{BaseUrl, BaseUrlError, Endpoint, EndpointError};
use super::http::HttpOptions;
use super::openai::OpenAi;
use super::passage::Through;
use super::prices::known_price;
use super::settings::{Kind, LlmSettings, ModelSettings, ProviderSettings};

/// Answers for a purpose that has no model of its own.
const DEFAULT: &str = "default";

/// Where questions go, by their purpose.
#[derive(Clone, Debug, Default)]
pub struct Router {
    routes: BTreeMap<String, Route>,
    models: BTreeMap<String, Route>,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum LlmSetupError {
    /// A purpose leads nowhere.
    #[error("the purpose {purpose} has the model {model}, which is not among the models: add it")]
    NoModel {
        /// Which purpose.
        purpose: String,
        /// Which model.
        model: String,
    },
    /// A model leads nowhere.
    #[error("the model {model} has the provider {provider}, which is not among the providers: add it")]
    NoProvider {
        /// Which model.
        model: String,
        /// Which provider.
        provider: String,
    },
    /// A budget could not be kept.
    #[error("nobody knows what the model {model} costs: set its price, with zeros if it costs nothing")]
    NoPrice {
        /// Which model.
        model: String,
    },
    /// Money would come back.
    #[error("the price of the model {model} has a number below 0: set what a million tokens cost")]
    NegativePrice {
        /// Which model.
        model: String,
    },
    /// No answer fits.
    #[error("the model {model} has max_output_tokens 0: allow at least 1")]
    NoOutput {
        /// Which model.
        model: String,
    },
    /// The address of a provider.
    #[error("the provider {provider} cannot be reached")]
    BaseUrl {
        /// Which provider.
        provider: String,
        /// Why.
        #[source]
        source: BaseUrlError,
    },
    /// The way to a provider.
    #[error("the provider {provider} cannot be asked")]
    Endpoint {
        /// Which provider.
        provider: String,
        /// Why.
        #[source]
        source: EndpointError,
    },
    /// Two places.
    #[error("the provider {provider} has both key_env and key_file: leave one out")]
    TwoKeys {
        /// Which provider.
        provider: String,
    },
    /// Not where it should be.
    #[error("the variable {variable} holds no key for the provider {provider}: set it")]
    NoKey {
        /// Which provider.
        provider: String,
        /// Where it was looked for.
        variable: String,
    },
    /// A file that cannot be read.
    #[error("the file {} with the key of the provider {provider} cannot be read", path.display())]
    KeyFile {
        /// Which provider.
        provider: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file that everybody can read.
    #[error("the file {} with the key of the provider {provider} can be read by everybody: chmod 600", path.display())]
    KeyFileOpen {
        /// Which provider.
        provider: String,
        /// Which file.
        path: PathBuf,
    },
}

impl Router {
    /// From settings. Everything that can be wrong with them is found here and not with the first question. `env` looks up
    /// a variable of the environment.
    ///
    /// # Errors
    /// With the first fault there is.
    pub fn new(
        settings: &LlmSettings,
        options: HttpOptions,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, LlmSetupError> {
        let mut endpoints = BTreeMap::new();
        for (name, provider) in &settings.providers {
            endpoints.insert(name.as_str(), (provider.kind, endpoint(name, provider, options, env)?));
        }
        let mut models = BTreeMap::new();
        for (name, model) in &settings.models {
            let Some((kind, endpoint)) = endpoints.get(model.provider.as_str()) else {
                let (model, provider) = (name.clone(), model.provider.clone());
                return Err(LlmSetupError::NoProvider { model, provider });
            };
            models.insert(name.clone(), route(name, model, *kind, endpoint)?);
        }
        let mut routes = BTreeMap::new();
        for (purpose, model) in &settings.purposes {
            let Some(route) = models.get(model) else {
                let (purpose, model) = (purpose.clone(), model.clone());
                return Err(LlmSetupError::NoModel { purpose, model });
            };
            routes.insert(purpose.clone(), route.clone());
        }
        Ok(Self { routes, models })
    }

    /// Every purpose that is named, with who answers for it.
    pub fn routes(&self) -> impl Iterator<Item = (&str, &Route)> {
        self.routes.iter().map(|(purpose, route)| (purpose.as_str(), route))
    }
}

impl Models for Router {
    fn route(&self, purpose: &str) -> Result<Route, NoRoute> {
        let route = self.routes.get(purpose).or_else(|| self.routes.get(DEFAULT));
        route.cloned().ok_or_else(|| NoRoute { purpose: purpose.to_owned() })
    }

    fn named(&self, name: &str) -> Option<Route> {
        self.models.get(name).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.models.keys().cloned().collect()
    }
}

fn route(name: &str, model: &ModelSettings, kind: Kind, endpoint: &Endpoint) -> Result<Route, LlmSetupError> {
    let id = ModelId::from(model.id.clone().unwrap_or_else(|| name.to_owned()));
    let named = || name.to_owned();
    let price = model.price.or_else(|| known_price(&id));
    let price = price.ok_or_else(|| LlmSetupError::NoPrice { model: named() })?;
    let long = price.long_prompt.map(|long| long.rates);
    let rates = std::iter::once(price.rates).chain(long);
    let amounts = rates.flat_map(|rates| [rates.input, rates.output, rates.cache_read, rates.cache_write]);
    if amounts.into_iter().any(|amount| amount.micros() < 0) {
        return Err(LlmSetupError::NegativePrice { model: named() });
    }
    if model.max_output_tokens == 0 {
        return Err(LlmSetupError::NoOutput { model: named() });
    }
    let endpoint = endpoint.clone().with_extra(model.extra.clone());
    let format = match kind {
        Kind::Anthropic => Format::Anthropic,
        Kind::OpenAi => Format::OpenAi,
    };
    let passage = Arc::new(Through::new(endpoint.clone(), format));
    let llm: Arc<dyn Llm> = match kind {
        Kind::Anthropic => Arc::new(Anthropic::new(endpoint, model.structured)),
        Kind::OpenAi => Arc::new(OpenAi::new(endpoint, model.structured)),
    };
    Ok(Route {
        name: named(),
        llm,
        format,
        passage,
        provider: model.provider.clone(),
        model: id,
        max_output_tokens: model.max_output_tokens,
        context_tokens: model.context_tokens,
        price,
    })
}

fn endpoint(
    name: &str,
    provider: &ProviderSettings,
    options: HttpOptions,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Endpoint, LlmSetupError> {
    let named = || name.to_owned();
    let key = match (&provider.key_env, &provider.key_file) {
        (None, None) => None,
        (Some(_), Some(_)) => return Err(LlmSetupError::TwoKeys { provider: named() }),
        (Some(variable), None) => {
            let key = env(variable).filter(|key| !key.trim().is_empty());
            let missing = || LlmSetupError::NoKey { provider: named(), variable: variable.clone() };
            Some(key.ok_or_else(missing)?.trim().to_owned().into())
        }
        (None, Some(path)) => Some(key_in_file(name, path)?),
    };
    let base = provider.base_url.as_deref().unwrap_or_else(|| provider.kind.base_url());
    let base = BaseUrl::parse(base, provider.plain_http)
        .map_err(|source| LlmSetupError::BaseUrl { provider: named(), source })?;
    Endpoint::new(base, key, options).map_err(|source| LlmSetupError::Endpoint { provider: named(), source })
}

/// A group may read it: containers that are not root get their secrets so.
fn key_in_file(provider: &str, path: &Path) -> Result<SecretString, LlmSetupError> {
    let unreadable =
        |source| LlmSetupError::KeyFile { provider: provider.to_owned(), path: path.to_owned(), source };
    let mode = fs::metadata(path).map_err(unreadable)?.permissions().mode();
    if mode & 0o007 != 0 {
        return Err(LlmSetupError::KeyFileOpen { provider: provider.to_owned(), path: path.to_owned() });
    }
    let key = fs::read_to_string(path).map_err(unreadable)?;
    if key.trim().is_empty() {
        return Err(unreadable(io::Error::new(io::ErrorKind::InvalidData, "it is empty")));
    }
    Ok(key.trim().to_owned().into())
}

#[cfg(test)]
mod tests;
