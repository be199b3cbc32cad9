//! How a build ends: the exit code, and the last line for programs.

use std::path::{Path, PathBuf};

use kernel::{Usd, Uuid};
use serde::{Deserialize, Serialize};

use super::Again;
use super::seen::Seen;
use super::verdict::Rest;
use crate::cli::merge::answer::Merge;
use std::time::Duration;

/// How it came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum Outcome {
    /// Everything is in on its branch, and verified.
    Merged,
    /// A person is asked.
    Gate,
    /// What was done does not go together.
    Parked,
    /// It cannot go on as it is.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl Last<'_> {
    /// Of a build that had not come to anything yet.
    pub(super) const fn of(outcome: Outcome) -> Self {
        Self { outcome, spec: None, branch: None, commit: None, cost_usd: 0.0, report: None }
    }

    /// One line.
    pub(super) fn line(&self) -> String {
        serde_json::to_string(self).expect("text and numbers become JSON")
    }
}

impl Outcome {
    /// Of a rest.
    pub(super) const fn of(rest: &Rest) -> Self {
        match rest {
            Rest::Merged => Self::Merged,
            Rest::Approval { .. } | Rest::Answers | Rest::Ticket { .. } => Self::Gate,
            Rest::Parked => Self::Parked,
            Rest::Failed { .. } => Self::Failed,
        }
    }

    /// For the shell.
    pub(in crate::cli) const fn exit_code(self) -> u8 {
        match self {
            Self::Merged => 0,
            Self::Gate => 3,
            Self::Parked => 4,
            Self::Failed => 5,
            Self::Cancelled => 130,
        }
    }
}

/// The last line for programs, with what was promised in its order.
#[derive(Debug, Serialize)]
pub(super) struct Last<'a> {
    pub(super) outcome: Outcome,
    pub(super) spec: Option<Uuid>,
    pub(super) branch: Option<&'a str>,
    pub(super) commit: Option<&'a str>,
    pub(super) cost_usd: f64,
    pub(super) report: Option<&'a Path>,
}

/// A build that has ended.
#[derive(Debug)]
pub(in crate::cli) struct Ended {
    pub(in crate::cli) outcome: Outcome,
    /// Why; none when somebody stopped it.
    pub(super) rest: Option<Rest>,
    pub(super) spec: Option<Uuid>,
    /// As it was seen last.
    pub(super) seen: Option<Seen>,
    pub(super) report: Option<PathBuf>,
    pub(super) took: Duration,
    /// Where the repository is, for who goes on by hand.
    pub(super) place: String,
    /// How it goes on.
    pub(super) again: Again,
}

impl Ended {
    /// The merge of what was built.
    pub(in crate::cli) fn merge(&self) -> Option<&Merge> {
        self.seen.as_ref()?.merge.as_ref()
    }

    pub(super) fn cost(&self) -> i64 {
        self.seen.as_ref().map_or(0, Seen::cost)
    }

    /// The last line for programs.
    pub(super) fn last(&self) -> Last<'_> {
        let merge = self.merge();
        Last {
            outcome: self.outcome,
            spec: self.spec,
            branch: merge.map(|merge| merge.branch.as_str()),
            commit: merge.and_then(|merge| merge.head.as_deref()),
            cost_usd: dollars(self.cost()),
            report: self.report.as_deref(),
        }
    }
}

/// Dollars for programs.
#[expect(
    clippy::cast_precision_loss,
    reason = "what a build costs is far below what a double counts exactly"
)]
fn dollars(micros: i64) -> f64 {
    micros as f64 / 1_000_000.0
}

/// Dollars and cents for people; what is less than a cent with all its digits.
pub(super) fn usd(micros: i64) -> String {
    match micros {
        0 => "$0".to_owned(),
        1..10_000 => Usd::from_micros(micros).to_string(),
        _ => format!("${}.{:02}", micros / 1_000_000, micros % 1_000_000 / 10_000),
    }
}

#[cfg(test)]
pub(super) mod examples {
    use super::super::seen::examples::{merge, run, seen};
    use super::*;

    pub(in super::super) fn ended(rest: Option<Rest>) -> Ended {
        let mut seen = seen(&["completed", "completed"]);
        seen.runs = vec![run(1, 0, Some((5, "succeeded")))];
        seen.merge = Some(merge("ready", true));
        Ended {
            outcome: rest.as_ref().map_or(Outcome::Cancelled, Outcome::of),
            rest,
            spec: Some(Uuid::from_u128(7)),
            seen: Some(seen),
            report: Some("/data/builds/b/report.md".into()),
            took: Duration::from_secs(65),
            place: "https://git.example.org/a.git".to_owned(),
            again: Again {
                command: "omoi build --repo /a --spec /b --resume".to_owned(),
                flags: String::new(),
                server: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::examples::ended;
    use super::*;

    #[test]
    fn every_outcome_has_its_code() {
        let failed = Rest::Failed { reason: String::new() };
        let approval = Rest::Approval { gate: "design".into(), hash: "0d0a".into() };
        for (rest, code) in
            [(Rest::Merged, 0), (approval, 3), (Rest::Answers, 3), (Rest::Parked, 4), (failed, 5)]
        {
            assert_eq!(Outcome::of(&rest).exit_code(), code, "{rest:?}");
        }
        assert_eq!(Outcome::Cancelled.exit_code(), 130);
    }

    #[test]
    fn the_last_line_has_what_was_promised_and_nothing_else() {
        assert_eq!(
            ended(Some(Rest::Merged)).last().line(),
            "{\"outcome\":\"merged\",\"spec\":\"00000000-0000-0000-0000-000000000007\",\"branch\":\"omoi/spec-invoices\",\
             \"commit\":\"1d2e3f4a5b60718293a4b5c6d7e8f9012345670c\",\"cost_usd\":0.01,\"report\":\"/data/builds/b/report.md\"}"
        );
        assert_eq!(
            Last::of(Outcome::Cancelled).line(),
            "{\"outcome\":\"cancelled\",\"spec\":null,\"branch\":null,\"commit\":null,\"cost_usd\":0.0,\"report\":null}"
        );
    }

    #[test]
    fn money_is_said_as_people_say_it() {
        for (micros, said) in [(0, "$0"), (500, "$0.000500"), (10_000, "$0.01"), (12_345_678, "$12.34")] {
            assert_eq!(usd(micros), said);
        }
    }
}
