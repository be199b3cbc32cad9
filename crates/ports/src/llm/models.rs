//! Which model answers for what.

use std::fmt;
use std::sync::Arc;

use super::{Format, Llm, ModelId, Passage, Price};

/// The models of an installation, by what they are asked for.
pub trait Models: fmt::Debug + Send + Sync {
    /// Who answers for `purpose`, e.g. `design`.
    ///
    /// # Errors
    /// When nobody does.
    fn route(&self, purpose: &str) -> Result<Route, NoRoute>;

    /// The model that the installation calls `name`.
    fn named(&self, name: &str) -> Option<Route>;

    /// What the installation calls its models, in order.
    fn names(&self) -> Vec<String>;
}

/// Who is asked, and for how much.
#[derive(Clone, Debug)]
pub struct Route {
    /// The installation's name of the model.
    pub name: String,
    /// Who is asked.
    pub llm: Arc<dyn Llm>,
    /// What the provider speaks.
    pub format: Format,
    /// Passes on the questions of others, in the provider's own words.
    pub passage: Arc<dyn Passage>,
    /// The installation's name of the provider.
    pub provider: String,
    /// The model, as the provider calls it.
    pub model: ModelId,
    /// The longest answer that is asked for.
    pub max_output_tokens: u32,
    /// How much fits into it, if that is known.
    pub context_tokens: Option<u64>,
    /// What it costs.
    pub price: Price,
}

/// Nobody answers for a purpose.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no model answers for {purpose}: name one in the settings, for it or for `default`")]
pub struct NoRoute {
    /// What was asked for.
    pub purpose: String,
}
