//! `omoi spec report`: what a spec has come to, in lines, as JSON or as Markdown, on the screen or in a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::{Timestamp, Usd, Uuid};
use serde::Deserialize;

use super::lines::{section, spoken, usd};
use crate::cli::client::{
    Failure, Line, Reading, Session, Span, alarm, faint, plain, rendered, rows, strong, time,
};

/// As what, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct Report {
    /// The spec: its UUID.
    spec: Uuid,
    /// Print it as Markdown.
    #[arg(long)]
    markdown: bool,
    /// Write it into a file, as Markdown unless --json is given; a file that is there is overwritten.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

impl Report {
    pub(super) async fn show(&self, session: &Session) -> Result<(), Failure> {
        let Self { spec, markdown, output, reading } = self;
        if *markdown && session.out.json {
            return Err(Failure::invalid("two_formats", "give --markdown or --json, and not both"));
        }
        let is_markdown = *markdown || (output.is_some() && !session.out.json);
        let format = if is_markdown { "markdown" } else { "json" };
        let path = format!("/specs/{spec}/report?format={format}");
        let answer = session.client.read(&path, reading.min_position).await?;
        match output {
            Some(file) => {
                let text = if is_markdown { harmless(&answer.body) } else { answer.body };
                fs::write(file, text).map_err(|error| unwritable(file, &error))?;
                if session.out.json {
                    Ok(())
                } else {
                    session.out.lines(&[vec![plain("wrote "), plain(file.display())]])
                }
            }
            None if is_markdown => {
                session.out.lines(&answer.body.lines().map(|line| vec![plain(line)]).collect::<Vec<_>>())
            }
            None => session.out.show(&answer, Shown::lines),
        }
    }
}

fn unwritable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::invalid("unwritable", format!("cannot write {}: {error}", file.display()))
}

/// As it would be printed: whoever shows the file on a terminal is shown nothing else.
fn harmless(page: &str) -> String {
    page.lines().map(|line| rendered(&vec![plain(line)], false) + "\n").collect()
}

/// The answer, as far as people read it here.
#[derive(Debug, Deserialize)]
struct Shown {
    id: Uuid,
    title: String,
    status: String,
    times: Times,
    cost: Cost,
    requirements: Vec<Requirement>,
    unproven: Vec<String>,
    tasks: Vec<Task>,
    agents: Vec<Agent>,
    merge: Option<Merge>,
    position: i64,
}

#[derive(Debug, Deserialize)]
struct Times {
    submitted_at: Timestamp,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    runs_ms: u64,
}

#[derive(Debug, Deserialize)]
struct Cost {
    planning: Usd,
    runs: Usd,
    merge: Usd,
    total: Usd,
}

#[derive(Debug, Deserialize)]
struct Requirement {
    id: String,
    title: String,
    evidence: Option<String>,
    proofs: Vec<Proof>,
    open: Vec<String>,
    accepted: Option<Accepted>,
}

#[derive(Debug, Deserialize)]
struct Proof {
    number: String,
    commands: Vec<Ran>,
}

#[derive(Debug, Deserialize)]
struct Ran {
    cmd: String,
    exit: i32,
}

#[derive(Debug, Deserialize)]
struct Accepted {
    reason: String,
}

#[derive(Debug, Deserialize)]
struct Task {
    number: String,
    title: String,
    status: String,
    evidence: Option<String>,
    runs: usize,
    agents: Vec<String>,
    runs_ms: u64,
    cost: Usd,
    withdrawn: bool,
}

#[derive(Debug, Deserialize)]
struct Agent {
    agent: String,
    driver: String,
    runs: usize,
    succeeded: usize,
    cost: Usd,
}

#[derive(Debug, Deserialize)]
struct Merge {
    id: Uuid,
    status: String,
    branch: String,
    head: Option<String>,
}

impl Shown {
    fn lines(self) -> Vec<Line> {
        let mut lines = vec![vec![strong(&self.title), plain("  "), plain(spoken(&self.status))]];
        lines.push(vec![faint(self.id)]);
        lines.extend(rows(2, self.took()));
        if !self.requirements.is_empty() {
            lines.extend(section("Evidence"));
        }
        for requirement in &self.requirements {
            lines.extend(requirement.lines());
        }
        if !self.tasks.is_empty() {
            lines.extend(section("Tasks"));
            lines.extend(rows(2, self.tasks.iter().map(Task::row).collect()));
        }
        if !self.agents.is_empty() {
            lines.extend(section("Agents"));
            lines.extend(rows(2, self.agents.iter().map(Agent::row).collect()));
        }
        if let Some(merge) = &self.merge {
            lines.extend(section("Merge"));
            let head = merge.head.as_deref().map_or("", |head| head.get(..12).unwrap_or(head));
            let about = faint(format!("  omoi merge show {}", merge.id));
            let status = plain(format!("  {}", spoken(&merge.status)));
            lines.push(vec![plain("  "), strong(&merge.branch), plain(format!("  {head}")), status, about]);
        }
        lines.extend(self.end());
        lines.push(vec![faint(format!("as of position {}", self.position))]);
        lines
    }

    fn took(&self) -> Vec<Vec<Span>> {
        let Cost { planning, runs, merge, total } = self.cost;
        let parts = format!("planning {}, runs {}, conflicts {}", usd(planning), usd(runs), usd(merge));
        let cost = format!("{}: {parts}", usd(total));
        let at = |at: Option<Timestamp>| at.map_or_else(|| faint("not yet"), |at| plain(time(at)));
        vec![
            vec![plain("cost"), plain(cost)],
            vec![plain("submitted"), plain(time(self.times.submitted_at))],
            vec![plain("started"), at(self.times.started_at)],
            vec![plain("completed"), at(self.times.completed_at)],
            vec![plain("time of runs"), plain(took(self.times.runs_ms))],
        ]
    }

    /// What is to be done about what nothing shows, once the work is over.
    fn end(&self) -> Vec<Line> {
        let over = self.tasks.iter().all(|task| matches!(&*task.status, "completed" | "cancelled"));
        if self.unproven.is_empty() || !over || self.status != "executing" {
            return Vec::new();
        }
        let ids: Vec<String> = self.unproven.iter().map(|id| format!("--requirement {id}")).collect();
        let accept = format!("omoi spec accept {} {} --reason TEXT", self.id, ids.join(" "));
        vec![Vec::new(), vec![plain("revise the plan, or accept it as it is: "), plain(accept)]]
    }
}

impl Requirement {
    fn lines(&self) -> Vec<Line> {
        let on = match (&self.evidence, &self.accepted) {
            (Some(evidence), _) if evidence == "verified" => plain(format!("  {evidence}")),
            (Some(evidence), _) => faint(format!("  {evidence}, not verified")),
            (None, Some(_)) => faint("  accepted without evidence"),
            (None, None) => alarm("  nothing shows it"),
        };
        let mut lines = vec![vec![strong(format!("  {}  ", self.id)), plain(&self.title), on]];
        for proof in &self.proofs {
            let ran = proof.commands.iter().map(|ran| format!("{} ended with {}", ran.cmd, ran.exit));
            let ran: Vec<String> = ran.collect();
            lines.push(vec![plain(format!("    {}  ", proof.number)), faint(ran.join("; "))]);
        }
        if !self.open.is_empty() {
            lines.push(vec![faint(format!("    not completed: {}", self.open.join(", ")))]);
        }
        lines.extend(self.accepted.iter().map(|accepted| vec![plain("    "), plain(&accepted.reason)]));
        lines
    }
}

impl Task {
    fn row(&self) -> Vec<Span> {
        let withdrawn = if self.withdrawn { ", withdrawn" } else { "" };
        let runs = if self.runs == 0 {
            String::new()
        } else {
            format!("{} in {} runs", took(self.runs_ms), self.runs)
        };
        vec![
            strong(&self.number),
            plain(&self.title),
            plain(format!("{}{withdrawn}", spoken(&self.status))),
            plain(self.evidence.as_deref().unwrap_or_default()),
            plain(self.agents.join(", ")),
            faint(runs),
            faint(usd(self.cost)),
        ]
    }
}

impl Agent {
    fn row(&self) -> Vec<Span> {
        let runs = format!("{} runs, {} succeeded", self.runs, self.succeeded);
        vec![strong(&self.agent), plain(&self.driver), plain(runs), faint(usd(self.cost))]
    }
}

fn took(ms: u64) -> String {
    let seconds = Duration::from_millis(ms).as_secs();
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::client::shown_plain;

    fn example() -> serde_json::Value {
        serde_json::from_str(include_str!("../../openapi/examples/spec_report.json")).unwrap()
    }

    fn shown(answer: serde_json::Value) -> String {
        shown_plain(&serde_json::from_value::<Shown>(answer).unwrap().lines()).join("\n")
    }

    #[test]
    fn a_report_says_on_what_each_requirement_rests() {
        let shown = shown(example());
        for words in [
            "Todo  completed",
            "  cost          $0.14: planning $0.02, runs $0.12, conflicts $0.00",
            "  REQ-TODO-FUNC-001  Add a thing  verified",
            "    TSK-001  cargo test ended with 0",
            "  REQ-TODO-FUNC-002  Say how  attested, not verified",
            "  REQ-TODO-FUNC-003  Sort the list  accepted without evidence",
            "    Nobody sorts it yet.",
            "  TSK-001  Keep the list     completed  verified  builder  1 min 5 s in 2 runs  $0.12",
            "  omoi/spec-todo  dddddddddddd  ready",
            "as of position 128",
        ] {
            assert!(shown.lines().any(|line| line.starts_with(words)), "{words}\nis not in\n{shown}");
        }
        assert!(!shown.contains("omoi spec accept"), "{shown}");
    }

    #[test]
    fn what_nothing_shows_comes_with_what_to_do() {
        let mut answer = example();
        answer["status"] = "executing".into();
        answer["requirements"][2]["accepted"] = serde_json::Value::Null;
        answer["unproven"] = serde_json::json!(["REQ-TODO-FUNC-003"]);
        let shown = shown(answer);
        assert!(shown.contains("REQ-TODO-FUNC-003  Sort the list  nothing shows it"), "{shown}");
        assert!(shown.contains("--requirement REQ-TODO-FUNC-003 --reason TEXT"), "{shown}");
    }

    #[test]
    fn a_file_holds_nothing_that_paints_a_terminal() {
        assert_eq!(harmless("# a\u{1b}[2Jb\nc  \n"), "# a\u{fffd}[2Jb\nc\n");
    }
}
