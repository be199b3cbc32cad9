//! Claude Code without a mind, for hosts that speak its control protocol: see `simulators::claude`.

use std::io::{BufReader, stdin, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let here = std::env::current_dir().unwrap_or_default();
    ExitCode::from(simulators::claude::run(&arguments, BufReader::new(stdin()), stdout(), &here))
}
