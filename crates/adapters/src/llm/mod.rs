//! Models over HTTP: two wire formats, one way of waiting, retrying and counting.

mod anthropic;
mod endpoint;
mod failure;
mod http;
mod openai;
mod passage;
mod prices;
mod retry;
mod router;
mod settings;
mod sse;
mod structured;
mod tally;
mod whole;

pub use anthropic::Anthropic;
pub use endpoint::{BaseUrl, BaseUrlError, Endpoint, EndpointError, Extra};
pub use http::HttpOptions;
pub use openai::OpenAi;
pub use prices::known_price;
pub use retry::Retries;
pub use router::{LlmSetupError, Router};
pub use settings::{Kind, LlmSettings, ModelSettings, ProviderSettings};
pub use structured::Structured;
