//! What a command causes, and why it is refused.

use vocabulary::{Name, Reason, RunId};

use super::{Agent, Command, Event, FAULTS, Health, Identity};

/// Why an agent refuses a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No run of it has ended.
    #[error("no run of this agent has shown yet whether it works")]
    NotFound,
    /// It is trusted.
    #[error("the agent is not in quarantine")]
    NotQuarantined,
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotQuarantined => "not_quarantined",
        }
    }
}

pub(super) fn decide(agent: &Agent, command: Command) -> Result<Vec<Event>, Rejection> {
    match (agent, command) {
        (Agent::Absent, Command::NoteRun { run, identity, fault }) => {
            let mut events = vec![Event::Registered { identity }];
            events.extend(fault.and_then(|code| faulty(&Health::Fit, run, code)));
            Ok(events)
        }
        (Agent::Absent, _) => Err(Rejection::NotFound),
        (Agent::Known { counted, .. }, Command::NoteRun { run, fault: Some(_), .. })
            if counted.contains(&run) =>
        {
            Ok(Vec::new())
        }
        (Agent::Known { identity, health, .. }, Command::NoteRun { run, identity: newest, fault }) => {
            let mut events = changed(identity, newest);
            events.extend(match fault {
                Some(code) => faulty(health, run, code),
                None => (*health != Health::Fit).then_some(Event::Recovered { run }),
            });
            Ok(events)
        }
        (Agent::Known { health, .. }, Command::Quarantine { reason, by }) => Ok(match health {
            Health::Quarantined { .. } => Vec::new(),
            _ => vec![Event::Quarantined { reason, by: Some(by) }],
        }),
        (Agent::Known { health: Health::Quarantined { .. }, .. }, Command::Release { by }) => {
            Ok(vec![Event::Released { by }])
        }
        (Agent::Known { .. }, Command::Release { .. }) => Err(Rejection::NotQuarantined),
    }
}

fn changed(known: &Identity, newest: Identity) -> Vec<Event> {
    if known.driver == newest.driver {
        Vec::new()
    } else {
        vec![Event::CapabilitiesChanged { driver: newest.driver }]
    }
}

/// One in quarantine was tried by a person, who has seen it.
fn faulty(health: &Health, run: RunId, code: Name) -> Option<Event> {
    let before = match health {
        Health::Fit => 0,
        Health::Degraded { faults, .. } => *faults,
        Health::Quarantined { .. } => return None,
    };
    let faults = before.saturating_add(1);
    if faults < FAULTS {
        return Some(Event::Degraded { run, code, faults });
    }
    let reason = format!("{faults} runs in a row failed by the agent's own fault, the last with {code}");
    Some(Event::Quarantined { reason: Reason::new(&reason).expect("it has words"), by: None })
}
