//! An event in words. The subject is left out: a page puts the number and the title of the aggregate before it.

mod merge;

use execution::repository;
use planning::spec;
use work::{project, task, ticket, work_graph};

use crate::Fact;

pub(super) fn of(fact: &Fact) -> String {
    match fact {
        Fact::Project(event) => of_project(event),
        Fact::Ticket(event) => of_ticket(event),
        Fact::Task(event) => of_task(event),
        Fact::Spec(event) => of_spec(event),
        Fact::WorkGraph(event) => of_work_graph(event),
        Fact::Repository(event) => of_repository(event),
        Fact::Merge(event) => merge::of(event),
        // Pages of what they are for show them, and no project has those of organizations and people.
        Fact::Run(_)
        | Fact::Agent(_)
        | Fact::Intervention(_)
        | Fact::Trajectory(_)
        | Fact::Organization(_)
        | Fact::User(_)
        | Fact::Unread => String::new(),
    }
}

fn of_project(event: &project::Event) -> String {
    use project::Event;
    match event {
        Event::Created { name, .. } => format!("was created as {name}"),
        Event::Renamed { name } => format!("is called {name} now"),
        Event::Described { .. } => "was described anew".into(),
        Event::SettingsChanged(_) => "has other settings".into(),
        Event::BoardConfigured { columns } => format!("has a board of {} columns", columns.columns().len()),
        Event::GatesConfigured { .. } => "has other gates".into(),
        Event::AutonomyChanged { on: true } => "starts work by itself from now on".into(),
        Event::AutonomyChanged { on: false } => "no longer starts work by itself".into(),
        Event::RepositoryLinked { place, branch: Some(branch) } => {
            format!("has its code in {place}, branch {branch}")
        }
        Event::RepositoryLinked { place, branch: None } => format!("has its code in {place}"),
        Event::RepositoryUnlinked => "has no repository any more".into(),
        Event::Archived => "was archived".into(),
        Event::Restored => "was restored".into(),
    }
}

fn of_repository(event: &repository::Event) -> String {
    use repository::Event;
    match event {
        Event::Linked { place, .. } => format!("is linked: {place}"),
        Event::Unlinked => "is linked no longer".into(),
        Event::BranchCreated { branch, .. } => format!("has a new branch: {branch}"),
        Event::CommitPushed(pushed) => format!("has {} on {}", pushed.commit, pushed.branch),
        Event::SyncFailed { reason } => format!("could not be read: {reason}"),
        Event::Repaired => "could be read again".into(),
    }
}

fn of_ticket(event: &ticket::Event) -> String {
    use ticket::Event;
    match event {
        Event::Created { number, title, .. } => format!("{number} was created: {title}"),
        Event::Refined { .. } => "was refined".into(),
        Event::TaskAttached { number, .. } => format!("got the task {number}"),
        Event::TaskDetached { .. } => "lost a task".into(),
        Event::TaskOutcomeNoted { outcome, .. } => match outcome {
            ticket::TaskOutcome::Open => "has a task to do again".into(),
            ticket::TaskOutcome::Completed => "has a task less to do".into(),
            ticket::TaskOutcome::Failed => "has a task that failed".into(),
            ticket::TaskOutcome::Cancelled => "has a task that was cancelled".into(),
        },
        Event::PhaseEntered { from, to, forced: true, .. } => format!("was forced from {from} to {to}"),
        Event::PhaseEntered { from, to, .. } => format!("went from {from} to {to}"),
        Event::GateEvaluated { phase, passed: true, .. } => format!("passed the gate of {phase}"),
        Event::GateEvaluated { phase, unmet, .. } => {
            format!("left {phase} with {} criteria unmet", unmet.len())
        }
        Event::GateApprovalRequested { phase } => format!("asks for approval to leave {phase}"),
        Event::GateApprovalGranted { phase, .. } => format!("may leave {phase}"),
        Event::GateApprovalRejected { phase, reason, .. } => format!("may not leave {phase}: {reason}"),
        Event::Blocked { reason, .. } => format!("was blocked: {reason}"),
        Event::Unblocked { .. } => "was unblocked".into(),
        Event::Reordered { .. } => "got another place in its column".into(),
        Event::Commented { .. } => "was commented on".into(),
        Event::CommitLinked { sha, .. } => format!("got the commit {sha}"),
        Event::PullRequestLinked { number, .. } => format!("got the pull request {number}"),
        Event::DependencyAdded { .. } => "waits for another ticket".into(),
        Event::DependencyRemoved { .. } => "waits for one ticket less".into(),
        Event::Completed => "was completed".into(),
        Event::Cancelled { reason: Some(reason) } => format!("was cancelled: {reason}"),
        Event::Cancelled { reason: None } => "was cancelled".into(),
    }
}

fn of_spec(event: &spec::Event) -> String {
    use spec::{Event, Failure};
    match event {
        Event::Submitted { title, .. } => format!("was submitted: {title}"),
        Event::Imported { title, layout, .. } => format!("was imported from {layout}: {title}"),
        Event::PhaseStarted { phase, attempt: 1 } => format!("begins {phase}"),
        Event::PhaseStarted { phase, attempt } => format!("begins {phase} again, attempt {attempt}"),
        Event::PhaseSectionWritten { section, .. } => format!("wrote {}", section.field),
        Event::PhaseOutputSubmitted { phase, .. } => format!("wrote {phase}"),
        Event::PhaseEvaluated { phase, verdict, .. } => format!("{phase} scored {}", verdict.score),
        Event::PhaseRetryScheduled { phase, reason: Failure::Evaluation, .. } => {
            format!("tries {phase} again: it did not pass its evaluation")
        }
        Event::PhaseRetryScheduled { phase, reason: Failure::Error { message, .. }, .. } => {
            format!("tries {phase} again: {}", line(message.as_str()))
        }
        Event::PhasePassed { phase, .. } => format!("passed {phase}"),
        Event::PhaseFailed { phase, reason, .. } => {
            format!("failed in {phase}: {}", line(reason.to_text().as_str()))
        }
        Event::QuestionAsked { text, .. } => format!("asks: {}", line(text.as_str())),
        Event::QuestionAnswered { by: Some(_), .. } => "got an answer".into(),
        Event::QuestionAnswered { by: None, .. } => "assumes an answer".into(),
        Event::ApprovalRequested { gate, .. } => format!("asks for approval of the {}", gate.phase()),
        Event::ApprovalGranted { gate, .. } => format!("may go on with these {}", gate.phase()),
        Event::ApprovalRejected { gate, reason, .. } => {
            format!("must write {} again: {}", gate.phase(), line(reason.as_str()))
        }
        Event::ContentEdited { phase, .. } => format!("was edited: {phase}"),
        Event::PlanAccepted { .. } => "has a plan that is accepted".into(),
        Event::WorkMaterialized { tickets, tasks } => {
            format!("became {} tickets and {} tasks", tickets.len(), tasks.len())
        }
        Event::Revised { .. } => "has another plan".into(),
        Event::WorkRevised { tickets, tasks, changed, withdrawn, .. } => format!(
            "has work that follows its plan: {} added, {} changed, {} withdrawn",
            tickets.len() + tasks.len(),
            changed.len(),
            withdrawn.len()
        ),
        Event::ExecutionStarted => "is being worked on".into(),
        Event::CompletionHeld { unproven } => {
            format!("is done but for its evidence: nothing shows that {} holds", listed(unproven))
        }
        Event::UnprovenAccepted { requirements, reason, .. } => {
            format!("goes without evidence for {}: {}", listed(requirements), line(reason.as_str()))
        }
        Event::Completed => "was completed".into(),
        Event::Cancelled { reason: Some(reason) } => format!("was cancelled: {}", line(reason.as_str())),
        Event::Cancelled { reason: None } => "was cancelled".into(),
        Event::Halted { phase, reason: spec::Halt::BudgetExhausted { .. } } => {
            format!("stands still in {phase}: its budget is too small")
        }
        Event::Halted { phase, reason: spec::Halt::NoModel { message } } => {
            format!("stands still in {phase}: {}", line(message.as_str()))
        }
        Event::Resumed { phase, .. } => format!("goes on with {phase}"),
    }
}

/// The first few names, and how many more there are.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let told = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// The beginning of a text, in one line.
fn line(text: &str) -> String {
    const SHOWN: usize = 200;
    let first = text.lines().next().unwrap_or_default();
    if text.chars().count() <= SHOWN && first == text {
        return first.to_owned();
    }
    let cut: String = first.chars().take(SHOWN).collect();
    format!("{cut}…")
}

fn of_task(event: &task::Event) -> String {
    use task::Event;
    match event {
        Event::Planned(plan) => format!("{} was planned: {}", plan.number, plan.title),
        Event::DependencyAdded { .. } => "waits for another task".into(),
        Event::DependencyRemoved { .. } => "waits for one task less".into(),
        Event::BecameReady { retried: true } => "is ready again".into(),
        Event::BecameReady { .. } => "is ready".into(),
        Event::Claimed { .. } => "was taken".into(),
        Event::ClaimExpired { lost: true, .. } => "was given back: its run went down with its node".into(),
        Event::ClaimExpired { .. } => "was given back: nothing was heard of its run".into(),
        Event::Started { .. } => "was started".into(),
        Event::EvidenceSubmitted { iteration, kind, .. } => {
            format!("has {kind} evidence, number {iteration}")
        }
        Event::ValidationPassed { .. } => "passed its validation".into(),
        Event::RevisionRequested { .. } => "needs a revision".into(),
        Event::Completed { kind } => format!("was completed on {kind} evidence"),
        Event::AttemptFailed { attempt, reason, .. } => format!("failed in attempt {attempt}: {reason}"),
        Event::RetryScheduled { at, .. } => format!("will be tried again at {at}"),
        Event::Blocked { reason, .. } => format!("was blocked: {reason}"),
        Event::Unblocked { .. } => "lost a blocker".into(),
        Event::Revised(_) => "is another task now: its plan was revised".into(),
        Event::PriorityChanged { priority } => format!("has the priority {priority} now"),
        Event::Failed { reason } => format!("failed: {reason}"),
        Event::Cancelled { reason: Some(reason) } => format!("was cancelled: {reason}"),
        Event::Cancelled { reason: None } => "was cancelled".into(),
    }
}

fn of_work_graph(event: &work_graph::Event) -> String {
    use work_graph::Event;
    match event {
        Event::EdgesPlanned { nodes } => match nodes.as_slice() {
            [one] => format!("{} was planned with {} prerequisites", one.node, one.prerequisites.len()),
            several => format!("{} nodes were planned", several.len()),
        },
        Event::EdgeAdded { from, to } => format!("{to} waits for {from}"),
        Event::EdgeRemoved { from, to } => format!("{to} no longer waits for {from}"),
    }
}
