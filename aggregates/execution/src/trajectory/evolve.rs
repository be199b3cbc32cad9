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
        Event::EgressAttempted { host, allowed: true, .. } => {
            *trajectory.ways.entry(host.clone()).or_default() += 1;
        }
        Event::EgressEnded { host, .. } => close(trajectory, host),
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
        | Event::EgressAttempted { allowed: false, .. }
        | Event::Noted { .. } => {}
    }
}

fn end(trajectory: &mut Trajectory, call: kernel::Uuid) {
    trajectory.open.remove(&call);
    trajectory.over.insert(call);
}

fn close(trajectory: &mut Trajectory, host: &vocabulary::Line<300>) {
    match trajectory.ways.get_mut(host) {
        Some(open) if *open > 1 => *open -= 1,
        _ => drop(trajectory.ways.remove(host)),
    }
}
