//! Planning stands still, goes on, or ends.

use kernel::Usd;
use vocabulary::Text;

use super::super::{Details, Event, Halt, Stage};
use super::{Decision, Rejection};

pub(super) fn halt(spec: &Details, reason: Halt) -> Decision {
    match spec.stage {
        Stage::Planning { phase, .. } => Ok(vec![Event::Halted { phase, reason }]),
        Stage::Halted { .. } | Stage::Failed { .. } => Ok(Vec::new()),
        _ => Err(Rejection::NotPlanning(spec.stage.name())),
    }
}

pub(super) fn resume(spec: &Details, budget: Option<Usd>) -> Decision {
    let (Stage::Halted { phase, .. } | Stage::Failed { phase, .. }) = spec.stage else {
        return match spec.stage {
            // It went on already.
            Stage::Planning { .. } | Stage::AwaitingAnswers | Stage::AwaitingApproval { .. } => {
                Ok(Vec::new())
            }
            _ if spec.stage.is_over() => Err(Rejection::Over(spec.stage.name())),
            _ => Err(Rejection::NotHalted(spec.stage.name())),
        };
    };
    let failed = matches!(spec.stage, Stage::Failed { .. });
    let attempt = spec.progress(phase).map_or(1, |progress| {
        // What an attempt has written before it was halted is not written again.
        progress.attempt + u32::from(failed || progress.hash.is_some())
    });
    Ok(vec![Event::Resumed { phase, attempt, budget: budget.filter(|budget| Some(*budget) != spec.budget) }])
}

pub(super) fn cancel(spec: &Details, reason: Option<Text>) -> Decision {
    match spec.stage {
        Stage::Cancelled => Ok(Vec::new()),
        Stage::Completed => Err(Rejection::Over(spec.stage.name())),
        _ => Ok(vec![Event::Cancelled { reason }]),
    }
}
