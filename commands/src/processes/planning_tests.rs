use kernel::{ActorId, Memory, News, Process as _, Timestamp, Uuid, recorded};
use planning::spec::{Event, Failure, Gate, GateMode};
use vocabulary::{Name, SpecId, Text};

use super::{Heard, Job, Planning};

const SPEC: u128 = 7;

fn asked_by(event: Event) -> Vec<(Job, Option<Timestamp>)> {
    let event = recorded("spec", Uuid::from_u128(SPEC), Heard::Spec(event));
    let actions = Planning::react(&News::Happened(&event), &mut Memory::default());
    actions.into_iter().map(|action| (action.body, action.due)).collect()
}

fn now() -> Vec<(Job, Option<Timestamp>)> {
    vec![(Job::Plan { spec: SpecId(Uuid::from_u128(SPEC)) }, None)]
}

#[test]
fn an_idea_is_planned_and_what_people_say_lets_planning_go_on() {
    let text = || Text::new("So it is.").unwrap();
    let by = ActorId(Uuid::from_u128(1));
    let idea = Event::Submitted {
        title: Name::new("A").unwrap(),
        idea: text(),
        gates: GateMode::Auto,
        budget: None,
    };
    let answered = |by| Event::QuestionAnswered { question: 1, text: text(), by };
    let hash = plan::ContentHash::of_json(&"a".into());
    let (gate, content_hash) = (Gate::Design, hash);
    assert_eq!(asked_by(idea), now());
    assert_eq!(asked_by(answered(Some(by))), now());
    assert_eq!(asked_by(answered(None)), [], "nobody was asked, so nobody has waited");
    assert_eq!(asked_by(Event::ApprovalGranted { gate, content_hash, by }), now());
    assert_eq!(asked_by(Event::ApprovalRejected { gate, content_hash, reason: text(), by }), now());
    assert_eq!(asked_by(Event::ApprovalRequested { gate, content_hash }), []);
    let phase = plan::Phase::Design;
    assert_eq!(asked_by(Event::Resumed { phase, attempt: 2, budget: None }), now());
    assert_eq!(asked_by(Event::PhaseStarted { phase, attempt: 2 }), [], "the planner itself goes on");
}

#[test]
fn the_next_attempt_has_its_time() {
    let at = Timestamp::from_micros(5_000_000);
    let event =
        Event::PhaseRetryScheduled { phase: plan::Phase::Prd, attempt: 1, reason: Failure::Evaluation, at };
    let [(job, due)] = &asked_by(event)[..] else { panic!() };
    assert_eq!((job, *due), (&Job::Plan { spec: SpecId(Uuid::from_u128(SPEC)) }, Some(at)));
}
