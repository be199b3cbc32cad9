//! What each event makes of a trajectory. Total: an event is believed wherever it stands.

use super::{Event, Open, Trajectory};

pub(super) fn evolve(trajectory: &mut Trajectory, event: &Event) {
    match event {
        Event::LlmCallStarted { call, of, reserved, .. } => {
            trajectory.open.insert(*call, Open { of: of.clone(), reserved: *reserved });
        }
        Event::LlmCallFinished { call, .. } => end(trajectory, *call),
        Event::LlmCallAmbiguous { call, cost, .. } => {
            end(trajectory, *call);
            trajectory.spent = trajectory.spent.checked_add(*cost).unwrap_or(trajectory.spent);
        }
        Event::UsageRecorded { cost, .. } => {
            trajectory.spent = trajectory.spent.checked_add(*cost).unwrap_or(trajectory.spent);
        }
        // What agents do; nothing is decided by it.
        Event::TurnStarted { .. }
        | Event::TurnEnded { .. }
        | Event::MessageEmitted { .. }
        | Event::ThoughtEmitted { .. }
        | Event::ToolCalled { .. }
        | Event::ToolReturned { .. }
        | Event::FileChanged { .. }
        | Event::CommandRan { .. }
        | Event::PlanUpdated { .. }
        | Event::QuestionRaised { .. }
        | Event::McpCallMade { .. }
        | Event::EgressAttempted { .. }
        | Event::EgressEnded { .. }
        | Event::Noted { .. } => {}
    }
}

fn end(trajectory: &mut Trajectory, call: kernel::Uuid) {
    trajectory.open.remove(&call);
    trajectory.over.insert(call);
}
