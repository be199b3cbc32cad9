//! The projects of an organization: what each is called, and how work goes in it.

mod repository;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use eventstore::Unavailable;
use execution::repository::{Event, of_place};
use kernel::{Decider as _, OrgId, ProjectId, Recorded, Timestamp, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Board, Gates, Name, Slug, Text};
use work::project::{self, Project, Settings};

use crate::{Answer, Fact, Key, Projection, ReadModels};

pub use repository::{Health, RepositoryAnswer};

const PROJECT: &str = "project";

/// The read model `projects`.
#[derive(Debug)]
pub struct Projects;

/// A project as its own events have made it: the fold is the aggregate's. Beside it, what its repository has come to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectRow {
    state: Project,
    #[serde(default)]
    repository: Health,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A project as it is answered.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProjectAnswer {
    /// The project.
    pub id: ProjectId,
    /// What people call it.
    pub name: Name,
    /// Its part of addresses.
    pub slug: Slug,
    /// What it is about.
    pub description: Option<Text>,
    /// `active` or `archived`.
    pub status: &'static str,
    /// How work is done.
    pub settings: Settings,
    /// The columns of its board.
    pub board: Board,
    /// What must hold before a ticket leaves a phase.
    pub gates: Gates,
    /// Whether work starts by itself.
    pub autonomy: bool,
    /// Where its code is; `null` when nobody has said it.
    pub repository: Option<RepositoryAnswer>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its version, for `If-Match`.
    pub version: i64,
}

/// One project, and how far the answer goes.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct OneProject {
    /// What is known of it.
    #[serde(flatten)]
    pub project: ProjectAnswer,
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
}

/// The projects of an organization.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProjectsPage {
    /// Everything up to here is shown.
    pub position: i64,
    /// By id, that is, by no order that means anything; those that are archived as well.
    pub projects: Vec<ProjectAnswer>,
    /// What to ask with as `after` for the next page; `null` on the last one.
    pub next: Option<ProjectId>,
}

impl Projection for Projects {
    const NAME: &'static str = "projects";
    const VERSION: i32 = 2;
    const READS: &'static [&'static str] = &["project", "repository"];
    type Row = ProjectRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        match &event.event {
            Fact::Project(_) => vec![Key::new(PROJECT, &event.envelope.aggregate_id)],
            // What was put into it is told by the runs and the activity.
            Fact::Repository(Event::BranchCreated { .. } | Event::CommitPushed(_)) => Vec::new(),
            Fact::Repository(_) => {
                let project = event.envelope.project_id.unwrap_or_default();
                vec![Key::new(PROJECT, project.to_string())]
            }
            _ => Vec::new(),
        }
    }

    fn fold(_: &Key, row: &mut Option<ProjectRow>, event: &Recorded<Fact>) {
        let envelope = &event.envelope;
        let fact = match (&event.event, row.as_mut()) {
            (Fact::Project(fact), _) => fact,
            (Fact::Repository(fact), Some(row)) => {
                if row.has_it(envelope.project_id, &envelope.aggregate_id) {
                    row.repository.note(fact, envelope.recorded_at);
                }
                return;
            }
            _ => return,
        };
        let row = row.get_or_insert_with(|| ProjectRow {
            state: Project::default(),
            repository: Health::Linked,
            version: 0,
            created_at: envelope.recorded_at,
            updated_at: envelope.recorded_at,
        });
        row.state.evolve(fact);
        if let project::Event::RepositoryLinked { .. } | project::Event::RepositoryUnlinked = fact {
            // It was read as it was linked.
            row.repository = Health::Linked;
        }
        row.version = envelope.sequence;
        row.updated_at = envelope.recorded_at;
    }
}

impl ReadModels {
    /// A project; `None` when this organization has no such project.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn project(&self, org: OrgId, id: ProjectId) -> Result<Option<OneProject>, Unavailable> {
        let Some(Answer { position, stale, rows }) = self.one::<Projects>(org, PROJECT, id.0).await? else {
            return Ok(None);
        };
        let project = rows.into_iter().next().and_then(|row| row.row.answer(id));
        Ok(project.map(|project| OneProject { project, position, stale }))
    }

    /// The projects of an organization, at most `limit`, those after the id `after` when it is given.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn projects(
        &self,
        org: OrgId,
        after: Option<ProjectId>,
        limit: i64,
    ) -> Result<ProjectsPage, Unavailable> {
        let after = after.map(|after| after.to_string());
        let mut answer =
            self.of_kind::<Projects>(org, PROJECT, after.as_deref(), limit.saturating_add(1)).await?;
        let more = usize::try_from(limit).is_ok_and(|limit| answer.rows.len() > limit);
        if more {
            answer.rows.pop();
        }
        let projects: Vec<ProjectAnswer> = answer
            .rows
            .into_iter()
            .filter_map(|row| row.row.answer(ProjectId(row.id.parse::<Uuid>().ok()?)))
            .collect();
        let next = projects.last().map(|last| last.id).filter(|_| more);
        Ok(ProjectsPage { position: answer.position, projects, next })
    }
}

impl ReadModels {
    /// The slugs of these projects, those that there are.
    pub(crate) async fn slugs(
        &self,
        org: OrgId,
        ids: &BTreeSet<ProjectId>,
    ) -> Result<BTreeMap<ProjectId, Slug>, Unavailable> {
        let named: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let limit = i64::try_from(named.len()).unwrap_or(i64::MAX);
        let rows = self.named::<Projects>(org, PROJECT, &named, limit).await?.rows;
        let known = rows.into_iter().filter_map(|row| {
            let id = ProjectId(row.id.parse::<Uuid>().ok()?);
            Some((id, row.row.answer(id)?.slug))
        });
        Ok(known.collect())
    }

    /// The page of somebody for whom only one project exists.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn only_project(
        &self,
        org: OrgId,
        only: ProjectId,
        after: Option<ProjectId>,
    ) -> Result<ProjectsPage, Unavailable> {
        let position = self.position::<Projects>().await?;
        let found = self.project(org, only).await?.filter(|_| after.is_none_or(|after| after < only));
        let position = found.as_ref().map_or(position, |found| found.position);
        let projects = found.map(|found| found.project).into_iter().collect();
        Ok(ProjectsPage { position, projects, next: None })
    }
}

impl ProjectRow {
    /// Whether that is the repository which the project has now.
    fn has_it(&self, project: Option<ProjectId>, id: &str) -> bool {
        let linked = self.state.profile().and_then(|profile| profile.repository.as_ref()).zip(project);
        linked.is_some_and(|(linked, id_of)| of_place(id_of, &linked.place).to_string() == id)
    }

    pub(crate) fn answer(self, id: ProjectId) -> Option<ProjectAnswer> {
        let status = if matches!(self.state, Project::Archived(_)) { "archived" } else { "active" };
        let (profile, health) = (self.state.profile()?.clone(), self.repository);
        Some(ProjectAnswer {
            id,
            name: profile.name,
            slug: profile.slug,
            description: profile.description,
            status,
            settings: profile.settings,
            board: profile.board,
            gates: profile.gates,
            autonomy: profile.autonomy,
            repository: profile.repository.map(|linked| RepositoryAnswer {
                url: linked.place,
                branch: linked.branch,
                health,
            }),
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        })
    }
}
