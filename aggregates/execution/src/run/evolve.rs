//! What each event makes of a run. Total: an event is believed wherever it stands.

use vocabulary::Name;

use super::{Details, Event, Run, Started, Status, Steer, SteerId, SteerState};

pub(super) fn evolve(run: &mut Run, event: &Event) {
    match (run, event) {
        (run, Event::Started(start)) => *run = Run::Present(Box::new(begun(start))),
        (Run::Absent, _) => {}
        (Run::Present(details), event) => fold(details, event),
    }
}

fn begun(start: &Started) -> Details {
    Details {
        start: start.clone(),
        status: Status::Starting,
        place: None,
        level: None,
        sandbox_lost: false,
        released: false,
        snapshot: None,
        published: None,
        steer: None,
        interrupts: 0,
        interrupt: None,
        late: false,
    }
}

fn fold(run: &mut Details, event: &Event) {
    match event {
        // It makes the run; see above.
        Event::Started(_) => {}
        Event::SandboxRequested(place) => run.place = Some((**place).clone()),
        Event::SandboxReady { level, .. } => {
            run.level = Some(level.clone());
            if run.status == Status::Starting {
                run.status = Status::Active;
            }
        }
        Event::SandboxLost { .. } => run.sandbox_lost = true,
        Event::SandboxReleased => run.released = true,
        Event::SteerRequested { steer, text, .. } => {
            run.steer = Some(Steer { id: *steer, text: text.clone(), state: SteerState::Requested });
        }
        Event::SteerWritten { steer, mechanism } => advance(run, *steer, written(mechanism)),
        Event::SteerAccepted { steer } => advance(run, *steer, SteerState::Accepted),
        Event::SteerFolded { .. }
        | Event::SteerDeferred { .. }
        | Event::SteerDegraded { .. }
        | Event::SteerAmbiguous { .. } => run.steer = None,
        Event::InterruptRequested { .. } => {
            run.interrupts += 1;
            run.interrupt = Some(run.interrupts);
        }
        Event::InterruptSettled { .. } => run.interrupt = None,
        Event::StopRequested { reason, .. } => run.status = Status::Stopping { reason: reason.clone() },
        Event::SnapshotTaken(snapshot) => run.snapshot = Some(snapshot.clone()),
        Event::WorkPublished { commit, .. } => run.published = Some(commit.clone()),
        Event::Ended { outcome, code, reason } => {
            run.status = Status::Ended { outcome: *outcome, code: code.clone(), reason: reason.clone() };
            run.interrupt = None;
        }
        Event::LateInputRefused { .. } => run.late = true,
        // What follows from it is another event.
        Event::EvidenceGathered(_) => {}
    }
}

fn written(mechanism: &Name) -> SteerState {
    SteerState::Written { mechanism: mechanism.clone() }
}

fn advance(run: &mut Details, id: SteerId, state: SteerState) {
    if let Some(steer) = run.steer.as_mut().filter(|steer| steer.id == id) {
        steer.state = state;
    }
}
