//! `omoi replay run`: a run as it happened, from the log alone. Nothing is asked of an agent or a model, and nothing is written:
//! the same log gives the same bytes, however often and on whichever machine.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use clap::ValueEnum;
use kernel::{Timestamp, Uuid};
use serde_json::Value;

use super::atif::Atif;
use super::export::pretty;
use super::pages::{Pages, Told};
use super::standing::Standing;
use crate::cli::client::{Failure, Session};

/// How much faster than it was a terminal shows it.
const AT_A_TERMINAL: f64 = 8.0;
/// Nobody sits through a longer silence of a replay.
const LONGEST_SILENCE: Duration = Duration::from_secs(5);

/// Which run, and how it is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Replay {
    /// The run: its UUID.
    run: Uuid,
    /// How much faster than it was, e.g. 1 for its own time; no pause is longer than 5 s. [default: 8 at a terminal, else at once]
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    speed: Option<f64>,
    /// Up to this position of the log, the event there included, and then what was so there.
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    at: Option<i64>,
    /// How it is written. [default: text; with --json jsonl]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// How a replay is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As `omoi run watch` tells it.
    Text,
    /// An event a line, as the log has it, with its words.
    Jsonl,
    /// A document of the Agent Trajectory Interchange Format.
    Atif,
}

fn factor(text: &str) -> Result<f64, String> {
    let factor: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    if factor.is_finite() && factor > 0.0 { Ok(factor) } else { Err("it is greater than 0".into()) }
}

impl Replay {
    /// Shows it; Ctrl-C ends that.
    pub(crate) async fn carry_out(&self, session: &Session) -> Result<(), Failure> {
        let as_asked = if session.out.json { Format::Jsonl } else { Format::Text };
        let format = self.format.unwrap_or(as_asked);
        tokio::select! {
            shown = self.show(session, format) => shown,
            _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    }

    async fn show(&self, session: &Session, format: Format) -> Result<(), Failure> {
        let mut pages = Pages::of(session, self.run, self.at);
        let mut atif = Atif::new(self.run);
        let mut standing = Standing::default();
        let mut clock = Clock { speed: self.speed(format), before: None };
        loop {
            let page = pages.next().await?;
            for told in &page.events {
                clock.wait_for(told).await;
                match format {
                    Format::Text => session.out.lines(&told.event.lines())?,
                    Format::Jsonl => session.out.raw([told.raw.get()])?,
                    Format::Atif => atif.hear(&told.event),
                }
                standing.hear(&told.event);
            }
            if page.is_last {
                break;
            }
        }
        match (format, self.at) {
            (Format::Atif, _) => session.out.raw([pretty(&atif.document())?.as_str()]),
            (Format::Text, Some(at)) => session.out.lines(&standing.lines(at)),
            (Format::Text | Format::Jsonl, _) => Ok(()),
        }
    }

    /// A document is there at once, and so is what was so at a position, unless somebody wants to see how it came.
    fn speed(&self, format: Format) -> Option<f64> {
        let by_itself = self.at.is_none() && io::stdout().is_terminal();
        match format {
            Format::Atif => None,
            Format::Text | Format::Jsonl => self.speed.or(by_itself.then_some(AT_A_TERMINAL)),
        }
    }
}

/// Lets events come when they came, or faster.
struct Clock {
    /// None is at once.
    speed: Option<f64>,
    before: Option<Timestamp>,
}

impl Clock {
    async fn wait_for(&mut self, told: &Told) {
        let Some(speed) = self.speed else { return };
        let now = serde_json::from_value::<Timestamp>(Value::from(told.event.at())).ok();
        if let (Some(before), Some(now)) = (self.before, now) {
            tokio::time::sleep(silence(before, now, speed)).await;
        }
        self.before = now.or(self.before);
    }
}

fn silence(before: Timestamp, now: Timestamp, speed: f64) -> Duration {
    let micros = u64::try_from(now.micros().saturating_sub(before.micros())).unwrap_or(0);
    Duration::try_from_secs_f64(Duration::from_micros(micros).as_secs_f64() / speed)
        .map_or(LONGEST_SILENCE, |silence| silence.min(LONGEST_SILENCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_is_as_long_as_it_was_or_shorter() {
        let at = Timestamp::from_micros;
        let rows = [
            (at(0), at(2_000_000), 1.0, 2_000),
            (at(0), at(2_000_000), 8.0, 250),
            (at(0), at(3_600_000_000), 1.0, 5_000),
            (at(0), at(3_600_000_000), 1e-300, 5_000),
            // The clocks of two machines do not agree.
            (at(9_000_000), at(2_000_000), 1.0, 0),
        ];
        for (before, now, speed, millis) in rows {
            assert_eq!(
                silence(before, now, speed),
                Duration::from_millis(millis),
                "{before:?} {now:?} {speed}"
            );
        }
    }

    #[test]
    fn a_speed_is_a_number_that_time_can_be_divided_by() {
        assert_eq!(factor("0.5"), Ok(0.5));
        for text in ["0", "-1", "NaN", "inf", "fast", ""] {
            assert!(factor(text).is_err(), "{text}");
        }
    }
}
