//! What people say to agents, and how they interrupt them, stands beside the runs: who stepped in, and whether it came through.

use execution::run::Event;
use kernel::{Action, ActorId, Memory, News, Process, ProjectId, Recorded, Start, Uuid, derived_uuid};
use oversight::intervention::{Command, InterventionId, Kind, Request};
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Reason, RunId};

use super::heard::subject;
use super::{Act, Actions, Heard};

/// What a turn ends with that was interrupted; with anything else the turn was faster.
const CANCELLED: &str = "cancelled";

/// Tells interventions what became of them.
#[derive(Debug)]
pub struct Interventions;

/// What is on its way to the agent of a run: one of each at most.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OnItsWay {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<InterventionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interrupt: Option<InterventionId>,
}

impl Process for Interventions {
    const NAME: &'static str = "interventions";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["run"];
    type Event = Heard;
    type Action = Act;
    type Row = OnItsWay;

    fn recalls(news: &News<'_, Heard, Act>) -> Vec<Uuid> {
        match of_run(news) {
            Some((event, fact)) if fact_counts(fact) => vec![subject(event)],
            _ => Vec::new(),
        }
    }

    fn react(news: &News<'_, Heard, Act>, rows: &mut Memory<OnItsWay>) -> Actions {
        let Some((event, fact)) = of_run(news) else { return Vec::new() };
        let Some(project) = event.envelope.project_id else { return Vec::new() };
        if !fact_counts(fact) {
            return Vec::new();
        }
        let run: RunId = subject(event);
        let row = rows.of(run.0);
        let told = match fact {
            Event::SteerRequested { steer, by, .. } => {
                let id = *row.message.insert(InterventionId(steer.0));
                vec![(id, requested(run, Kind::Message, *by))]
            }
            Event::SteerFolded { turn, .. } | Event::SteerDeferred { turn, .. } => {
                told(row.message.take(), Command::Deliver { turn: *turn })
            }
            Event::SteerDegraded { reason, .. } | Event::SteerAmbiguous { reason, .. } => {
                told(row.message.take(), Command::FailDelivery { reason: reason.clone() })
            }
            Event::InterruptRequested { by } => {
                // A run does not name its interruptions; the event that asks for one is one of a kind.
                let id = derived_uuid(&[b"interrupt", event.envelope.event_id.0.as_bytes()]);
                let id = *row.interrupt.insert(InterventionId(id));
                vec![(id, requested(run, Kind::Interrupt, *by))]
            }
            Event::InterruptSettled { turn, stop } => told(row.interrupt.take(), settled(*turn, stop)),
            Event::Ended { .. } => {
                let left = [row.message.take(), row.interrupt.take()];
                left.into_iter().flatten().map(|id| (id, Command::Expire)).collect()
            }
            _ => Vec::new(),
        };
        told.into_iter().map(|(id, command)| act(project, id, command)).collect()
    }
}

fn requested(run: RunId, kind: Kind, by: ActorId) -> Command {
    Command::Request(Request { run, kind, by })
}

fn told(open: Option<InterventionId>, command: Command) -> Vec<(InterventionId, Command)> {
    open.map(|id| (id, command)).into_iter().collect()
}

fn settled(turn: u32, stop: &Name) -> Command {
    if stop.as_str() == CANCELLED {
        return Command::Deliver { turn };
    }
    let reason = format!("turn {turn} was over before that, by itself ({stop})");
    Command::FailDelivery { reason: Reason::new(&reason).expect("it has words") }
}

/// One after another, as it went.
fn act(project: ProjectId, intervention: InterventionId, command: Command) -> Action<Act> {
    let key = format!("intervention/{intervention}");
    Action::now("intervene", key, Act::Intervene { project, intervention, command })
}

const fn fact_counts(fact: &Event) -> bool {
    matches!(
        fact,
        Event::SteerRequested { .. }
            | Event::SteerFolded { .. }
            | Event::SteerDeferred { .. }
            | Event::SteerDegraded { .. }
            | Event::SteerAmbiguous { .. }
            | Event::InterruptRequested { .. }
            | Event::InterruptSettled { .. }
            | Event::Ended { .. }
    )
}

fn of_run<'a>(news: &News<'a, Heard, Act>) -> Option<(&'a Recorded<Heard>, &'a Event)> {
    let News::Happened(event) = news else { return None };
    let Heard::Run(fact) = &event.event else { return None };
    Some((event, fact))
}
