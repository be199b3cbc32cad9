//! A run whose task somebody has given up is stopped: nobody waits for what it does.

use kernel::{Action, Memory, News, Process, Start, Uuid};
use serde::{Deserialize, Serialize};
use vocabulary::{Reason, RunId, TaskId};
use work::task::{Event, Worker};

use super::heard::subject;
use super::{Act, Actions, Heard};

/// Stops runs.
#[derive(Debug)]
pub struct RunsOfTasks;

/// Which run holds a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeldBy {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<RunId>,
}

impl Process for RunsOfTasks {
    const NAME: &'static str = "runs_of_tasks";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["task"];
    type Event = Heard;
    type Action = Act;
    type Row = HeldBy;

    fn recalls(news: &News<'_, Heard, Act>) -> Vec<Uuid> {
        match of_task(news) {
            Some((task, fact)) if fact_counts(fact) => vec![task.0],
            _ => Vec::new(),
        }
    }

    fn react(news: &News<'_, Heard, Act>, rows: &mut Memory<HeldBy>) -> Actions {
        let Some((task, fact)) = of_task(news) else { return Vec::new() };
        match fact {
            Event::Claimed { by: Worker::Run { run }, .. } => {
                rows.of(task.0).run = Some(*run);
                Vec::new()
            }
            Event::Cancelled { .. } => stop(rows, task, "its task was cancelled"),
            // By its own run, which has ended then, or by a person.
            Event::AttemptFailed { .. } => stop(rows, task, "its task was given up"),
            Event::Completed { .. } | Event::RevisionRequested { .. } | Event::ClaimExpired { .. } => {
                rows.of(task.0).run = None;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}

fn fact_counts(fact: &Event) -> bool {
    matches!(
        fact,
        Event::Claimed { by: Worker::Run { .. }, .. }
            | Event::Cancelled { .. }
            | Event::AttemptFailed { .. }
            | Event::Completed { .. }
            | Event::RevisionRequested { .. }
            | Event::ClaimExpired { .. }
    )
}

fn of_task<'a>(news: &News<'a, Heard, Act>) -> Option<(TaskId, &'a Event)> {
    let News::Happened(event) = news else { return None };
    let Heard::Task(fact) = &event.event else { return None };
    Some((subject(event), fact))
}

/// One that has ended by itself refuses it, and that is well.
fn stop(rows: &mut Memory<HeldBy>, task: TaskId, why: &str) -> Actions {
    let Some(run) = rows.of(task.0).run.take() else { return Vec::new() };
    let reason = Reason::new(why).expect("it has words");
    vec![Action::now("stop", format!("run/{run}"), Act::StopRun { run, reason })]
}
