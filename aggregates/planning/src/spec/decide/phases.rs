//! A phase: begun, written, judged; and what follows from the verdict.

use std::time::Duration;

use kernel::Timestamp;
use plan::phases::Explore;
use plan::{ContentHash, Phase, compute};
use serde_json::{Map, Value};
use vocabulary::Text;

use super::super::judge::{judge, plan_of, read, writer};
use super::super::{Details, Event, Failure, Gate, GateMode, Hand, Origin, Progress, Section, Stage};
use super::{Decision, Rejection, Story};

/// So many attempts in a row a phase has.
pub const MAX_ATTEMPTS: u32 = 3;
/// How long the next attempt waits after the first one and the second one that did not pass.
pub const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(4)];

/// What is said where people were not asked.
const ASSUMED: &str = "Nobody was asked. State what you assume, and plan for that.";

pub(super) fn start(spec: &Details, phase: Phase, attempt: u32) -> Decision {
    at(spec, phase, attempt)?;
    let begun = spec.progress(phase).is_some_and(|progress| progress.attempt == attempt);
    Ok(if begun { Vec::new() } else { vec![Event::PhaseStarted { phase, attempt }] })
}

pub(super) fn write(spec: &Details, phase: Phase, attempt: u32, sections: Vec<Section>) -> Decision {
    let mut content = begun(spec, phase, attempt)?.content.clone();
    let mut events = Vec::new();
    for section in sections {
        if !section.fits() {
            return Err(super::super::TooLarge { field: section.field }.into());
        }
        if let Some(section) = content.news(section) {
            content.add(&section);
            events.push(Event::PhaseSectionWritten { phase, attempt, section });
        }
    }
    Ok(events)
}

pub(super) fn submit(spec: &Details, phase: Phase, attempt: u32, now: Timestamp) -> Decision {
    begun(spec, phase, attempt)?;
    let mut story = Story::of(spec);
    if !judged(&mut story, phase) {
        fail(&mut story, phase, attempt, Failure::Evaluation, now);
    }
    Ok(story.events)
}

pub(super) fn fail_attempt(
    spec: &Details,
    phase: Phase,
    attempt: u32,
    reason: Failure,
    now: Timestamp,
) -> Decision {
    begun(spec, phase, attempt)?;
    let mut story = Story::of(spec);
    fail(&mut story, phase, attempt, reason, now);
    Ok(story.events)
}

/// The spec is at this attempt of this phase.
fn at(spec: &Details, phase: Phase, attempt: u32) -> Result<(), Rejection> {
    match spec.stage {
        Stage::Planning { phase: current, attempt: of, .. } if (current, of) == (phase, attempt) => Ok(()),
        Stage::Planning { phase, attempt, .. } => Err(Rejection::OtherAttempt { phase, attempt }),
        _ => Err(Rejection::NotPlanning(spec.stage.name())),
    }
}

/// And it has begun.
fn begun(spec: &Details, phase: Phase, attempt: u32) -> Result<&Progress, Rejection> {
    at(spec, phase, attempt)?;
    spec.progress(phase)
        .filter(|progress| progress.attempt == attempt)
        .ok_or(Rejection::OtherAttempt { phase, attempt })
}

fn fail(story: &mut Story, phase: Phase, attempt: u32, reason: Failure, now: Timestamp) {
    let before = story.spec().progress(phase).map_or(0, |progress| progress.failures);
    let pause = usize::try_from(before).ok().and_then(|before| PAUSES.get(before));
    story.tell(match pause {
        Some(pause) => Event::PhaseRetryScheduled { phase, attempt, reason, at: later(now, *pause) },
        None => Event::PhaseFailed { phase, attempt, reason },
    });
}

/// Submits and judges the newest version of what `phase` wrote; goes on when it passes. Whether it did.
pub(super) fn judged(story: &mut Story, phase: Phase) -> bool {
    let spec = story.spec();
    let Some(progress) = spec.progress(phase) else { return false };
    let attempt = progress.attempt;
    let judgement = judge(spec, phase, progress);
    let content_hash = judgement.hash;
    story.tell(Event::PhaseOutputSubmitted { phase, attempt, content_hash });
    story.tell(Event::PhaseEvaluated { phase, attempt, verdict: judgement.verdict });
    if judgement.passes {
        pass(story, phase, attempt, content_hash);
    }
    judgement.passes
}

fn pass(story: &mut Story, phase: Phase, attempt: u32, content_hash: ContentHash) {
    story.tell(Event::PhasePassed { phase, attempt, content_hash });
    let gate = Gate::after(phase).filter(|_| story.spec().gates == GateMode::Review);
    match (phase, gate) {
        (Phase::Explore, _) => ask(story),
        (_, Some(gate)) => story.tell(Event::ApprovalRequested { gate, content_hash }),
        _ => go_on(story, phase),
    }
}

/// Asks what came up in exploring; where people are not asked, the plan has to assume something.
fn ask(story: &mut Story) {
    let known = story.spec().questions.len();
    let explored: Option<Explore> = story.spec().passed(Phase::Explore).and_then(read);
    let asked = explored.into_iter().flat_map(|explored| explored.discovery_questions);
    let asked = asked.flat_map(|group| {
        let category = group.category;
        group.questions.into_iter().map(move |text| (category.clone(), text))
    });
    let asked: Vec<_> =
        asked.filter_map(|(category, text)| Some((category, Text::new(&text).ok()?))).collect();
    let numbers: Vec<u32> = (1..).skip(known).take(asked.len()).collect();
    for (&question, (category, text)) in numbers.iter().zip(asked) {
        story.tell(Event::QuestionAsked { question, category, text });
    }
    if story.spec().gates == GateMode::Auto {
        for question in numbers {
            let text = Text::new(ASSUMED).expect("it has words");
            story.tell(Event::QuestionAnswered { question, text, by: None });
        }
    }
}

/// What follows a phase without anybody's doing: the next one is judged when it was brought along, and the check of the
/// whole is computed.
pub(super) fn go_on(story: &mut Story, passed: Phase) {
    match story.spec().following(passed) {
        Some(Phase::Sync) => check_the_whole(story),
        Some(next) => {
            let brought = |progress: &&Progress| progress.writer == Hand::Import && progress.hash.is_none();
            let waits = story.spec().progress(next).is_some_and(|progress| brought(&progress));
            if waits && matches!(story.spec().origin, Origin::Import { .. }) {
                judged(story, next);
            }
        }
        None => {}
    }
}

/// The last phase: no model is asked, everything is computed from what the others wrote.
pub(super) fn check_the_whole(story: &mut Story) {
    let phase = Phase::Sync;
    let sync = compute::sync(&plan_of(story.spec()), writer(story.spec()));
    let fields = match serde_json::to_value(&sync) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let content_hash = ContentHash::of_json(&Value::Object(fields.clone()));
    let attempt = story.spec().progress(phase).map_or(1, |progress| progress.attempt + 1);
    story.tell(Event::PhaseStarted { phase, attempt });
    // A part that is too large for the log is left out: it can be computed again from the plan.
    for (field, value) in fields {
        let one = Map::from_iter([(field, value)]);
        for section in Section::all_of(&one).unwrap_or_default() {
            story.tell(Event::PhaseSectionWritten { phase, attempt, section });
        }
    }
    story.tell(Event::PhaseOutputSubmitted { phase, attempt, content_hash });
    story.tell(Event::PhasePassed { phase, attempt, content_hash });
    story.tell(Event::PlanAccepted { content_hash });
}

fn later(now: Timestamp, pause: Duration) -> Timestamp {
    Timestamp::from_micros(now.micros().saturating_add(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX)))
}
