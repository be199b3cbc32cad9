//! What is new since the last look, each for people in a line and for programs as an object.

use serde::Serialize;

use super::seen::{Run, Seen, Task};
use super::time_left::spoken;
use crate::cli::client::{Line, alarm, faint, plain, strong};
use crate::cli::merge::answer::{Candidate, Merge, short};
use std::time::Duration;

/// Something that happened.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Told {
    /// Planning went on.
    Planning { phase: String, status: String },
    /// The plan became work.
    Planned { title: String, tasks: usize },
    /// An agent took a task up.
    Started { task: String, title: String, agent: String },
    /// A task is done.
    Completed { task: String, title: String, agent: Option<String>, duration_ms: Option<u64> },
    /// An attempt did not do it; whether the task is tried again.
    SentBack { task: String, title: String, reason: String, again: bool },
    /// A task waits for what keeps it.
    Blocked { task: String, title: String },
    /// The work of a task is in, waits for a person, or is left out.
    Merging { task: String, title: String, state: String, reason: Option<String> },
    /// The merge as a whole.
    Merge { status: String, branch: String, head: Option<String>, merged: usize, candidates: usize },
}

/// In the order in which a build goes on.
pub(super) fn news(before: Option<&Seen>, now: &Seen) -> Vec<Told> {
    let mut told = of_spec(before, now);
    let merges = (before.and_then(|before| before.merge.as_ref()), now.merge.as_ref());
    told.extend(of_sent_back(before, now));
    told.extend(of_tasks(before, now));
    told.extend(of_candidates(merges));
    told.extend(of_begun(before, now));
    told.extend(of_merge(merges));
    told
}

fn of_spec(before: Option<&Seen>, now: &Seen) -> Vec<Told> {
    let known = |phase: &(String, String)| before.is_some_and(|before| before.spec.phases.contains(phase));
    let mut told = Vec::new();
    // Of a plan that was brought along there is nothing to tell but that it is there.
    if now.spec.status == "planning" || before.is_some_and(|before| before.spec.status == "planning") {
        let news = now.spec.phases.iter().filter(|phase| !known(phase) && phase.1 != "waiting");
        told.extend(
            news.map(|(phase, status)| Told::Planning { phase: phase.clone(), status: status.clone() }),
        );
    }
    if !now.tasks.is_empty() && before.is_none_or(|before| before.tasks.is_empty()) {
        told.push(Told::Planned { title: now.spec.title.clone(), tasks: now.tasks.len() });
    }
    told
}

/// Attempts that have begun. What was over before anybody looked is history.
fn of_begun(before: Option<&Seen>, now: &Seen) -> Vec<Told> {
    let is_news = |run: &&Run| run.outcome.is_none() && known(before, run).is_none();
    let told = |run: &Run| {
        let (task, title) = named(now.task(run.task)?);
        Some(Told::Started { task, title, agent: run.agent.clone() })
    };
    now.runs.iter().filter(is_news).filter_map(told).collect()
}

/// Attempts that have ended and did not do it.
fn of_sent_back(before: Option<&Seen>, now: &Seen) -> Vec<Told> {
    let was_open = |run: &Run| known(before, run).is_none_or(|known| known.outcome.is_none());
    let is_news = |run: &&Run| {
        before.is_some()
            && was_open(run)
            && run.outcome.as_deref().is_some_and(|outcome| outcome != "succeeded")
    };
    let told = |run: &Run| {
        let known = now.task(run.task)?;
        let (task, title) = named(known);
        let reason = run.reason.clone().unwrap_or_default();
        Some(Told::SentBack { task, title, reason, again: !known.is_over() })
    };
    now.runs.iter().filter(is_news).filter_map(told).collect()
}

fn known<'a>(before: Option<&'a Seen>, run: &Run) -> Option<&'a Run> {
    before?.runs.iter().find(|known| known.id == run.id)
}

fn of_tasks(before: Option<&Seen>, now: &Seen) -> Vec<Told> {
    let Some(before) = before else { return Vec::new() };
    let mut told = Vec::new();
    for task in &now.tasks {
        if before.task(task.id).is_none_or(|known| known.status == task.status) {
            continue;
        }
        let (number, title) = named(task);
        match task.status.as_str() {
            "completed" => {
                let last = now.runs.iter().rfind(|run| run.task == task.id);
                let duration_ms =
                    last.and_then(Run::micros).and_then(|micros| u64::try_from(micros / 1000).ok());
                let agent = last.map(|run| run.agent.clone());
                told.push(Told::Completed { task: number, title, agent, duration_ms });
            }
            "blocked" => told.push(Told::Blocked { task: number, title }),
            _ => {}
        }
    }
    told
}

type Merges<'a> = (Option<&'a Merge>, Option<&'a Merge>);

fn of_candidates((before, now): Merges<'_>) -> Vec<Told> {
    let known = |one: &Candidate| before?.candidates.iter().find(|known| known.task == one.task);
    let is_news = |one: &&Candidate| {
        matches!(one.state.as_str(), "merged" | "parked" | "left_out" | "conflicted")
            && known(one).is_none_or(|known| known.state != one.state)
    };
    let told = |one: &Candidate| Told::Merging {
        task: one.number.clone(),
        title: one.title.clone(),
        state: one.state.clone(),
        reason: one.park.as_ref().map(|park| park.reason.clone()),
    };
    now.map(|now| now.candidates.iter().filter(is_news).map(told).collect()).unwrap_or_default()
}

/// The merge as a whole, when it rests.
fn of_merge((before, now): Merges<'_>) -> Option<Told> {
    let now = now.filter(|now| {
        matches!(now.status.as_str(), "ready" | "parked" | "approved" | "landed" | "abandoned")
    })?;
    let is_news = before.is_none_or(|before| (&before.status, &before.head) != (&now.status, &now.head));
    is_news.then(|| Told::Merge {
        status: now.status.clone(),
        branch: now.branch.clone(),
        head: now.head.clone(),
        merged: now.candidates.iter().filter(|one| one.state == "merged").count(),
        candidates: now.candidates.len(),
    })
}

fn named(task: &Task) -> (String, String) {
    (task.number.clone(), task.title.clone())
}

impl Told {
    /// For people.
    pub(super) fn line(&self) -> Line {
        let of = |task: &str, title: &str| vec![strong(task), plain(format!("  {title}  "))];
        match self {
            Self::Planning { phase, status } => {
                vec![strong(phase), plain(format!("  {}", status.replace('_', " ")))]
            }
            Self::Planned { title, tasks } => {
                vec![strong(title), plain(format!("  is planned: {}", counted(*tasks)))]
            }
            Self::Started { task, title, agent } => {
                [of(task, title), vec![faint(format!("begun by {agent}"))]].concat()
            }
            Self::Completed { task, title, agent, duration_ms } => {
                let by = agent.as_ref().map_or_else(String::new, |agent| format!(" by {agent}"));
                let time = duration_ms.map_or_else(String::new, |ms| format!(" in {}", took(ms)));
                [of(task, title), vec![plain(format!("done{by}{time}"))]].concat()
            }
            Self::SentBack { task, title, reason, again } => {
                let next = if *again { "; it is tried again" } else { "" };
                let why = if reason.is_empty() { "the attempt did not succeed" } else { reason };
                [of(task, title), vec![alarm(format!("not yet: {why}")), faint(next)]].concat()
            }
            Self::Blocked { task, title } => [of(task, title), vec![alarm("is blocked")]].concat(),
            Self::Merging { task, title, state, reason } => {
                let said = match state.as_str() {
                    "merged" => plain("is merged"),
                    "left_out" => plain("is left out"),
                    "conflicted" => alarm("does not go together with what is in; somebody looks at it"),
                    _ => alarm(format!("is parked: {}", reason.as_deref().unwrap_or("it waits for you"))),
                };
                [of(task, title), vec![said]].concat()
            }
            Self::Merge { status, branch, head, merged, candidates } => {
                let at = head.as_deref().map_or_else(String::new, |head| format!(" at {}", short(head)));
                vec![strong(branch), plain(format!("  {status}{at}, {merged} of {candidates} in"))]
            }
        }
    }
}

/// How long it took, for people.
fn took(ms: u64) -> String {
    match ms {
        0..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => spoken(Duration::from_millis(ms)),
    }
}

fn counted(tasks: usize) -> String {
    if tasks == 1 { "a task".to_owned() } else { format!("{tasks} tasks") }
}

#[cfg(test)]
mod tests {
    use super::super::seen::examples::{merge, run, seen};
    use super::*;
    use crate::cli::client::shown_plain;

    fn shown(told: &[Told]) -> Vec<String> {
        shown_plain(&told.iter().map(Told::line).collect::<Vec<_>>())
    }

    #[test]
    fn the_same_twice_is_no_news() {
        let mut build = seen(&["completed", "running"]);
        build.runs = vec![run(1, 0, Some((5, "succeeded"))), run(2, 5, None)];
        build.merge = Some(merge("parked", true));
        assert!(news(Some(&build), &build).is_empty());
    }

    #[test]
    fn a_task_is_told_from_its_beginning_to_its_end() {
        let planned = seen(&["ready"]);
        let mut started = seen(&["running"]);
        started.runs = vec![run(1, 0, None)];
        let mut sent_back = seen(&["ready"]);
        sent_back.runs = vec![run(1, 0, Some((2, "failed")))];
        sent_back.runs[0].reason = Some("`sh test.sh` ended with 1".to_owned());
        let mut done = seen(&["completed"]);
        done.runs = vec![sent_back.runs[0].clone(), run(1, 2, Some((5, "succeeded")))];
        assert_eq!(shown(&news(None, &planned)), ["Invoices  is planned: a task"]);
        assert_eq!(shown(&news(Some(&planned), &started)), ["TSK-001  Do 1  begun by native"]);
        assert_eq!(
            shown(&news(Some(&started), &sent_back)),
            ["TSK-001  Do 1  not yet: `sh test.sh` ended with 1; it is tried again"]
        );
        assert_eq!(shown(&news(Some(&sent_back), &done)), ["TSK-001  Do 1  done by native in 3.0 s"]);
    }

    #[test]
    fn what_is_over_is_told_before_what_begins() {
        let mut before = seen(&["running", "planned"]);
        before.runs = vec![run(1, 0, None)];
        let mut now = seen(&["completed", "running"]);
        now.runs = vec![run(1, 0, Some((90, "succeeded"))), run(2, 90, None)];
        assert_eq!(
            shown(&news(Some(&before), &now)),
            ["TSK-001  Do 1  done by native in 1:30", "TSK-002  Do 2  begun by native"]
        );
    }

    #[test]
    fn whoever_comes_back_hears_no_history() {
        let mut build = seen(&["completed", "failed"]);
        build.runs = vec![run(1, 0, Some((5, "succeeded"))), run(2, 0, Some((5, "failed")))];
        assert_eq!(shown(&news(None, &build)), ["Invoices  is planned: 2 tasks"]);
    }

    #[test]
    fn what_comes_together_is_told() {
        let mut before = seen(&["completed", "completed"]);
        before.merge = Some(merge("merging", true));
        let now = Seen { merge: Some(merge("parked", true)), ..before.clone() };
        before.merge.as_mut().unwrap().candidates[1].state = "trying".to_owned();
        assert_eq!(
            shown(&news(Some(&before), &now)),
            [
                "TSK-003  Take the discount off  is parked: both change how a sum is rounded, and nobody could say which is \
                 meant",
                "omoi/spec-invoices  parked at 1d2e3f4a5b60, 1 of 2 in",
            ]
        );
    }

    #[test]
    fn programs_read_objects_that_say_what_they_are() {
        let told = Told::Started { task: "TSK-001".into(), title: "Do".into(), agent: "native".into() };
        let text = serde_json::to_string(&told).unwrap();
        assert_eq!(text, r#"{"event":"started","task":"TSK-001","title":"Do","agent":"native"}"#);
    }

    #[test]
    fn an_idea_is_planned_before_the_eyes_of_who_waits() {
        let mut build = seen(&[]);
        build.spec.status = "planning".to_owned();
        build.spec.phases = vec![
            ("explore".into(), "passed".into()),
            ("prd".into(), "running".into()),
            ("design".into(), "waiting".into()),
        ];
        assert_eq!(shown(&news(None, &build)), ["explore  passed", "prd  running"]);
    }
}
