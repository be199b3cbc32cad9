//! What says nearly the same as a spec or a task: a warning to people, of the same project, with the id of the other.
//! What is done is named: it need not be done again. What was given up is not, and repeats nothing itself.

use eventstore::Unavailable;
use kernel::{OrgId, Uuid};
use planning::spec::Stage;
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::Row as _;
use vocabulary::{Name, SpecId, TaskId, TaskNumber};
use work::task::{self, Status};

use crate::ReadModels;
use crate::spec_workspace::SpecLine;

/// The closest ones are looked at; one that was given up a moment ago may be among them.
const CLOSEST: i64 = 20;
/// A warning names so many.
const NAMED: usize = 5;

/// What is compared with its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A spec, by its title and idea; an imported one by what its plan requires.
    Spec,
    /// A task, by its title and description.
    Task,
}

impl Kind {
    /// As it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Task => "task",
        }
    }
}

/// One that says nearly the same.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NearDuplicate {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: Uuid,
    /// What people call it by, when it has a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<TaskNumber>,
    /// Its title.
    pub title: Name,
    /// How much alike the two are, up to 1: from which number on it is worth a warning depends on the model.
    pub similarity: f64,
    /// The model that compared them.
    pub model: String,
}

/// Something close by: id, similarity, model.
struct Close(Uuid, f64, String);

impl ReadModels {
    /// Which tasks of its project say nearly the same as this one, the closest first; `None` while it is not compared yet. Of
    /// one that was given up there are none.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn near_duplicates_of_task(
        &self,
        org: OrgId,
        id: TaskId,
        from: f32,
    ) -> Result<Option<Vec<NearDuplicate>>, Unavailable> {
        let close = self.close(org, Kind::Task, id.0, from).await?;
        let mut tasks = self.tasks_named(org, &ids(id.0, close.as_deref())).await?;
        let given_up = |task: &task::Details| matches!(task.status, Status::Cancelled);
        if tasks.remove(&id).is_some_and(|task| given_up(&task)) {
            return Ok(Some(Vec::new()));
        }
        Ok(close.map(|close| {
            named(close, |id| {
                let task = tasks.remove(&TaskId(id)).filter(|task| !given_up(task))?;
                Some((Kind::Task, Some(task.plan.number), task.plan.title))
            })
        }))
    }

    /// The same of a spec among specs.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn near_duplicates_of_spec(
        &self,
        org: OrgId,
        id: SpecId,
        from: f32,
    ) -> Result<Option<Vec<NearDuplicate>>, Unavailable> {
        let close = self.close(org, Kind::Spec, id.0, from).await?;
        let mut specs = self.specs_named(org, &ids(id.0, close.as_deref())).await?;
        let given_up = |spec: &SpecLine| matches!(spec.stage, Stage::Cancelled);
        if specs.remove(&id).is_some_and(|spec| given_up(&spec)) {
            return Ok(Some(Vec::new()));
        }
        Ok(close.map(|close| {
            named(close, |id| {
                let spec = specs.remove(&SpecId(id)).filter(|spec| !given_up(spec))?;
                Some((Kind::Spec, None, spec.title))
            })
        }))
    }

    /// What is as close as this or closer, of the same kind and project and by the same model.
    async fn close(
        &self,
        org: OrgId,
        kind: Kind,
        id: Uuid,
        from: f32,
    ) -> Result<Option<Vec<Close>>, Unavailable> {
        // Without the case, the distance of two lengths could be asked for before they are compared: an error.
        let query = sqlx::query(
            "select o.id, o.similarity, s.model from search.embeddings s \
             left join lateral (select o.id, case when o.model = s.model and o.dimensions = s.dimensions \
                     then 1 - (o.embedding <=> s.embedding) end as similarity \
                 from search.embeddings o where o.org_id = s.org_id and o.project_id = s.project_id \
                     and o.kind = s.kind and o.id <> s.id and not o.pending) o on o.similarity >= $4 \
             where s.org_id = $1 and s.kind = $2 and s.id = $3 and not s.pending \
             order by o.similarity desc, o.id limit $5",
        )
        .bind(org.0)
        .bind(kind.name())
        .bind(id)
        .bind(f64::from(from))
        .bind(CLOSEST);
        let rows = self.of_org(org, query).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut close = Vec::new();
        for row in rows {
            if let Some(other) = row.try_get::<Option<Uuid>, _>(0)? {
                let similarity: f64 = row.try_get(1)?;
                close.push(Close(other, (similarity * 100.0).round() / 100.0, row.try_get(2)?));
            }
        }
        Ok(Some(close))
    }
}

/// The thing itself, and what is close to it.
fn ids(own: Uuid, close: Option<&[Close]>) -> Vec<String> {
    let others = close.unwrap_or_default().iter().map(|Close(id, ..)| *id);
    [own].into_iter().chain(others).map(|id| id.to_string()).collect()
}

/// Those that are still there, by name.
fn named(
    close: Vec<Close>,
    mut known: impl FnMut(Uuid) -> Option<(Kind, Option<TaskNumber>, Name)>,
) -> Vec<NearDuplicate> {
    let near = close.into_iter().filter_map(|Close(id, similarity, model)| {
        let (kind, number, title) = known(id)?;
        Some(NearDuplicate { kind, id, number, title, similarity, model })
    });
    near.take(NAMED).collect()
}
