//! The projects of an organization: what each is called, and how work goes in it.

use std::collections::{BTreeMap, BTreeSet};

use eventstore::Unavailable;
use kernel::{Decider as _, OrgId, ProjectId, Recorded, Timestamp, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Board, BranchName, Gates, Name, RepositoryPlace, Slug, Text};
use work::project::{Project, Settings};

use crate::{Answer, Fact, Key, Projection, ReadModels};

const PROJECT: &str = "project";

/// The read model `projects`.
#[derive(Debug)]
pub struct Projects;

/// A project as its own events have made it: the fold is the aggregate's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectRow {
    state: Project,
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

/// The repository of a project.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Repository")]
pub struct RepositoryAnswer {
    /// A path of the server, or an address.
    pub url: RepositoryPlace,
    /// The branch that counts; `null`: the one that the repository itself prefers.
    pub branch: Option<BranchName>,
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
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["project"];
    type Row = ProjectRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        match &event.event {
            Fact::Project(_) => vec![Key::new(PROJECT, &event.envelope.aggregate_id)],
            _ => Vec::new(),
        }
    }

    fn fold(_: &Key, row: &mut Option<ProjectRow>, event: &Recorded<Fact>) {
        let Fact::Project(fact) = &event.event else { return };
        let envelope = &event.envelope;
        let row = row.get_or_insert_with(|| ProjectRow {
            state: Project::default(),
            version: 0,
            created_at: envelope.recorded_at,
            updated_at: envelope.recorded_at,
        });
        row.state.evolve(fact);
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
    pub(crate) fn answer(self, id: ProjectId) -> Option<ProjectAnswer> {
        let status = if matches!(self.state, Project::Archived(_)) { "archived" } else { "active" };
        let profile = self.state.profile()?.clone();
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
            repository: profile
                .repository
                .map(|linked| RepositoryAnswer { url: linked.place, branch: linked.branch }),
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        })
    }
}

#[cfg(test)]
mod tests {
    use vocabulary::{Name, Slug};
    use work::project::Event;

    use super::*;
    use crate::testing::{Folded, PROJECT as PROJECT_ID};

    #[test]
    fn a_project_is_shown_as_its_events_made_it() {
        let name = |text| Name::new(text).unwrap();
        let slug = Slug::new("billing").unwrap();
        let place = RepositoryPlace::new("/srv/billing").unwrap();
        let mut folded = Folded::<Projects>::default();
        for event in [
            Event::Created { name: name("Billing"), slug, description: None },
            Event::Renamed { name: name("Payments") },
            Event::AutonomyChanged { on: true },
            Event::RepositoryLinked { place: place.clone(), branch: None },
            Event::Archived,
        ] {
            folded.append(PROJECT_ID, Project::TYPE, Fact::Project(event));
        }
        let row = folded.answer().rows.remove(0);
        assert_eq!(row.position, 5);
        let shown = row.row.answer(ProjectId(PROJECT_ID)).expect("it exists");
        assert_eq!((shown.name, shown.slug.to_string()), (name("Payments"), "billing".to_owned()));
        assert_eq!((shown.status, shown.autonomy), ("archived", true));
        assert_eq!(shown.repository, Some(RepositoryAnswer { url: place, branch: None }));
    }
}
