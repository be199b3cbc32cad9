//! An accepted plan is revised: the phases that say something else are written anew and judged, in one decision.

use kernel::ActorId;
use plan::{ContentHash, Phase, Plan};
use serde_json::{Map, Value};

use super::super::judge::judge;
use super::super::{Details, Event, Gate, GateMode, Section, Stage};
use super::{Decision, Rejection, Story, import, phases};

/// What people bring along takes the place of the plan: judged, and refused for its vetoes alone. Who may revise may
/// approve, so what they bring passes the gates with their name.
pub(super) fn revise(spec: &Details, plan: &Plan, base: &ContentHash, by: ActorId) -> Decision {
    if !spec.is_accepted() {
        return Err(match spec.stage {
            Stage::Cancelled => Rejection::Over(spec.stage.name()),
            _ => Rejection::NotPlanned(spec.stage.name()),
        });
    }
    let plan = spec.aligned(plan.clone());
    let changed: Vec<_> =
        written(&plan).into_iter().filter(|(phase, said)| is_other(spec, *phase, said)).collect();
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let current = spec.plan_hash();
    if current != *base {
        return Err(Rejection::ContentChanged { current });
    }
    import::judge(&plan)?;
    let mut story = Story::of(spec);
    story.tell(Event::Revised { by });
    for (phase, said) in &changed {
        let attempt = story.spec().progress(*phase).map_or(1, |progress| progress.attempt + 1);
        story.tell(Event::ContentEdited { phase: *phase, attempt, by });
        for section in Section::all_of(said)? {
            story.tell(Event::PhaseSectionWritten { phase: *phase, attempt, section });
        }
    }
    for (phase, _) in changed {
        pass(&mut story, phase, by)?;
    }
    phases::check_the_whole(&mut story);
    Ok(story.events)
}

/// The plan as its phases write it. Of a design it may say nothing: then there is none, or it stays as it was.
fn written(plan: &Plan) -> Vec<(Phase, Map<String, Value>)> {
    let design = plan.design.as_ref().map(|design| (Phase::Design, import::fields(design)));
    let requirements = (Phase::Requirements, import::fields(&plan.requirements));
    let tasks = (Phase::Tasks, import::fields(&plan.tasks));
    [requirements].into_iter().chain(design).chain([tasks]).collect()
}

/// Compared as outputs: a model may have left fields out that are empty.
fn is_other(spec: &Details, phase: Phase, said: &Map<String, Value>) -> bool {
    let now = spec.plan();
    let now = match phase {
        Phase::Requirements => import::fields(&now.requirements),
        Phase::Tasks => import::fields(&now.tasks),
        _ => now.design.as_ref().map(import::fields).unwrap_or_default(),
    };
    now != *said
}

fn pass(story: &mut Story, phase: Phase, by: ActorId) -> Result<(), Rejection> {
    let spec = story.spec();
    let Some(progress) = spec.progress(phase) else { return Ok(()) };
    let attempt = progress.attempt;
    let judged = judge(spec, phase, progress);
    if !judged.passes {
        return Err(Rejection::Vetoed { problems: judged.verdict.vetoes });
    }
    let content_hash = judged.hash;
    let asked = Gate::after(phase).filter(|_| spec.gates == GateMode::Review);
    story.tell(Event::PhaseOutputSubmitted { phase, attempt, content_hash });
    story.tell(Event::PhaseEvaluated { phase, attempt, verdict: judged.verdict });
    story.tell(Event::PhasePassed { phase, attempt, content_hash });
    if let Some(gate) = asked {
        story.tell(Event::ApprovalGranted { gate, content_hash, by });
    }
    Ok(())
}
