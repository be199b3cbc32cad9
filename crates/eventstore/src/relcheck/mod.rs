//! The checker: does a log, after whatever happened to it, keep its promises?
//!
//! It looks at four things: the event table in the order of positions ([`LogFold`]), what stands beside it and
//! what consumers made of it ([`Evidence`]), and the journals of the clients ([`Line`]). [`check`] is pure and
//! answers a [`Report`]; `read.rs` fetches the evidence from a database; `src/bin/relcheck.rs` is the command.
//!
//! It shares no code with the append: only the definition of the content hash.

mod commands;
mod consumers;
mod evidence;
mod journal;
mod log;
mod owners;
mod read;
mod report;

pub use evidence::{CheckpointRow, Effects, EventRow, Evidence, LeaseRow, OutcomeRow, ParkedRow, StreamRow};
pub use journal::{JournalError, Line, parse as parse_journal};
pub use log::LogFold;
pub use read::{EffectTable, InvalidTable, gather};
pub use report::{Report, Rule, Violation};

/// Judges a log by everything that is known of it.
#[must_use]
pub fn check(log: LogFold, evidence: &Evidence) -> Report {
    let (log, mut report) = log.into_parts();
    log.check_streams(&evidence.streams, &mut report);
    commands::check_outcomes(&log, &evidence.outcomes, &mut report);
    commands::check_journals(&log, evidence, &mut report);
    owners::check(&log, evidence, &mut report);
    consumers::check(&log, evidence, &mut report);
    report
}
