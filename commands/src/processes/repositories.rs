//! What projects, runs and plans come to know of a repository stands with the repository: whether it can be read, and what was put
//! into it.
//!
//! A run or a plan reads the repository that its project has by then, and does not say which. It is told of only when the project
//! had the same one all the time from its beginning on.

use execution::repository::{self, Command, Pushed};
use execution::run;
use kernel::{Action, Memory, News, Process, ProjectId, Recorded, Start, Uuid};
use plan::Phase;
use planning::spec::{self, Failure};
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Reason, RunId};
use work::project;

use super::heard::subject;
use super::{Act, Actions, Heard};

/// Ways of git to say that it is the repository, and nothing here, that has to be mended. All others are a matter of the node, or of
/// the work.
const BROKEN: [&str; 9] = [
    "not_a_repository",
    "repository_refused",
    "repository_unreachable",
    "repository_not_allowed",
    "unknown_branch",
    "repository_empty",
    "repository_too_large",
    "repository_timeout",
    "git_failed",
];
/// Only this phase looks into the code.
const READS: Phase = Phase::Explore;

/// Tells repositories what became known of them.
#[derive(Debug)]
pub struct Repositories;

/// What is known of a project, of a run, or of a spec.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Which repository it has, or reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
    /// Of a project: nobody could read it the last time.
    #[serde(default)]
    broken: bool,
    /// Of a run: it has read all it needs.
    #[serde(default)]
    cloned: bool,
}

/// A repository as it was linked once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Link {
    repository: Uuid,
    /// Where that stands in the log.
    at: i64,
}

impl Process for Repositories {
    const NAME: &'static str = "repositories";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["project", "run", "spec"];
    type Event = Heard;
    type Action = Act;
    type Row = Known;

    fn recalls(news: &News<'_, Heard, Act>) -> Vec<Uuid> {
        let News::Happened(event) = news else { return Vec::new() };
        let Some(ProjectId(project)) = event.envelope.project_id else { return Vec::new() };
        match &event.event {
            Heard::Project(fact) if is_about_it(fact) => vec![project],
            Heard::Run(fact) if tells_of_it(fact) => vec![project, subject(event)],
            Heard::Spec(fact) if reads_it(fact) => vec![project, subject(event)],
            _ => Vec::new(),
        }
    }

    fn react(news: &News<'_, Heard, Act>, rows: &mut Memory<Known>) -> Actions {
        let News::Happened(event) = news else { return Vec::new() };
        let Some(project) = event.envelope.project_id else { return Vec::new() };
        let told = match &event.event {
            Heard::Project(fact) if is_about_it(fact) => of_project(project, event, fact, rows),
            Heard::Run(fact) if tells_of_it(fact) => of_run(project, subject(event), fact, rows),
            Heard::Spec(fact) if reads_it(fact) => of_spec(project, subject(event), fact, rows),
            _ => Vec::new(),
        };
        told.into_iter().map(|(repository, command)| act(project, repository, command)).collect()
    }
}

/// Which repository, and what it is told.
type Told = Vec<(Uuid, Command)>;

fn of_project(
    project: ProjectId,
    event: &Recorded<Heard>,
    fact: &project::Event,
    rows: &mut Memory<Known>,
) -> Told {
    let row = std::mem::take(rows.of(project.0));
    let before = row.link.map(|link| link.repository);
    let project::Event::RepositoryLinked { place, branch } = fact else {
        return before.map(|repository| (repository, Command::Unlink)).into_iter().collect();
    };
    let repository = repository::of_place(project, place);
    rows.of(project.0).link = Some(Link { repository, at: event.envelope.position });
    let left = before.filter(|before| *before != repository).map(|before| (before, Command::Unlink));
    let link = Command::Link { place: place.clone(), branch: branch.clone() };
    left.into_iter().chain([(repository, link)]).collect()
}

fn of_run(project: ProjectId, run: RunId, fact: &run::Event, rows: &mut Memory<Known>) -> Told {
    let linked = rows.of(project.0).link;
    let row = rows.of(run.0);
    match fact {
        run::Event::Started(_) => row.link = linked,
        // It was decided where it works: now it is known which one it has read.
        run::Event::SandboxRequested(_) => row.link = row.link.filter(|link| Some(*link) == linked),
        run::Event::SandboxReady { .. } => {
            row.cloned = true;
            let link = row.link;
            return could_read(project, link, rows);
        }
        run::Event::WorkPublished { branch, commit, base, created } => {
            let pushed = Pushed { branch: branch.clone(), run, commit: commit.clone() };
            let command = Command::NotePush { pushed, base: created.then(|| base.clone()) };
            return row.link.map(|link| (link.repository, command)).into_iter().collect();
        }
        run::Event::Ended { code, reason, .. } => {
            let Known { link, cloned, .. } = std::mem::take(row);
            if !cloned {
                return could_not_read(project, link, code, reason, rows);
            }
        }
        _ => {}
    }
    Vec::new()
}

fn of_spec(project: ProjectId, spec: Uuid, fact: &spec::Event, rows: &mut Memory<Known>) -> Told {
    let linked = rows.of(project.0).link;
    let link = rows.of(spec).link.take();
    match fact {
        spec::Event::PhaseStarted { .. } => {
            rows.of(spec).link = linked;
            Vec::new()
        }
        spec::Event::PhaseOutputSubmitted { .. } => could_read(project, link, rows),
        spec::Event::PhaseRetryScheduled { reason: Failure::Error { message, code: Some(code) }, .. }
        | spec::Event::PhaseFailed { reason: Failure::Error { message, code: Some(code) }, .. } => {
            let line: String =
                message.as_str().chars().map(|c| if c.is_control() { ' ' } else { c }).take(1_000).collect();
            let Ok(reason) = Reason::new(&line) else { return Vec::new() };
            could_not_read(project, link, code, &reason, rows)
        }
        _ => Vec::new(),
    }
}

/// Somebody has read what `link` names.
fn could_read(project: ProjectId, link: Option<Link>, rows: &mut Memory<Known>) -> Told {
    let row = rows.of(project.0);
    match link {
        Some(Link { repository, .. }) if row.link == link && std::mem::take(&mut row.broken) => {
            vec![(repository, Command::NoteRead)]
        }
        _ => Vec::new(),
    }
}

/// Somebody could not, and says why.
fn could_not_read(
    project: ProjectId,
    link: Option<Link>,
    code: &Name,
    reason: &Reason,
    rows: &mut Memory<Known>,
) -> Told {
    let row = rows.of(project.0);
    match link {
        Some(Link { repository, .. }) if row.link == link && BROKEN.contains(&code.as_str()) => {
            row.broken = true;
            vec![(repository, Command::NoteFailure { reason: reason.clone() })]
        }
        _ => Vec::new(),
    }
}

/// One after another, as it went.
fn act(project: ProjectId, repository: Uuid, command: Command) -> Action<Act> {
    let key = format!("repository/{repository}");
    Action::now("tell", key, Act::TellRepository { project, repository, command })
}

const fn is_about_it(fact: &project::Event) -> bool {
    matches!(fact, project::Event::RepositoryLinked { .. } | project::Event::RepositoryUnlinked)
}

const fn tells_of_it(fact: &run::Event) -> bool {
    use run::Event::{Ended, SandboxReady, SandboxRequested, Started, WorkPublished};
    matches!(
        fact,
        Started(_) | SandboxRequested(_) | SandboxReady { .. } | WorkPublished { .. } | Ended { .. }
    )
}

fn reads_it(fact: &spec::Event) -> bool {
    use spec::Event::{ContentEdited, PhaseFailed, PhaseOutputSubmitted, PhaseRetryScheduled, PhaseStarted};
    match fact {
        PhaseStarted { phase, .. }
        | PhaseOutputSubmitted { phase, .. }
        | PhaseRetryScheduled { phase, .. }
        | PhaseFailed { phase, .. }
        // What a person writes says nothing about who could read what.
        | ContentEdited { phase, .. } => *phase == READS,
        _ => false,
    }
}
