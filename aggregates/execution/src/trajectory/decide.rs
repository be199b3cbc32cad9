//! What a command causes, and why it is refused.

use kernel::{Timestamp, Uuid};
use vocabulary::{Line, Name};

use super::{Command, Event, Trajectory};

/// Why a trajectory refuses a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The call was announced before, and has ended.
    #[error("the call {call} is over: another call has another id")]
    CallOver {
        /// The call.
        call: Uuid,
    },
    /// Nobody announced the call.
    #[error("no call {call} was announced")]
    UnknownCall {
        /// The call.
        call: Uuid,
    },
    /// Calls are announced and accounted for, not reported.
    #[error("a call to a model is announced before it is made: it cannot be reported")]
    NotSeen,
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::CallOver { .. } => "call_over",
            Self::UnknownCall { .. } => "unknown_call",
            Self::NotSeen => "not_seen",
        }
    }
}

pub(super) fn decide(trajectory: &Trajectory, command: Command) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::StartCall { call, .. } if trajectory.over.contains(&call) => {
            Err(Rejection::CallOver { call })
        }
        Command::StartCall { call, .. } if trajectory.open.contains_key(&call) => Ok(Vec::new()),
        Command::StartCall { call, of, provider, model, prompt, reserved } => {
            Ok(vec![Event::LlmCallStarted { call, of, provider, model, prompt, reserved }])
        }
        Command::FinishCall { call, .. } if trajectory.over.contains(&call) => Ok(Vec::new()),
        Command::FinishCall { call, outcome, tries, duration_ms, tokens, cost } => {
            let open = trajectory.open.get(&call).ok_or(Rejection::UnknownCall { call })?;
            Ok(vec![
                Event::LlmCallFinished { call, of: open.of.clone(), outcome, tries, duration_ms },
                Event::UsageRecorded { call, of: open.of.clone(), tokens, cost },
            ])
        }
        Command::Report { seen } if seen.iter().all(Event::is_seen) => Ok(seen),
        Command::Report { .. } => Err(Rejection::NotSeen),
        Command::GiveUpOpenCalls => Ok(trajectory
            .open
            .iter()
            .map(|(call, open)| Event::LlmCallAmbiguous {
                call: *call,
                of: open.of.clone(),
                cost: open.reserved,
            })
            .collect()),
        Command::CloseWays { at } => {
            let ways = trajectory.ways.iter();
            let each = ways.flat_map(|(host, open)| std::iter::repeat_n(host, *open as usize));
            Ok(each.map(|host| lost(host, at)).collect())
        }
    }
}

/// What had passed on it was counted by whoever is gone.
fn lost(host: &Line<300>, at: Timestamp) -> Event {
    let reason = Name::new("node_lost").expect("a name");
    Event::EgressEnded { at, host: host.clone(), reason, sent: 0, received: 0 }
}
