//! Looks at a build through the API, again and again, and asks only for what may be another one than before.

mod answers;

use std::collections::{BTreeMap, BTreeSet};

use kernel::Uuid;
use serde::de::DeserializeOwned;

use self::answers::{Graph, Listed, ListedRun, Runs, Specs, Whole, Why};
use super::seen::{Run, Seen, Task};
use crate::cli::client::{Failure, Session};
use crate::cli::merge::answer::{Merge, Merges};

/// Runs of one request.
const PAGE: usize = 200;
/// Tasks of which one look asks why they wait.
const ASKED: usize = 10;

/// Somebody who looks.
#[derive(Debug)]
pub(super) struct Looker {
    project: Uuid,
    spec: Uuid,
    /// The answers show everything up to here: what was made a moment ago is known to all of them.
    least: Option<i64>,
    /// The whole spec, which is large, as it was when it last changed.
    whole: Option<Whole>,
    runs: BTreeMap<Uuid, Run>,
    /// Why runs and tasks ended as they did; that does not change.
    reasons: BTreeMap<Uuid, String>,
}

impl Looker {
    /// Of what the log has now, or later.
    pub(super) async fn at(session: &Session, project: Uuid, spec: Uuid) -> Result<Self, Failure> {
        let least = session.head().await?;
        let (runs, reasons) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { project, spec, least, whole: None, runs, reasons })
    }

    /// How it stands now.
    pub(super) async fn look(&mut self, session: &Session) -> Result<Seen, Failure> {
        let whole = self.spec(session).await?;
        let mine: BTreeSet<Uuid> =
            whole.work.iter().flat_map(|work| work.tasks.iter().map(|task| task.id)).collect();
        let (mut tasks, edges) =
            if mine.is_empty() { (Vec::new(), Vec::new()) } else { self.graph(session, &mine).await? };
        if !mine.is_empty() {
            self.runs(session, &mine).await?;
        }
        let goes_on = self.runs.values().any(|run| run.outcome.is_none());
        self.explain(session, &mut tasks, goes_on).await?;
        let mut runs: Vec<Run> = self.runs.values().cloned().collect();
        runs.sort_by_key(|run| (run.began.micros(), run.id));
        Ok(Seen { spec: whole.into(), tasks, edges, runs, merge: self.merge(session).await? })
    }

    async fn read<T: DeserializeOwned>(&self, session: &Session, path: &str) -> Result<T, Failure> {
        session.client.read(path, self.least).await?.parse()
    }

    /// While it is planned it changes all the time; later its list says whether it has.
    async fn spec(&mut self, session: &Session) -> Result<Whole, Failure> {
        if let Some(whole) = self.whole.take_if(|whole| whole.status != "planning") {
            let all: Specs = self.read(session, &format!("/projects/{}/specs", self.project)).await?;
            let is_same = |one: &Listed| {
                one.id == self.spec
                    && one.status == whole.status
                    && one.updated_at.micros() <= whole.updated_at.micros()
            };
            if all.specs.iter().any(is_same) {
                return Ok(self.whole.insert(whole).clone());
            }
        }
        let whole = self.read(session, &format!("/specs/{}", self.spec)).await?;
        Ok(self.whole.insert(whole).clone())
    }

    async fn graph(
        &self,
        session: &Session,
        mine: &BTreeSet<Uuid>,
    ) -> Result<(Vec<Task>, Vec<(Uuid, Uuid)>), Failure> {
        let Graph { nodes, edges } = self.read(session, &format!("/projects/{}/graph", self.project)).await?;
        let mut tasks: Vec<Task> =
            nodes.into_iter().filter(|node| mine.contains(&node.id)).map(Task::from).collect();
        tasks.sort_by_key(|task| (task.number.len(), task.number.clone()));
        let edges = edges.into_iter().map(|edge| (edge.from, edge.to));
        Ok((tasks, edges.filter(|(from, to)| mine.contains(from) && mine.contains(to)).collect()))
    }

    /// The newest page, and those before it while they have news.
    async fn runs(&mut self, session: &Session, mine: &BTreeSet<Uuid>) -> Result<(), Failure> {
        let mut before = String::new();
        let mut open: BTreeSet<Uuid> =
            self.runs.values().filter(|run| run.outcome.is_none()).map(|run| run.id).collect();
        loop {
            let page: Runs =
                self.read(session, &format!("/projects/{}/runs?limit={PAGE}{before}", self.project)).await?;
            let mut news = false;
            for run in page.runs.into_iter().filter(|run| mine.contains(&run.task)) {
                news |= !self.runs.contains_key(&run.id);
                open.remove(&run.id);
                let reason = self.reason_of(session, &run).await?;
                self.runs.insert(run.id, run.with(reason));
            }
            match page.next {
                Some(next) if news || !open.is_empty() => before = format!("&before={next}"),
                _ => return Ok(()),
            }
        }
    }

    /// Why a run did not succeed; asked once.
    async fn reason_of(&mut self, session: &Session, run: &ListedRun) -> Result<Option<String>, Failure> {
        if run.outcome.as_deref().is_none_or(|outcome| outcome == "succeeded") {
            return Ok(None);
        }
        if let Some(known) = self.reasons.get(&run.id) {
            return Ok(Some(known.clone()));
        }
        let why: Why = self.read(session, &format!("/runs/{}", run.id)).await?;
        let reason = why.progress.reason.unwrap_or_default();
        self.reasons.insert(run.id, reason.clone());
        Ok(Some(reason))
    }

    /// Asks of tasks that do not go on what keeps them; while others go on, only of those that have failed.
    async fn explain(&mut self, session: &Session, tasks: &mut [Task], goes_on: bool) -> Result<(), Failure> {
        let kept: &[&str] = if goes_on { &["failed"] } else { &["failed", "ready", "blocked"] };
        let rank = |task: &Task| kept.iter().position(|status| task.is(status));
        let mut asked: Vec<&mut Task> = tasks.iter_mut().filter(|task| rank(task).is_some()).collect();
        asked.sort_by_key(|task| rank(task));
        for task in asked.into_iter().take(ASKED) {
            let why: Why = self.read(session, &format!("/tasks/{}", task.id)).await?;
            task.waits_for = why.waits_for;
            task.reason =
                why.progress.reason.or_else(|| why.blockers.into_iter().next().map(|block| block.reason));
        }
        Ok(())
    }

    async fn merge(&self, session: &Session) -> Result<Option<Merge>, Failure> {
        let all: Merges = self.read(session, &format!("/projects/{}/merges", self.project)).await?;
        Ok(all.merges.into_iter().find(|merge| merge.of.kind == "spec" && merge.of.id == self.spec))
    }
}
