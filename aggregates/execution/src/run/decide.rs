//! What a command causes, in each state.

use vocabulary::CommitId;

use super::{
    Command, Details, End, Event, Place, Rejection, Run, Snapshot, Status, Steer, SteerId, SteerState,
};

type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(run: &Run, command: Command) -> Decision {
    match (run, command) {
        (Run::Absent, Command::Start(start)) => Ok(vec![Event::Started(start)]),
        (Run::Absent, _) => Err(Rejection::NotFound),
        (Run::Present(_), Command::Start(_)) => Err(Rejection::AlreadyExists),
        (Run::Present(run), command) => present(run, command),
    }
}

fn present(run: &Details, command: Command) -> Decision {
    match command {
        Command::Start(_) => Err(Rejection::AlreadyExists),
        Command::TakeSnapshot { commit, at } => {
            let n = run.snapshot.as_ref().map_or(1, |snapshot| snapshot.n.saturating_add(1));
            in_its_workspace(run)?;
            Ok(vec![Event::SnapshotTaken(Snapshot { n, commit, at })])
        }
        Command::ReleaseSandbox => {
            after_its_end(run)?;
            Ok(unless(run.released, Event::SandboxReleased))
        }
        Command::RefuseLateInput { source } => {
            after_its_end(run)?;
            Ok(unless(run.late, Event::LateInputRefused { source }))
        }
        command if run.has_ended() => {
            drop(command);
            Err(Rejection::AlreadyEnded)
        }
        Command::RequestSandbox(place) => request_sandbox(run, place),
        Command::SandboxReady { level, version } => match run.status {
            Status::Starting if run.place.is_some() => Ok(vec![Event::SandboxReady { level, version }]),
            Status::Starting => Err(Rejection::NoSandbox),
            // It was told to stop while it was made.
            Status::Stopping { .. } => Ok(Vec::new()),
            Status::Active | Status::Ended { .. } => Err(Rejection::NotStarting),
        },
        Command::LoseSandbox { reason } => Ok(unless(run.sandbox_lost, Event::SandboxLost { reason })),
        Command::RequestSteer { steer, text, by } => {
            not_stopping(run)?;
            match &run.steer {
                Some(open) if open.id == steer => Ok(Vec::new()),
                Some(_) => Err(Rejection::SteerOpen),
                None => Ok(vec![Event::SteerRequested { steer, text, by }]),
            }
        }
        Command::AdvanceSteer { steer, state } => advance_steer(run, steer, state),
        Command::RequestInterrupt { by } => match run.status {
            Status::Active => Ok(unless(run.interrupt.is_some(), Event::InterruptRequested { by })),
            Status::Starting | Status::Ended { .. } => Err(Rejection::NotActive),
            Status::Stopping { .. } => Err(Rejection::Stopping),
        },
        Command::SettleInterrupt { turn, stop } => {
            Ok(unless(run.interrupt.is_none(), Event::InterruptSettled { turn, stop }))
        }
        Command::RequestStop { reason, by } => {
            Ok(unless(matches!(run.status, Status::Stopping { .. }), Event::StopRequested { reason, by }))
        }
        Command::GatherEvidence(evidence) => {
            in_its_workspace(run)?;
            not_stopping(run)?;
            Ok(vec![Event::EvidenceGathered(evidence)])
        }
        Command::NotePublished { commit, created } => published(run, commit, created),
        Command::End(end) => Ok(ended(run, end)),
    }
}

/// Once: whoever finds it requested by somebody else does not know what is there.
fn request_sandbox(run: &Details, place: Box<Place>) -> Decision {
    not_stopping(run)?;
    if run.place.is_some() || run.status != Status::Starting {
        return Err(Rejection::NotStarting);
    }
    Ok(vec![Event::SandboxRequested(place)])
}

fn published(run: &Details, commit: CommitId, created: bool) -> Decision {
    let Some(Place { branch, base, .. }) = &run.place else { return Err(Rejection::NoSandbox) };
    let (branch, base) = (branch.clone(), base.clone());
    let same = run.published.as_ref() == Some(&commit);
    Ok(unless(same, Event::WorkPublished { branch, commit, base, created }))
}

fn advance_steer(run: &Details, id: SteerId, state: SteerState) -> Decision {
    let Some(Steer { state: now, .. }) = run.steer.as_ref().filter(|open| open.id == id) else {
        return Err(Rejection::UnknownSteer { steer: id });
    };
    if *now == state {
        return Ok(Vec::new());
    }
    if !now.may_become(&state) {
        return Err(Rejection::SteerOrder);
    }
    Ok(steer_event(id, state).into_iter().collect())
}

fn steer_event(steer: SteerId, state: SteerState) -> Option<Event> {
    Some(match state {
        SteerState::Requested => return None,
        SteerState::Written { mechanism } => Event::SteerWritten { steer, mechanism },
        SteerState::Accepted => Event::SteerAccepted { steer },
        SteerState::Folded { turn } => Event::SteerFolded { steer, turn },
        SteerState::Deferred { turn } => Event::SteerDeferred { steer, turn },
        SteerState::Degraded { reason } => Event::SteerDegraded { steer, reason },
        SteerState::Ambiguous { reason } => Event::SteerAmbiguous { steer, reason },
    })
}

/// A steer never stays open: whoever wrote it learns what became of it.
fn ended(run: &Details, End { outcome, code, reason }: End) -> Vec<Event> {
    let open =
        run.steer.as_ref().and_then(|steer| steer_event(steer.id, steer.state.at_the_end(reason.clone())));
    open.into_iter().chain([Event::Ended { outcome, code, reason }]).collect()
}

fn in_its_workspace(run: &Details) -> Result<(), Rejection> {
    match &run.place {
        _ if run.released => Err(Rejection::Released),
        None => Err(Rejection::NoSandbox),
        Some(_) => Ok(()),
    }
}

fn not_stopping(run: &Details) -> Result<(), Rejection> {
    match run.status {
        Status::Stopping { .. } => Err(Rejection::Stopping),
        Status::Starting | Status::Active | Status::Ended { .. } => Ok(()),
    }
}

fn after_its_end(run: &Details) -> Result<(), Rejection> {
    if run.has_ended() { Ok(()) } else { Err(Rejection::NotEnded) }
}

/// What is so already is no news.
fn unless(same: bool, event: Event) -> Vec<Event> {
    if same { Vec::new() } else { vec![event] }
}
