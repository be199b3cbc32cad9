//! What becomes of a candidate that does not go with the head: a model is asked, twice at most; else it is parked, and the rest goes on.

use execution::merge::{Candidate, Command, Resolver, Standing};
use execution::trajectory;
use ports::git::{CommitHash, GitError};
use vocabulary::{Bounded, FilePattern, Name, TaskId};

use super::desk::Desk;
use super::step::reason;
use super::story::{Site, commit_of, hash};
use crate::running::RunnerError;
use crate::running::ingest::file;
use crate::running::place::commit_id;

/// How often a model tries.
const TRIES: u32 = 2;
/// Files that a model is asked about at most.
const FILES: u32 = 10;
/// Paths that an event names.
const NAMED: usize = 200;

impl Desk<'_> {
    /// Says that a candidate does not go with the head.
    pub(super) async fn find_conflict(
        &self,
        task: TaskId,
        head: CommitHash,
        paths: &[String],
    ) -> Result<(), RunnerError> {
        let files = u32::try_from(paths.len()).unwrap_or(u32::MAX);
        let named: Vec<FilePattern> = paths.iter().take(NAMED).map(|path| file(path)).collect();
        let paths = Bounded::new(named).map_err(|error| RunnerError::Broken(error.to_string()))?;
        self.tell(Command::FindConflict { task, head: commit_id(head)?, files, paths }).await?;
        Ok(())
    }

    /// Asks for a resolution, or leaves it to people.
    pub(super) async fn resolve(
        &self,
        site: &Site,
        head: CommitHash,
        one: &Candidate,
    ) -> Result<(), RunnerError> {
        let Standing::Conflicted { files, .. } = &one.standing else { return Ok(()) };
        let task = one.finished.task;
        let route = match self.parts.means.models.route(super::model::PURPOSE) {
            _ if one.tries >= TRIES => {
                let missed = one.missed.as_ref().map_or("", |missed| missed.as_str());
                return self.park_conflict(site, head, one, "unresolved", missed).await;
            }
            _ if *files > FILES => {
                let why = format!("more than {FILES} files are in conflict");
                return self.park_conflict(site, head, one, "too_many_files", &why).await;
            }
            Err(_) => return self.park_conflict(site, head, one, "conflict", "").await,
            Ok(route) => route,
        };
        let provider = Name::new(&route.provider).map_err(|error| RunnerError::Broken(error.to_string()))?;
        if !self.tell(Command::StartResolution { task, by: Resolver::Model { provider } }).await? {
            return Ok(());
        }
        match self.ask(site, &route, head, one).await? {
            None => {}
            Some(Ok(commit)) => {
                self.tell(Command::Propose { task, commit: commit_id(commit)? }).await?;
            }
            Some(Err(why)) => {
                self.tell(Command::GiveUpResolution { task, reason: reason(&why)? }).await?;
            }
        }
        Ok(())
    }

    /// Whoever had begun it is gone.
    pub(super) async fn take_up_resolution(&self, site: &Site, one: &Candidate) -> Result<(), RunnerError> {
        self.record(site.project, trajectory::Command::GiveUpOpenCalls).await?;
        let reason = reason("the node that asked the model went away")?;
        self.tell(Command::GiveUpResolution { task: one.finished.task, reason }).await?;
        Ok(())
    }

    /// What a person resolved by hand holds the work; else it is parked again. True when it waits no more.
    pub(super) async fn check_by_hand(&self, site: &Site, one: &Candidate) -> Result<bool, RunnerError> {
        let by_hand =
            matches!(&one.resolved, Some(resolved) if matches!(resolved.by, Resolver::Person { .. }));
        if !by_hand {
            return Ok(false);
        }
        let (commit, work) = (hash(commit_of(one))?, hash(&one.finished.commit)?);
        let number = one.finished.number;
        let why = match self.parts.means.branches.holds(&site.url, commit, &[work]).await {
            Ok(true) => return Ok(false),
            Ok(false) => format!(
                "{commit} does not hold the work of {number} ({work}): merge that into it, and give the new commit"
            ),
            Err(error @ GitError::NoSuchCommit { .. }) => error.to_string(),
            Err(error) => return Err(error.into()),
        };
        self.park(one.finished.task, "not_holding", &why, None).await?;
        Ok(true)
    }

    /// One that cannot even be tried.
    pub(super) async fn park_refused(&self, task: TaskId, why: &str) -> Result<(), RunnerError> {
        self.park(task, "untried", why, None).await
    }

    async fn park_conflict(
        &self,
        site: &Site,
        head: CommitHash,
        one: &Candidate,
        code: &str,
        why: &str,
    ) -> Result<(), RunnerError> {
        let branches = &self.parts.means.branches;
        let conflict = branches.conflict(&site.url, head, hash(commit_of(one))?, NAMED, 0).await?;
        let paths: Vec<String> = conflict.files.into_iter().map(|file| file.path).collect();
        let (number, branch) = (one.finished.number, &site.merge.branch);
        let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
        let text = format!(
            "{number} does not go with {branch} in {}{why}: resolve it in a working copy and give the commit, or leave it out; \
             `omoi merge show {}` has the commands",
            some_of(&paths),
            self.merge
        );
        self.park(one.finished.task, code, &text, None).await
    }

    async fn park(
        &self,
        task: TaskId,
        code: &str,
        why: &str,
        with: Option<TaskId>,
    ) -> Result<(), RunnerError> {
        let code = Name::new(code).map_err(|error| RunnerError::Broken(error.to_string()))?;
        self.tell(Command::Park { task, code, reason: reason(why)?, with }).await?;
        Ok(())
    }
}

/// Some of these files, as they are read in a sentence.
pub(super) fn some_of(paths: &[String]) -> String {
    match paths {
        [] => "how directories were renamed".to_owned(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, other, rest @ ..] => format!("{one}, {other} and {} more", rest.len()),
    }
}
