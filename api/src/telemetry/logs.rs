//! Log lines go to stderr; stdout belongs to what a command answers.

use std::{io::IsTerminal, str::FromStr};

use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, Layer, registry::LookupSpan};

use crate::config::Config;

/// Libraries that tell addresses with the passwords in them, and statements that set one, when they are asked for details.
/// Whoever wants those asks for them by name.
const QUIET: &str = "reqwest=info,hyper_util=info,opentelemetry=info,opentelemetry_otlp=info,opentelemetry_sdk=info,\
                     sqlx=warn";

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("unknown format"),
        }
    }
}

pub(super) fn layer<S>(config: &Config) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let filter = EnvFilter::new(format!("{QUIET},{}", config.log));
    match config.log_format {
        LogFormat::Text => lines.with_filter(filter).boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    }
}
