//! A report as Markdown: first whether it holds, then what was built, by whom, and what that took.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use kernel::{ActorId, Timestamp, Usd};
use planning::spec::{Evidence, Stage};
use projections::merge_queue::{CandidateState, MergeState};
use projections::spec_report::{
    Accepted, Deed, Did, MergeReport, ProofAnswer, RequirementReport, SpecReportAnswer, TaskReport,
};

use super::escaped::{code, code_in_cell, text};

/// Digits of a commit that people are shown.
const SHORT: usize = 12;

/// The whole page.
pub(super) fn page(report: &SpecReportAnswer) -> String {
    let mut page = Page::default();
    page.line(&format!("# {}", text(report.title.as_str())));
    page.line("");
    page.head(report);
    page.evidence(report);
    page.built(report);
    page.by_whom(report);
    if let Some(merge) = &report.merge {
        page.merge(merge);
    }
    page.line(&format!("Spec {}, as of position {}.", code(&report.id.to_string()), report.position));
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, said: &str) {
        writeln!(self.0, "{said}").expect("a String takes everything");
    }

    fn section(&mut self, name: &str) {
        self.line(&format!("## {name}\n"));
    }

    fn head(&mut self, report: &SpecReportAnswer) {
        let proven = report.requirements.iter().filter(|it| it.evidence.is_some()).count();
        let completed = report.tasks.iter().filter(|task| task.evidence.is_some()).count();
        let runs: usize = report.tasks.iter().map(|task| task.runs).sum();
        let (cost, times) = (&report.cost, &report.times);
        self.line("| | |\n|---|---|");
        let mut row = |what: &str, said: String| self.line(&format!("| {what} | {said} |"));
        row("status", status(report));
        let accepted =
            report.requirements.iter().filter(|it| it.evidence.is_none() && it.accepted.is_some()).count();
        let accepted = if accepted == 0 { String::new() } else { format!(", {accepted} accepted without") };
        row("requirements", format!("{proven} of {} rest on evidence{accepted}", report.requirements.len()));
        row("tasks", format!("{completed} of {} completed, in {}", report.tasks.len(), counted(runs, "run")));
        row(
            "cost",
            format!(
                "{}: planning {}, runs {}, conflicts {}",
                dollars(cost.total),
                dollars(cost.planning),
                dollars(cost.runs),
                dollars(cost.merge)
            ),
        );
        row("submitted", time(times.submitted_at));
        row("started", times.started_at.map_or_else(|| "not yet".to_owned(), time));
        row("completed", times.completed_at.map_or_else(|| "not yet".to_owned(), time));
        if let (Some(start), Some(end)) = (times.started_at, times.completed_at) {
            row("from start to completion", spoken(between(start, end)));
        }
        row("time of runs", spoken(times.runs_ms));
        self.line("");
    }

    fn evidence(&mut self, report: &SpecReportAnswer) {
        if report.requirements.is_empty() {
            return;
        }
        self.section("Evidence");
        for requirement in &report.requirements {
            self.requirement(requirement);
        }
    }

    fn requirement(&mut self, requirement: &RequirementReport) {
        let RequirementReport { id, title, text: said, evidence, proofs, open, accepted } = requirement;
        let named = if title.is_empty() { text(id) } else { format!("{}: {}", text(id), text(title)) };
        self.line(&format!("### {named}\n"));
        if !said.trim().is_empty() {
            self.line(&format!("> {}\n", text(said)));
        }
        match (evidence, accepted) {
            (Some(evidence), _) => self.line(&format!("**{}**\n", capital(kind(*evidence)))),
            (None, Some(accepted)) => {
                self.line(&format!("**Accepted without evidence** {}\n", reason(accepted)));
            }
            (None, None) => self.line("**Nothing shows it.**\n"),
        }
        for proof in proofs {
            self.proof(proof);
        }
        if !open.is_empty() {
            let numbers: Vec<String> = open.iter().map(ToString::to_string).collect();
            self.line(&format!("- not completed: {}", numbers.join(", ")));
        }
        if !(proofs.is_empty() && open.is_empty()) {
            self.line("");
        }
    }

    fn proof(&mut self, proof: &ProofAnswer) {
        let by = proof.by.map_or_else(String::new, |by| format!(" by {}", who(by)));
        let at = proof
            .commit
            .as_ref()
            .map_or_else(String::new, |commit| format!(", {}", code(short(commit.as_str()))));
        let title = text(proof.title.as_str());
        self.line(&format!("- {} {title}: {}{by}{at}", proof.number, kind(proof.evidence)));
        for ran in &proof.commands {
            self.line(&format!("  - {} ended with {}", code(ran.cmd.as_str()), ran.exit));
        }
    }

    fn built(&mut self, report: &SpecReportAnswer) {
        if report.tasks.is_empty() {
            return;
        }
        self.section("What was built");
        for ticket in &report.tickets {
            let withdrawn = if ticket.withdrawn { ", withdrawn" } else { "" };
            let status = text(ticket.status);
            self.line(&format!(
                "### {} {} ({status}{withdrawn})\n",
                ticket.number,
                text(ticket.title.as_str())
            ));
            self.table(report.tasks.iter().filter(|task| task.ticket == ticket.id));
        }
        let elsewhere = |task: &&TaskReport| !report.tickets.iter().any(|ticket| ticket.id == task.ticket);
        self.table(report.tasks.iter().filter(elsewhere));
    }

    fn table<'t>(&mut self, tasks: impl Iterator<Item = &'t TaskReport>) {
        let mut tasks = tasks.peekable();
        if tasks.peek().is_none() {
            return;
        }
        self.line("| task | | state | evidence | runs | by | time | cost | changed | commit |");
        self.line("|---|---|---|---|---|---|---|---|---|---|");
        for task in tasks {
            let named = |names: &[vocabulary::Name]| {
                names.iter().map(|name| text(name.as_str())).collect::<Vec<_>>().join(", ")
            };
            let by = if task.agents.is_empty() {
                String::new()
            } else {
                format!("{} ({})", named(&task.agents), named(&task.drivers))
            };
            let changed = task
                .changed
                .map_or_else(String::new, |it| format!("{} files, +{} -{}", it.files, it.added, it.removed));
            let commit =
                task.commit.as_ref().map_or_else(String::new, |commit| code_in_cell(short(commit.as_str())));
            let withdrawn = if task.withdrawn { ", withdrawn" } else { "" };
            self.line(&format!(
                "| {} | {} | {}{withdrawn} | {} | {} | {by} | {} | {} | {changed} | {commit} |",
                task.number,
                text(task.title.as_str()),
                text(&task.status.replace('_', " ")),
                task.evidence.map_or("", Evidence::as_str),
                task.runs,
                spoken(task.runs_ms),
                dollars(task.cost),
            ));
        }
        self.line("");
    }

    fn by_whom(&mut self, report: &SpecReportAnswer) {
        self.section("By whom");
        for agent in &report.agents {
            let (name, driver) = (text(agent.agent.as_str()), text(agent.driver.as_str()));
            self.line(&format!(
                "- agent {name} ({driver}): {}, {} succeeded, {}, {}",
                counted(agent.runs, "run"),
                agent.succeeded,
                spoken(agent.runs_ms),
                dollars(agent.cost)
            ));
        }
        for deed in &report.people {
            self.line(&format!("- {}: {} {}", time(deed.at), who(deed.by), did(deed)));
        }
        self.line("");
    }

    fn merge(&mut self, merge: &MergeReport) {
        self.section("How it came together");
        let head = merge
            .head
            .as_ref()
            .map_or_else(String::new, |head| format!(" at {}", code(short(head.as_str()))));
        self.line(&format!("- {}{head}: {}", code(merge.branch.as_str()), spoken_state(merge.status)));
        if let (Some(target), Some(base)) = (&merge.target, &merge.base) {
            self.line(&format!("- for {} from {}", code(target.as_str()), code(short(base.as_str()))));
        }
        for work in &merge.not_in {
            let why = work
                .reason
                .as_ref()
                .map_or_else(String::new, |reason| format!(": {}", text(reason.as_str())));
            let commit = code(work.commit.as_str());
            self.line(&format!(
                "- {} is {}{why}; its work is {commit}",
                work.number,
                spoken_candidate(work.state)
            ));
        }
        if let Some(landed) = &merge.landed {
            self.line(&format!("- landed as {}", code(short(landed.commit.as_str()))));
        }
        if merge.status == MergeState::Ready {
            self.line(&format!(
                "- waits for approval: {}",
                code(&format!("omoi merge approve {}", merge.id))
            ));
        }
        self.line("");
    }
}

fn status(report: &SpecReportAnswer) -> String {
    let name = report.stage.name().replace('_', " ");
    match report.stage {
        Stage::Executing if report.unproven.is_empty() => name,
        Stage::Executing | Stage::Planned => {
            format!("{name}; {} without evidence", counted(report.unproven.len(), "requirement"))
        }
        _ => name,
    }
}

const fn kind(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Verified => "verified",
        Evidence::Attested => "attested, not verified",
        Evidence::Imported => "done before the plan was imported, not verified",
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

fn reason(accepted: &Accepted) -> String {
    format!("by {} on {}: {}", who(accepted.by), time(accepted.at), text(accepted.reason.as_str()))
}

fn did(deed: &Deed) -> String {
    let of = deed.of.as_deref().map_or_else(|| "the spec".to_owned(), text);
    match deed.did {
        Did::Submitted => "submitted the spec".to_owned(),
        Did::Answered => format!("answered {of}"),
        Did::Approved => format!("approved the {of}"),
        Did::Rejected => format!("rejected the {of}"),
        Did::Edited => format!("edited the {of}"),
        Did::Revised => "revised the plan".to_owned(),
        Did::Attested => format!("attested {of}"),
        Did::Accepted => format!("accepted {of} without evidence"),
        Did::ApprovedMerge => format!("approved the merge of {of}"),
    }
}

fn spoken_state(state: MergeState) -> &'static str {
    match state {
        MergeState::Queued => "waits for tasks",
        MergeState::Merging => "is being merged",
        MergeState::Parked => "parked, it waits for a person",
        MergeState::Ready => "merged and verified, it waits for an approval",
        MergeState::Approved => "approved, it is about to land",
        MergeState::Landed => "landed",
        MergeState::Abandoned => "abandoned",
    }
}

const fn spoken_candidate(state: CandidateState) -> &'static str {
    match state {
        CandidateState::Waiting => "not tried yet",
        CandidateState::Trying => "being tried",
        CandidateState::Conflicted => "in conflict",
        CandidateState::Resolving => "being resolved",
        CandidateState::Parked => "parked",
        CandidateState::Merged => "merged",
        CandidateState::LeftOut => "left out",
    }
}

fn who(by: ActorId) -> String {
    code(&by.to_string())
}

fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

/// To the second; the zone is UTC.
fn time(at: Timestamp) -> String {
    let text = at.to_string();
    let seconds = text.split(['.', 'Z']).next().unwrap_or_default().replace('T', " ");
    format!("{seconds} UTC")
}

fn between(start: Timestamp, end: Timestamp) -> u64 {
    u64::try_from(end.micros().saturating_sub(start.micros()) / 1_000).unwrap_or(0)
}

/// So many milliseconds as people say them.
fn spoken(ms: u64) -> String {
    let seconds = ms / 1_000;
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) if ms > 0 => "under a second".to_owned(),
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// In cents, but for what is less than one.
fn dollars(amount: Usd) -> String {
    let micros = amount.micros();
    if micros > 0 && micros < 10_000 {
        return "under $0.01".to_owned();
    }
    format!("${}.{:02}", micros / 1_000_000, micros % 1_000_000 / 10_000)
}
