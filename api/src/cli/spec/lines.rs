//! How people read a spec on the command line.

use kernel::{Timestamp, Usd, Uuid};
use plan::{Problem, Verdict};
use serde::Deserialize;

use super::shown::{PhaseOf, Question, Spec, Task};
use crate::cli::client::{Failure, Line, alarm, faint, paragraphs, plain, rows, strong, time};
use crate::cli::near::warnings;

/// Digits of a hash that people are shown, and the fewest that name it.
const SHORT: usize = 12;
const SHORTEST: usize = 8;

/// The answer to a command.
#[derive(Debug, Deserialize)]
pub(super) struct Standing {
    id: Uuid,
    title: String,
    status: String,
    #[serde(default)]
    problems: Vec<Problem>,
}

impl Standing {
    pub(super) fn lines(self) -> Vec<Line> {
        let mut lines = vec![vec![strong(self.title), plain("  "), plain(spoken(&self.status))]];
        lines.push(vec![faint(self.id)]);
        lines.extend(self.problems.iter().map(problem));
        lines.push(vec![faint(format!("omoi spec show {0}, omoi spec watch {0}", self.id))]);
        lines
    }
}

/// A problem with its place.
pub(super) fn problem(problem: &Problem) -> Line {
    let place = &problem.place;
    let mut at = place.file.clone().unwrap_or_default();
    for number in [place.line, place.column].into_iter().flatten() {
        at.push_str(&format!(":{number}"));
    }
    let at = if at.is_empty() { place.item.clone().unwrap_or_default() } else { at };
    let at = if at.is_empty() { String::new() } else { format!("{at}  ") };
    vec![strong(at), alarm(&problem.code), plain("  "), plain(&problem.message)]
}

#[derive(Debug, Deserialize)]
struct ListedSpec {
    id: Uuid,
    title: String,
    status: String,
    tickets: usize,
    tasks: usize,
    updated_at: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct List {
    specs: Vec<ListedSpec>,
}

pub(super) fn list(list: List) -> Vec<Line> {
    if list.specs.is_empty() {
        return vec![vec![faint("no specs yet; begin with: omoi spec submit --project P --idea FILE")]];
    }
    let row = |spec: ListedSpec| {
        let work = if spec.tasks == 0 {
            String::new()
        } else {
            format!("{} tickets, {} tasks", spec.tickets, spec.tasks)
        };
        vec![
            strong(spec.title),
            plain(spoken(&spec.status)),
            plain(work),
            faint(time(spec.updated_at)),
            faint(spec.id),
        ]
    };
    rows(0, list.specs.into_iter().map(row).collect())
}

impl Spec {
    /// Whether nothing more comes by itself.
    pub(super) fn rests(&self) -> bool {
        match &*self.status {
            "planning" => false,
            // The work comes by itself, a moment later; after a revision it follows.
            "planned" => self.work.is_some() && self.follows(),
            "executing" => self.follows(),
            _ => true,
        }
    }

    /// Whether the work is what the newest revision says.
    fn follows(&self) -> bool {
        self.revisions.last().is_none_or(|revision| revision.work.is_some())
    }

    /// The gate that is shown, and the whole hash that `hash` begins.
    pub(super) fn gate(&self, hash: &str) -> Result<(&str, &str), Failure> {
        let (Some(gate), Some(whole)) = (self.gate.as_deref(), self.content_hash.as_deref()) else {
            let detail = format!("nothing of the spec waits for approval: it is {}", spoken(&self.status));
            return Err(Failure::local("no_approval_pending", detail));
        };
        if hash.len() < SHORTEST {
            let detail = format!("give at least {SHORTEST} digits of the hash that `omoi spec show` prints");
            return Err(Failure::invalid("short_hash", detail));
        }
        if !whole.starts_with(&hash.to_ascii_lowercase()) {
            let detail =
                "the content is another one than this hash names: look at it again with `omoi spec show`";
            return Err(Failure::local("content_changed", detail));
        }
        Ok((gate, whole))
    }

    pub(super) fn lines(self) -> Vec<Line> {
        let mut lines = vec![vec![strong(&self.title), plain("  "), plain(spoken(&self.status))]];
        lines.push(vec![faint(self.id)]);
        lines.extend(warnings(self.id, self.near_duplicates.as_deref()));
        if let Some(budget) = self.budget {
            lines.push(vec![faint(format!("budget {}", usd(budget)))]);
        }
        lines.extend(section("Phases"));
        lines.extend(rows(2, self.phases.iter().map(phase_row).collect()));
        lines.extend(self.phases.iter().flat_map(reasons));
        lines.extend(self.questions());
        lines.extend(self.plan());
        lines.extend(self.revised());
        lines.extend(self.end());
        lines
    }

    fn questions(&self) -> Vec<Line> {
        let mut lines = if self.questions.is_empty() { Vec::new() } else { section("Questions") };
        for asked in &self.questions {
            lines.push(question(asked));
            lines.push(match &asked.answer {
                Some(answer) => vec![plain("     "), plain(answer)],
                None => vec![alarm("     not answered")],
            });
        }
        lines
    }

    fn plan(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        if !self.requirements.is_empty() {
            lines.extend(section("Requirements"));
        }
        for requirement in &self.requirements {
            let covered = self.coverage.iter().find(|row| row.requirement_id == requirement.id);
            let covered = covered.filter(|_| !self.tasks.is_empty()).map(|row| match &*row.status {
                "not_covered" => alarm("  no task"),
                _ => faint(format!("  {}", row.covered_by_tasks.join(", "))),
            });
            let head = vec![strong(format!("  {}  ", requirement.id)), plain(&requirement.title)];
            lines.push(head.into_iter().chain(covered).collect());
            lines.extend(paragraphs(Some(&requirement.text)).into_iter().map(indented));
            for (n, criterion) in requirement.criteria.iter().enumerate() {
                lines.push(vec![faint(format!("    {}. ", n + 1)), plain(&criterion.text)]);
            }
        }
        if !self.tasks.is_empty() {
            lines.extend(section("Tasks"));
        }
        for ticket in &self.tickets {
            lines.push(vec![strong(format!("  {}  ", ticket.id)), plain(&ticket.title)]);
            let mine = self.tasks.iter().filter(|task| task.parent_ticket == ticket.id);
            lines.extend(rows(4, mine.map(|task| self.task_row(task)).collect()));
        }
        if !self.critical_path.is_empty() {
            lines.push(Vec::new());
            lines.push(vec![
                strong("Critical path  "),
                plain(self.critical_path.join(" → ")),
                faint(format!("  {} of {} h", number(self.critical_path_hours), number(self.total_hours))),
            ]);
        }
        lines
    }

    fn task_row(&self, task: &Task) -> Vec<crate::cli::client::Span> {
        let after = if task.dependencies.depends_on.is_empty() {
            String::new()
        } else {
            format!("after {}", task.dependencies.depends_on.join(", "))
        };
        let id = if self.critical_path.contains(&task.id) { strong(&task.id) } else { plain(&task.id) };
        let hours = task.estimated_hours.map_or_else(String::new, |hours| format!("{} h", number(hours)));
        let done = if task.done { "done" } else { "" };
        vec![id, plain(&task.title), plain(hours), faint(after), faint(done)]
    }

    /// What is to be done next.
    pub(super) fn end(&self) -> Vec<Line> {
        let id = self.id;
        let hash = self.content_hash.as_deref().map_or("", |hash| &hash[..hash.len().min(SHORT)]);
        let next = match &*self.status {
            "awaiting_approval" => format!(
                "waits for approval of the {}: omoi spec approve {id} {hash}, or omoi spec reject {id} {hash} --reason TEXT",
                self.gate.as_deref().unwrap_or("content"),
            ),
            "awaiting_answers" => format!("waits for answers: omoi spec answer {id} NUMBER TEXT"),
            "halted" | "failed" => format!(
                "stands still in {}: {}; omoi spec resume {id}",
                self.phase.as_deref().unwrap_or("planning"),
                why(self.reason.as_ref()),
            ),
            "executing" if self.possible.iter().any(|verb| verb == "accept-unproven") => format!(
                "all its tickets are done, and requirements rest on nothing: omoi spec report {id}, then revise the plan or \
                 omoi spec accept {id} --requirement REQ --reason TEXT"
            ),
            "planned" | "executing" => match &self.work {
                Some(work) => {
                    format!("{} tickets and {} tasks are on the board", work.tickets.len(), work.tasks.len())
                }
                None => "its work is being made".to_owned(),
            },
            _ => return Vec::new(),
        };
        vec![Vec::new(), vec![plain(next)]]
    }
}

pub(super) fn question(asked: &Question) -> Line {
    let number = strong(format!("  {}  ", asked.question));
    vec![number, faint(format!("{}  ", asked.category)), plain(&asked.text)]
}

fn phase_row(phase: &PhaseOf) -> Vec<crate::cli::client::Span> {
    let score =
        phase.attempts.last().and_then(|attempt| attempt.verdict.as_ref()).map(|verdict| verdict.score);
    let attempts = match phase.attempts.len() {
        0 | 1 => String::new(),
        many => format!("{many} attempts"),
    };
    let status = spoken(&phase.status);
    let status = if phase.status == "failed" { alarm(status) } else { plain(status) };
    vec![
        strong(&phase.phase),
        status,
        plain(score.map_or_else(String::new, |score| score.to_string())),
        faint(attempts),
    ]
}

/// Why the newest attempt of a phase did not pass.
fn reasons(phase: &PhaseOf) -> Vec<Line> {
    let Some(last) = phase.attempts.last().filter(|last| !last.passed) else { return Vec::new() };
    let verdict = last.verdict.iter().flat_map(|verdict| verdict.vetoes.iter().chain(&verdict.issues));
    let error = last.error.iter().map(|error| vec![alarm(format!("    {}: {error}", phase.phase))]);
    verdict.map(problem).map(indented).chain(error).collect()
}

/// The verdict of a judge, for people.
pub(super) fn verdict_lines(verdict: &Verdict) -> Vec<Line> {
    let passes = if verdict.passes() { plain("passes") } else { alarm("does not pass") };
    let mut lines = vec![vec![strong(format!("{}  ", verdict.score)), passes]];
    let row = |criterion: &plan::verdict::Criterion| {
        vec![plain(&criterion.name), plain(criterion.score), faint(format!("weight {}", criterion.weight))]
    };
    lines.extend(rows(2, verdict.criteria.iter().map(row).collect()));
    for (name, problems) in [("Vetoes", &verdict.vetoes), ("Issues", &verdict.issues)] {
        if !problems.is_empty() {
            lines.extend(section(name));
        }
        lines.extend(problems.iter().map(problem).map(indented));
    }
    lines
}

pub(super) fn section(name: &str) -> Vec<Line> {
    vec![Vec::new(), vec![strong(name)]]
}

fn indented(line: Line) -> Line {
    std::iter::once(plain("    ")).chain(line).collect()
}

pub(in crate::cli) fn why(reason: Option<&serde_json::Value>) -> String {
    match reason {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(reason) => match (reason["kind"].as_str(), reason["message"].as_str()) {
            (_, Some(message)) => message.to_owned(),
            (Some("budget_exhausted"), _) => {
                let needs = reason["needs"]
                    .as_i64()
                    .map_or_else(String::new, |needs| format!("{} ", usd(Usd::from_micros(needs))));
                format!(
                    "the next call to a model may cost {needs}more than is left of the budget; raise it with --budget"
                )
            }
            (Some(kind), _) => spoken(kind),
            _ => "for no reason given".to_owned(),
        },
        None => "for no reason given".to_owned(),
    }
}

pub(in crate::cli) fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

/// Hours without zeros behind them.
fn number(hours: f64) -> String {
    let text = format!("{hours:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn usd(amount: Usd) -> String {
    format!("${}.{:02}", amount.micros() / 1_000_000, amount.micros() % 1_000_000 / 10_000)
}
