//! `omoi dev llm`: a model without a mind, for those who try the product without a key.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use simulators::llm::{Exchange, Llm, Pace, Script, write_recording};

use crate::cli::signals::stop_on_signal;

const AFTER_HELP: &str = "A server that is started with OMOI_LLM_URL=http://127.0.0.1:4312/v1 OMOI_LLM_MODEL=scripted \
OMOI_LLM_KEY=any asks it. What it writes keeps to the form of a good plan and repeats the words of the idea; it understands nothing.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Where it listens; port 0 for a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4312")]
    listen: SocketAddr,
    /// Answer by the rules of this file (.toml, .json), or as it was answered in a recording (.jsonl).
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Append each question with its answer to this file, a line of JSON each.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// How long it writes at a phase; 0 for all at once. A script has a pace of its own.
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds, conflicts_with = "script")]
    pace: Duration,
}

fn seconds(text: &str) -> Result<Duration, String> {
    /// Longer, and the product gives up.
    const LONGEST: Duration = Duration::from_secs(600);
    let seconds = text.parse().map_err(|_| "a number of seconds is wanted".to_owned())?;
    let pace = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
    if pace > LONGEST { Err(format!("at most {} seconds", LONGEST.as_secs())) } else { Ok(pace) }
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let script = match &args.script {
        Some(file) => Script::load(file)?,
        None => {
            let whole_ms = u64::try_from(args.pace.as_millis()).expect("at most ten minutes");
            // At once is in few pieces, too.
            let chunk_chars = 4096;
            Script::planner(Pace { whole_ms, chunk_chars, ..Pace::default() })
        }
    };
    let mut record = args.record.as_deref().map(Record::open).transpose()?;
    let stop = stop_on_signal()?;
    let server = Llm::start_on(args.listen, script).await;
    let server =
        server.with_context(|| format!("cannot listen at {}: choose another --listen", args.listen))?;
    introduce(&server, args.script.is_none());
    loop {
        let exchanges = tokio::select! {
            () = stop.cancelled() => break,
            exchanges = server.take_exchanges() => exchanges,
        };
        tell(&exchanges, record.as_mut())?;
    }
    tell(&server.exchanges(), record.as_mut())?;
    server.stop().await;
    Ok(())
}

fn introduce(server: &Llm, plans: bool) {
    let what = if plans { "It plans any idea by its words." } else { "It answers from its script." };
    println!("A model without a mind listens at {}. {what}", server.address());
    println!("To be asked, start a server with:");
    println!("  export OMOI_LLM_URL={}", server.openai_url());
    println!("  export OMOI_LLM_MODEL=scripted OMOI_LLM_KEY=any");
    println!("or, in the format of Anthropic:");
    println!("  export OMOI_LLM_URL={} OMOI_LLM_KIND=anthropic", server.anthropic_url());
    println!("  export OMOI_LLM_MODEL=scripted OMOI_LLM_KEY=any");
    println!("Ctrl-C ends it.");
}

/// Who was asked for what, and how much was said; the words themselves go into the recording only.
fn tell(exchanges: &[Exchange], record: Option<&mut Record>) -> anyhow::Result<()> {
    for exchange in exchanges {
        let asked = exchange.asked();
        let phase =
            asked.system.iter().flat_map(|text| text.lines()).find_map(|line| line.strip_prefix("Phase: "));
        let phase = phase.and_then(|line| line.split('.').next()).unwrap_or("a question");
        let usage = exchange.response.usage;
        println!(
            "{}: {phase}, {} tokens asked, {} answered",
            asked.model, usage.input_tokens, usage.output_tokens
        );
    }
    record.map_or(Ok(()), |record| record.add(exchanges))
}

/// A recording that grows.
#[derive(Debug)]
struct Record {
    file: File,
    path: PathBuf,
}

impl Record {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.with_context(|| format!("cannot record into {}", path.display()))?;
        Ok(Self { file, path: path.to_owned() })
    }

    fn add(&mut self, exchanges: &[Exchange]) -> anyhow::Result<()> {
        let lines = write_recording(exchanges);
        self.file
            .write_all(lines.as_bytes())
            .with_context(|| format!("cannot record into {}", self.path.display()))
    }
}
