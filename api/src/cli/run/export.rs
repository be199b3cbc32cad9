//! `omoi run export`: what happened in a run as a file that others read: the events as they are, or a trajectory as other tools
//! know it.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use kernel::Uuid;
use serde::Serialize;
use serde_json::json;

use super::atif::Atif;
use super::pages::Pages;
use crate::cli::client::{Failure, Session, plain};

/// What is exported, and whereto.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The run: its UUID.
    run: Uuid,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// The file it is written to, whole or not at all. [default: the standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// An event a line, as the log has it, with its words.
    Jsonl,
    /// A document of the Agent Trajectory Interchange Format.
    Atif,
}

impl Export {
    /// Writes it; Ctrl-C leaves nothing behind.
    pub(super) async fn carry_out(&self, session: &Session) -> Result<(), Failure> {
        tokio::select! {
            written = self.write(session) => written,
            _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    }

    async fn write(&self, session: &Session) -> Result<(), Failure> {
        let mut pages = Pages::of(session, self.run, None);
        let end = pages.newest().await?;
        let bar = self.bar(end);
        let mut target = Target::open(self.out.as_deref())?;
        let mut atif = Atif::new(self.run);
        let mut events = 0_u64;
        loop {
            let page = pages.next().await?;
            for told in &page.events {
                match self.format {
                    Format::Jsonl => target.line(told.raw.get())?,
                    Format::Atif => atif.hear(&told.event),
                }
                events += 1;
            }
            if let Some(last) = page.events.last() {
                bar.set_position(last.event.position.unsigned_abs());
            }
            if page.is_last {
                break;
            }
        }
        if self.format == Format::Atif {
            target.line(&pretty(&atif.document())?)?;
        }
        target.finish()?;
        bar.finish_and_clear();
        match &self.out {
            Some(file) if session.out.json => {
                let told = json!({ "run": self.run, "events": events, "file": file });
                session.out.raw([told.to_string().as_str()])
            }
            Some(file) => {
                session.out.lines(&[vec![plain(format!("{events} events, in {}", file.display()))]])
            }
            None => Ok(()),
        }
    }

    /// Only for who looks, and does not see the export itself.
    fn bar(&self, end: Option<i64>) -> ProgressBar {
        let seen = self.out.is_some() || !io::stdout().is_terminal();
        let Some(end) = end.filter(|_| seen && io::stderr().is_terminal()) else {
            return ProgressBar::hidden();
        };
        let style = ProgressStyle::with_template("{bar:40} {percent}% of the log of the run, {elapsed}");
        let bar = ProgressBar::new(end.unsigned_abs());
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar
    }
}

/// As a document is written: for people as well.
pub(super) fn pretty(document: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(document).map_err(|error| Failure::local("not_written", error.to_string()))
}

/// Where an export goes.
#[derive(Debug)]
enum Target {
    Stdout(BufWriter<io::Stdout>),
    File(Part),
}

/// A file that is not there yet: its bytes stand beside it until it is whole.
#[derive(Debug)]
struct Part {
    bytes: BufWriter<File>,
    part: PathBuf,
    whole: PathBuf,
}

impl Target {
    fn open(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(whole) = file else { return Ok(Self::Stdout(BufWriter::new(io::stdout()))) };
        let mut part = whole.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let bytes = File::create(&part).map_err(|error| not_written(&part, &error))?;
        Ok(Self::File(Part { bytes: BufWriter::new(bytes), part, whole: whole.to_owned() }))
    }

    fn line(&mut self, line: &str) -> Result<(), Failure> {
        match self {
            Self::Stdout(out) => Ok(writeln!(out, "{line}")?),
            Self::File(file) => {
                writeln!(file.bytes, "{line}").map_err(|error| not_written(&file.part, &error))
            }
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Stdout(mut out) => Ok(out.flush()?),
            Self::File(mut file) => {
                let done = file.bytes.flush().and_then(|()| fs::rename(&file.part, &file.whole));
                done.map_err(|error| not_written(&file.whole, &error))
            }
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Once it is whole it has another name.
        let _ = fs::remove_file(&self.part);
    }
}

fn not_written(file: &Path, error: &io::Error) -> Failure {
    Failure::local("not_written", format!("{} cannot be written: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_or_not_there() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("run.jsonl");
        let names = || fs::read_dir(directory.path()).unwrap().count();
        let mut cut = Target::open(Some(&file)).unwrap();
        cut.line("{}").unwrap();
        drop(cut);
        assert_eq!(names(), 0, "nothing is left of it");
        let mut whole = Target::open(Some(&file)).unwrap();
        whole.line("{}").unwrap();
        whole.finish().unwrap();
        assert_eq!((fs::read_to_string(&file).unwrap().as_str(), names()), ("{}\n", 1));
    }
}
