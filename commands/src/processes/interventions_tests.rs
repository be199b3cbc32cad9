//! A run and those who step into it, as the process hears of them.

use execution::content::Content;
use execution::run::{Event, Outcome, SteerId};
use kernel::{ActorId, EventId, ProjectId, Recorded, Uuid, recorded};
use oversight::intervention::{Command, InterventionId, Kind, Request};
use vocabulary::{Name, Reason, RunId, Sealed};

use super::tests::heard;
use super::{Act, Heard, Interventions};

const RUN: RunId = RunId(Uuid::from_u128(7));
const STEER: SteerId = SteerId(Uuid::from_u128(8));
const ADA: ActorId = ActorId(Uuid::from_u128(1));
const PROJECT: ProjectId = ProjectId(Uuid::from_u128(2));

fn of_run(place: u128, event: Event) -> Recorded<Heard> {
    let mut event = recorded("run", RUN.0, Heard::Run(event));
    event.envelope.project_id = Some(PROJECT);
    event.envelope.event_id = EventId(Uuid::from_u128(place));
    event
}

/// What is asked for at the last of these, and of which intervention.
fn after(history: &[Event]) -> Vec<(InterventionId, Command)> {
    let history = history.iter().zip(1..).map(|(event, place)| of_run(place, event.clone()));
    let told = heard::<Interventions>(history).into_iter().map(|action| match action.body {
        Act::Intervene { project, intervention, command } => {
            assert_eq!((project, action.target), (PROJECT, format!("intervention/{intervention}")));
            (intervention, command)
        }
        other => panic!("{other:?}"),
    });
    told.collect()
}

fn reason(text: &str) -> Reason {
    Reason::new(text).unwrap()
}

fn said() -> Event {
    let text = Content::Event { sealed: Sealed::new("c2VhbGVkIHdvcmRz").unwrap() };
    Event::SteerRequested { steer: STEER, text, by: ADA }
}

fn interrupted() -> Event {
    Event::InterruptRequested { by: ADA }
}

fn settled(stop: &str) -> Event {
    Event::InterruptSettled { turn: 2, stop: Name::new(stop).unwrap() }
}

fn ended() -> Event {
    Event::Ended { outcome: Outcome::Lost, code: Name::new("lost").unwrap(), reason: reason("gone") }
}

fn request(kind: Kind) -> Command {
    Command::Request(Request { run: RUN, kind, by: ADA })
}

#[test]
fn a_message_is_an_intervention_and_what_becomes_of_it_is_told_once() {
    let id = InterventionId(STEER.0);
    assert_eq!(after(&[said()]), [(id, request(Kind::Message))]);
    let written = Event::SteerWritten { steer: STEER, mechanism: Name::new("hook").unwrap() };
    assert_eq!(after(&[said(), written.clone()]), []);
    for (event, command) in [
        (Event::SteerFolded { steer: STEER, turn: 1 }, Command::Deliver { turn: 1 }),
        (Event::SteerDeferred { steer: STEER, turn: 2 }, Command::Deliver { turn: 2 }),
        (
            Event::SteerDegraded { steer: STEER, reason: reason("no way") },
            Command::FailDelivery { reason: reason("no way") },
        ),
        (
            Event::SteerAmbiguous { steer: STEER, reason: reason("who knows") },
            Command::FailDelivery { reason: reason("who knows") },
        ),
    ] {
        assert_eq!(after(&[said(), written.clone(), event.clone()]), [(id, command)]);
        assert_eq!(after(&[said(), written.clone(), event, ended()]), [], "it was told before");
    }
}

#[test]
fn an_interruption_came_through_when_the_turn_ended_by_it() {
    let asked = after(&[interrupted()]);
    let [(id, command)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(*command, request(Kind::Interrupt));
    assert_eq!(after(&[interrupted(), settled("cancelled")]), [(*id, Command::Deliver { turn: 2 })]);
    let faster = after(&[interrupted(), settled("end_turn")]);
    let [(same, Command::FailDelivery { reason })] = &faster[..] else { panic!("{faster:?}") };
    assert!(same == id && reason.as_str().contains("by itself (end_turn)"), "{faster:?}");
    // The next one is another one.
    let next = after(&[interrupted(), settled("cancelled"), interrupted()]);
    assert!(next.len() == 1 && next[0].0 != *id, "{next:?}");
}

#[test]
fn what_is_still_on_its_way_when_the_run_ends_has_expired() {
    let both = after(&[said(), interrupted(), ended()]);
    let commands: Vec<_> = both.iter().map(|(_, command)| command.clone()).collect();
    assert_eq!(commands, [Command::Expire, Command::Expire]);
    assert!(both[0].0 == InterventionId(STEER.0) && both[1].0 != both[0].0, "{both:?}");
    assert_eq!(after(&[ended()]), []);
    assert_eq!(after(&[said(), ended(), ended()]), []);
}
