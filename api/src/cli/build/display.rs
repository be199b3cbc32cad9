//! What whoever waits for a build sees: at a terminal a picture that moves, with what has happened above it; elsewhere a line for each
//! thing that happens; for programs an object a line.

mod picture;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use kernel::Uuid;
use serde_json::json;
use tokio::time::Instant;

use self::picture::picture;
use super::news::Told;
use super::seen::Seen;
use super::time_left::spoken;
use crate::cli::client::{Failure, Line, Output, faint, plain, rendered};

/// How a build gets on, by the clock of who watches.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Since this command began to follow it.
    pub(super) elapsed: Duration,
    /// How long the tasks that are worked on have been.
    pub(super) running: BTreeMap<Uuid, Duration>,
    /// How many go on at a time.
    pub(super) parallel: u16,
}

/// Where a build is shown.
#[derive(Debug)]
pub(in crate::cli) struct Display {
    out: Output,
    began: Instant,
    /// Only at a terminal.
    bar: Option<ProgressBar>,
    looks: usize,
}

impl Display {
    /// The one that suits who is there.
    pub(in crate::cli) fn of(out: Output) -> Self {
        let moves = !out.json && io::stderr().is_terminal() && io::stdout().is_terminal();
        let bar = moves.then(|| {
            let style = ProgressStyle::with_template("{msg}").expect("the template names its message");
            ProgressBar::new_spinner().with_style(style)
        });
        Self { out, began: Instant::now(), bar, looks: 0 }
    }

    /// Says something in a sentence. A reader that has gone is met with the next news.
    pub(in crate::cli) fn say(&self, what: &str) {
        let said = if self.out.json {
            self.out.raw([&*json!({ "event": "note", "text": what }).to_string()])
        } else {
            self.line(&vec![plain(what)])
        };
        if let Err(failure) = said {
            tracing::debug!(reason = failure.detail(), "nobody reads what is said");
        }
    }

    /// Tells what has happened.
    ///
    /// # Errors
    /// [`Failure::Unread`] when the reader has gone.
    pub(super) fn tell(&self, news: &[Told]) -> Result<(), Failure> {
        for told in news {
            if self.out.json {
                let object = serde_json::to_string(told).expect("text and numbers become JSON");
                self.out.raw([&*object])?;
            } else {
                self.line(&told.line())?;
            }
        }
        Ok(())
    }

    /// Shows how it stands.
    pub(super) fn show(&mut self, seen: &Seen, pace: &Pace) {
        self.looks += 1;
        if let Some(bar) = &self.bar {
            let lines = picture(seen, pace, self.looks);
            bar.set_message(lines.iter().map(|line| rendered(line, true)).collect::<Vec<_>>().join("\n"));
            bar.tick();
        }
    }

    /// Nothing moves any more.
    pub(in crate::cli) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// With the time before it; above the picture when there is one.
    fn line(&self, line: &Line) -> Result<(), Failure> {
        let time = faint(format!("{:>5}  ", spoken(self.began.elapsed())));
        let line: Line = std::iter::once(time).chain(line.iter().cloned()).collect();
        match &self.bar {
            Some(bar) => bar.suspend(|| self.out.lines(&[line])),
            None => self.out.lines(&[line]),
        }
    }
}
