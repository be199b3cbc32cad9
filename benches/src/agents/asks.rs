//! `benches asks`: asks a model and says how long that took, as JSON in a line for each answer. It runs inside of a sandbox, where it
//! asks through the gateway, and outside, where it asks the model itself.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::ensure;
use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Whom, and how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where chat completions of OpenAI's format are.
    #[arg(long)]
    url: String,
    /// Short answers that are asked for.
    #[arg(long)]
    short: usize,
    /// Long ones.
    #[arg(long)]
    long: usize,
}

/// What came of a question.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) long: bool,
    pub(crate) first_ms: f64,
    pub(crate) whole_ms: f64,
    pub(crate) bytes: usize,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let client = Client::new();
    // Neither side pays for its connection in what is counted.
    ask(&client, &args.url, false).await?;
    for long in std::iter::repeat_n(false, args.short).chain(std::iter::repeat_n(true, args.long)) {
        println!("{}", serde_json::to_string(&ask(&client, &args.url, long).await?)?);
    }
    Ok(ExitCode::SUCCESS)
}

async fn ask(client: &Client, url: &str, long: bool) -> anyhow::Result<Asked> {
    let words = if long { "a long story" } else { "a word" };
    let question = json!({
        "model": "scripted", "stream": true, "max_tokens": 1000, "stream_options": { "include_usage": true },
        "messages": [{ "role": "user", "content": format!("Tell me {words}.") }],
    });
    let begun = Instant::now();
    let mut answer = client.post(url).bearer_auth("omoi-run").json(&question).send().await?;
    ensure!(answer.status().is_success(), "{}", answer.status());
    let (mut first, mut bytes) = (None, 0);
    while let Some(piece) = answer.chunk().await? {
        first.get_or_insert_with(|| begun.elapsed());
        bytes += piece.len();
    }
    let ms = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    Ok(Asked { long, first_ms: ms(first.unwrap_or_default()), whole_ms: ms(begun.elapsed()), bytes })
}
