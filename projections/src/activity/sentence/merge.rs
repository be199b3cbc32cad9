//! What happened to a merge, in words.

use execution::merge::{Event, Resolver};

pub(super) fn of(event: &Event) -> String {
    match event {
        Event::Queued { title, branch, .. } => format!("brings {title} together on {branch}"),
        Event::CandidateAdded(finished) => format!("got the work of {}: {}", finished.number, finished.title),
        Event::WorkCompleted => "waits for no more work".into(),
        Event::WorkExtended => "waits for more work".into(),
        Event::BaseTaken { target, .. } => format!("begins at {target}"),
        Event::Scored { .. } => "knows what goes with what".into(),
        Event::StepBegun { joined, .. } => format!("tries {} together", pieces(joined.len())),
        Event::VerificationPassed { .. } => "holds so far".into(),
        Event::VerificationFailed { .. } => "does not hold".into(),
        Event::Bisected { reason, .. } => format!("found what does not hold: {reason}"),
        Event::StepMerged { tasks, .. } => format!("has {} more, verified", pieces(tasks.len())),
        Event::BaseFollowed { target, .. } => format!("has taken in what {target} has become"),
        Event::ConflictFound { files, .. } => format!("found a conflict, files: {files}"),
        Event::ResolutionStarted { by, .. } => format!("has a conflict resolved by {}", who(by)),
        Event::ResolutionProposed { by, .. } => format!("got a resolution from {}", who(by)),
        Event::ResolutionFailed { reason, .. } => format!("got no resolution: {reason}"),
        Event::Parked { reason, .. } => format!("waits for a person: {reason}"),
        Event::Retried { .. } => "tries again what was parked".into(),
        Event::Resolved { commit, .. } => format!("got a resolution by hand: {commit}"),
        Event::CandidateLeftOut { reason, .. } => format!("goes on without some work: {reason}"),
        Event::Merged { head } => format!("is whole, at {head}"),
        Event::Approved { .. } => "was approved".into(),
        Event::LandingRefused { reason, .. } => format!("could not land: {reason}"),
        Event::Landed { target, head, .. } => format!("landed on {target}: {head}"),
        Event::Abandoned { reason: Some(reason), .. } => format!("was abandoned: {reason}"),
        Event::Abandoned { reason: None, .. } => "was abandoned".into(),
    }
}

fn pieces(count: usize) -> String {
    if count == 1 { "one piece of work".into() } else { format!("{count} pieces of work") }
}

fn who(by: &Resolver) -> String {
    match by {
        Resolver::Model { provider } => format!("a model of {provider}"),
        Resolver::Run { .. } => "an agent".into(),
        Resolver::Person { .. } => "a person".into(),
    }
}
