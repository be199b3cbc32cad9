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
    }
}

fn end(trajectory: &mut Trajectory, call: kernel::Uuid) {
    trajectory.open.remove(&call);
    trajectory.over.insert(call);
}
