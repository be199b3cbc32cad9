//! Claude Code as a host sees it that speaks its control protocol: JSON, a line each, on standard input and output. It follows a
//! script of moves instead of a model.
//!
//! It answers `initialize`, `set_permission_mode` and `interrupt`; asks the hooks that were registered, and for permission where
//! no hook gave it; really writes files and runs commands in its directory; repeats the host's messages when it takes them up.
//! A host that leaves out a flag, or speaks before `initialize`, is refused. What it was told is recorded.
//!
//! It knows the servers of tools that it was told of, and uses their tools for real, over HTTP. Where the script leaves it to a model
//! what is done (`ask_model`), it asks that, as the real one would: at `ANTHROPIC_BASE_URL`, with its tools and those of the servers.
//!
//! What it does not do: sessions that are resumed, subagents, partial messages, servers that are programs, matchers of hooks.

mod channel;
mod model;
mod moves;
mod servers;
mod stage;
mod tools;
mod web;

use std::fs::OpenOptions;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use self::channel::Channel;
pub use self::moves::{AtStart, Move, Script};
use self::stage::Stage;

/// Names the file of the script, or holds the script itself.
pub const SCRIPT: &str = "SIMULATED_CLAUDE_SCRIPT";
/// Names the file into which is written what it was told, if it is set.
pub const RECORD: &str = "SIMULATED_CLAUDE_RECORD";
/// Without these the real one does not speak so.
const FLAGS: [&str; 5] = [
    "-p",
    "--verbose",
    "--input-format=stream-json",
    "--output-format=stream-json",
    "--permission-prompt-tool=stdio",
];

/// Runs one, as a program of these arguments; the code that it exits with.
pub fn run(
    arguments: &[String],
    input: impl BufRead + Send + 'static,
    output: impl Write + 'static,
    directory: &Path,
) -> u8 {
    let complain = |words: &str| {
        // Whoever started it may not listen.
        let _ = writeln!(std::io::stderr(), "{words}");
        1
    };
    if arguments == ["--version"] {
        let mut output = output;
        return match writeln!(output, "{} (Claude Code)", stage::VERSION) {
            Ok(()) => 0,
            Err(_) => 1,
        };
    }
    if let Some(missing) = FLAGS.iter().find(|flag| !arguments.iter().any(|given| given == *flag)) {
        return complain(&format!("error: {missing} is missing"));
    }
    let script = match script() {
        Ok(script) => script,
        Err(why) => return complain(&why),
    };
    let mut channel = Channel::new(input, Box::new(output), record());
    let names = [
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_MODEL",
        "CLAUDE_CONFIG_DIR",
        "DISABLE_AUTOUPDATER",
        "CLAUDECODE",
    ];
    let environment = names.map(|name| (name.to_owned(), std::env::var(name).ok().into()));
    channel.record(&json!({"argv": arguments, "env": serde_json::Map::from_iter(environment)}));
    match Stage::set(script, channel, directory, arguments) {
        Ok(stage) => stage.play(),
        Err(code) => code,
    }
}

fn script() -> Result<Script, String> {
    let Ok(given) = std::env::var(SCRIPT) else { return Err(format!("{SCRIPT} names no script")) };
    let text = if given.starts_with('{') {
        given
    } else {
        std::fs::read_to_string(&given).map_err(|error| error.to_string())?
    };
    serde_json::from_str(&text).map_err(|error| format!("it is no script: {error}"))
}

fn record() -> Option<std::fs::File> {
    let file = PathBuf::from(std::env::var_os(RECORD)?);
    OpenOptions::new().create(true).append(true).open(file).ok()
}
