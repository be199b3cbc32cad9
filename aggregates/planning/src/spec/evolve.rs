//! What each event makes of a spec. Total: an event is believed wherever it stands.

use plan::{Phase, Problem};

use super::{
    Details, Event, Failure, GateMode, Hand, Materialized, Origin, Progress, Question, Spec, Stage, Work,
};

pub(super) fn evolve(spec: &mut Spec, event: &Event) {
    match (spec, event) {
        (spec, Event::Submitted { title, idea, gates, budget }) => {
            *spec = begun(Details {
                budget: *budget,
                ..new(title, Origin::Idea { idea: idea.clone() }, *gates, Phase::Explore)
            });
        }
        (spec, Event::Imported { title, layout, gates }) => {
            *spec = begun(new(title, Origin::Import { layout: *layout }, *gates, Phase::Requirements));
        }
        (Spec::Absent, _) => {}
        (Spec::Present(details), event) => fold(details, event),
    }
}

fn begun(details: Details) -> Spec {
    Spec::Present(Box::new(details))
}

fn new(title: &vocabulary::Name, origin: Origin, gates: GateMode, first: Phase) -> Details {
    Details {
        title: title.clone(),
        origin,
        gates,
        budget: None,
        stage: Stage::Planning { phase: first, attempt: 1, due: None },
        phases: [].into(),
        questions: Vec::new(),
        work: None,
        revisions: 0,
        unproven: [].into(),
        accepted: [].into(),
    }
}

fn fold(spec: &mut Details, event: &Event) {
    match event {
        // They make the spec; see above.
        Event::Submitted { .. } | Event::Imported { .. } => {}
        Event::PhaseStarted { phase, attempt } => {
            let writer = if matches!(spec.origin, Origin::Import { .. }) && *attempt == 1 {
                Hand::Import
            } else {
                Hand::Model
            };
            begin(spec, *phase, *attempt, writer);
            spec.stage = Stage::Planning { phase: *phase, attempt: *attempt, due: None };
        }
        Event::PhaseSectionWritten { phase, section, .. } => {
            spec.phases.entry(*phase).or_default().content.add(section);
        }
        Event::PhaseOutputSubmitted { phase, content_hash, .. } => {
            spec.phases.entry(*phase).or_default().hash = Some(*content_hash);
        }
        Event::PhaseEvaluated { phase, verdict, .. } => {
            spec.phases.entry(*phase).or_default().feedback =
                verdict.vetoes.iter().chain(&verdict.issues).cloned().collect();
        }
        Event::PhaseRetryScheduled { phase, attempt, reason, at } => {
            fail(spec, *phase, reason);
            spec.stage = Stage::Planning { phase: *phase, attempt: attempt + 1, due: Some(*at) };
        }
        Event::PhaseFailed { phase, reason, .. } => {
            fail(spec, *phase, reason);
            spec.stage = Stage::Failed { phase: *phase, reason: reason.to_text() };
        }
        Event::PhasePassed { phase, .. } => {
            let progress = spec.phases.entry(*phase).or_default();
            (progress.passed, progress.failures) = (true, 0);
            go_to_following(spec, *phase);
        }
        Event::QuestionAsked { question, category, text } => {
            let (number, category, text) = (*question, category.clone(), text.clone());
            spec.questions.retain(|asked| asked.number != number);
            spec.questions.push(Question { number, category, text, answer: None });
            spec.stage = Stage::AwaitingAnswers;
        }
        Event::QuestionAnswered { question, text, .. } => {
            if let Some(asked) = spec.questions.iter_mut().find(|asked| asked.number == *question) {
                asked.answer = Some(text.clone());
            }
            if spec.questions.iter().all(|asked| asked.answer.is_some()) {
                go_to_following(spec, Phase::Explore);
            }
        }
        Event::ApprovalRequested { gate, content_hash } => {
            spec.stage = Stage::AwaitingApproval { gate: *gate, content_hash: *content_hash };
        }
        Event::ApprovalGranted { gate, .. } => {
            spec.phases.entry(gate.phase()).or_default().approved = true;
            go_to_following(spec, gate.phase());
        }
        Event::ApprovalRejected { gate, reason, .. } => {
            let phase = gate.phase();
            let progress = spec.phases.entry(phase).or_default();
            progress.passed = false;
            progress.feedback = vec![Problem::new("rejected", reason.as_str())];
            go_to(spec, phase);
        }
        Event::ContentEdited { phase, attempt, .. } => begin(spec, *phase, *attempt, Hand::Person),
        Event::Revised { .. } => revise(spec),
        Event::PlanAccepted { .. } => {
            let begun = spec.work.as_ref().is_some_and(|work| work.begun);
            spec.stage = if begun { Stage::Executing } else { Stage::Planned };
        }
        Event::WorkMaterialized { tickets, tasks } => {
            let mut work = Work::default();
            add(&mut work.tickets, tickets);
            add(&mut work.tasks, tasks);
            spec.work = Some(work);
        }
        Event::WorkRevised { tickets, tasks, withdrawn, kept, .. } => {
            let Some(work) = &mut spec.work else { return };
            withdraw(work, withdrawn);
            add(&mut work.tickets, tickets);
            add(&mut work.tasks, tasks);
            // What is taken up again is withdrawn no longer.
            work.withdrawn.retain(|gone| !tasks.iter().any(|task| task.id == gone.id));
            work.withdrawn_tickets.retain(|gone| !tickets.iter().any(|ticket| ticket.id == gone.id));
            work.kept = kept.iter().cloned().collect();
            work.revision += 1;
            work.behind = None;
        }
        Event::ExecutionStarted => {
            spec.work.iter_mut().for_each(|work| work.begun = true);
            spec.stage = Stage::Executing;
        }
        Event::CompletionHeld { unproven } => spec.unproven = unproven.iter().cloned().collect(),
        Event::UnprovenAccepted { requirements, .. } => {
            spec.unproven.retain(|id| !requirements.contains(id));
            spec.accepted.extend(requirements.iter().cloned());
        }
        Event::Completed => {
            spec.unproven.clear();
            spec.stage = Stage::Completed;
        }
        Event::Cancelled { .. } => spec.stage = Stage::Cancelled,
        Event::Halted { phase, reason } => {
            spec.stage = Stage::Halted { phase: *phase, reason: reason.clone() };
        }
        Event::Resumed { phase, attempt, budget } => {
            spec.budget = budget.or(spec.budget);
            spec.phases.entry(*phase).or_default().failures = 0;
            spec.stage = Stage::Planning { phase: *phase, attempt: *attempt, due: None };
        }
    }
}

/// The work rests on the plan before, until it was made to follow. What was accepted was accepted of that plan.
fn revise(spec: &mut Details) {
    spec.revisions += 1;
    spec.unproven.clear();
    spec.accepted.clear();
    let tasks = spec.phases.get(&Phase::Tasks).map(|progress| progress.content.clone()).unwrap_or_default();
    if let Some(work) = &mut spec.work {
        work.behind.get_or_insert_with(|| Box::new(tasks));
    }
}

fn add(known: &mut std::collections::BTreeMap<String, Materialized>, all: &[Materialized]) {
    known.extend(all.iter().map(|one| (one.local.clone(), one.clone())));
}

/// What is withdrawn is remembered: somebody may have begun it.
fn withdraw(work: &mut Work, gone: &[String]) {
    for local in gone {
        work.withdrawn_tickets.extend(work.tickets.remove(local));
        work.withdrawn.extend(work.tasks.remove(local));
    }
}

/// A new version of a phase's output; an attempt that goes on after a crash keeps what it has written.
fn begin(spec: &mut Details, phase: Phase, attempt: u32, writer: Hand) {
    let progress = spec.phases.entry(phase).or_default();
    if progress.attempt != attempt {
        let Progress { failures, feedback, content, previous, hash, .. } = std::mem::take(progress);
        let previous = if hash.is_some() { content } else { previous };
        *progress = Progress { attempt, failures, feedback, previous, writer, ..Progress::default() };
    }
}

fn fail(spec: &mut Details, phase: Phase, reason: &Failure) {
    let progress = spec.phases.entry(phase).or_default();
    progress.failures += 1;
    if let Failure::Error { message, .. } = reason {
        progress.feedback = vec![Problem::new("error", message.as_str())];
    }
}

fn go_to_following(spec: &mut Details, phase: Phase) {
    if let Some(next) = spec.following(phase) {
        go_to(spec, next);
    }
}

/// The next version of what `phase` writes; a version that was begun and not judged is gone on with.
fn go_to(spec: &mut Details, phase: Phase) {
    let attempt =
        spec.progress(phase).map_or(1, |progress| progress.attempt + u32::from(progress.hash.is_some()));
    spec.stage = Stage::Planning { phase, attempt, due: None };
}
