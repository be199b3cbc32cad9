//! Planning is taken up: when an idea comes in, when people have said what they were asked, and when a wait is over.

use kernel::{Action, Memory, News, Process, Start, Timestamp};
use planning::spec::Event;
use vocabulary::SpecId;

use super::heard::subject;
use super::{Heard, Job};

/// Asks for the planner.
#[derive(Debug)]
pub struct Planning;

impl Process for Planning {
    const NAME: &'static str = "planning";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["spec"];
    type Event = Heard;
    type Action = Job;
    type Row = ();

    fn react(news: &News<'_, Heard, Job>, _: &mut Memory<()>) -> Vec<Action<Job>> {
        let News::Happened(event) = news else { return Vec::new() };
        let Heard::Spec(fact) = &event.event else { return Vec::new() };
        match fact {
            Event::Submitted { .. }
            | Event::Resumed { .. }
            | Event::ApprovalGranted { .. }
            | Event::ApprovalRejected { .. }
            | Event::QuestionAnswered { by: Some(_), .. } => vec![plan(subject(event), None)],
            Event::PhaseRetryScheduled { at, .. } => vec![plan(subject(event), Some(*at))],
            _ => Vec::new(),
        }
    }
}

fn plan(spec: SpecId, due: Option<Timestamp>) -> Action<Job> {
    let action = Action::now("plan", format!("spec/{spec}"), Job::Plan { spec });
    Action { due, ..action }
}
