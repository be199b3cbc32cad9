//! A plan that somebody brings along: written down whole, then judged phase by phase.

use plan::{Layout, Phase, Plan, Writer, invariants};
use serde::Serialize;
use serde_json::{Map, Value};
use vocabulary::Name;

use super::super::{Event, GateMode, Section, Spec};
use super::{Decision, Rejection, Story, phases};

pub(super) fn import(title: Name, layout: Layout, gates: GateMode, plan: &Plan) -> Decision {
    judge(plan)?;
    let mut story = Story { spec: Spec::Absent, events: Vec::new() };
    story.tell(Event::Imported { title, layout, gates });
    write(&mut story, Phase::Requirements, &plan.requirements)?;
    if let Some(design) = &plan.design {
        write(&mut story, Phase::Design, design)?;
    }
    write(&mut story, Phase::Tasks, &plan.tasks)?;
    phases::judged(&mut story, Phase::Requirements);
    Ok(story.events)
}

/// What people bring along is refused for its vetoes alone, and for what no phase could read.
pub(super) fn judge(plan: &Plan) -> Result<(), Rejection> {
    let mut problems = invariants::check(plan, Writer::Imported).vetoes;
    problems.extend(plan.unreadable());
    if problems.is_empty() { Ok(()) } else { Err(Rejection::Vetoed { problems }) }
}

fn write(story: &mut Story, phase: Phase, output: &impl Serialize) -> Result<(), Rejection> {
    story.tell(Event::PhaseStarted { phase, attempt: 1 });
    for section in Section::all_of(&fields(output))? {
        story.tell(Event::PhaseSectionWritten { phase, attempt: 1, section });
    }
    Ok(())
}

/// An output is an object.
pub(super) fn fields(output: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(output) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}
