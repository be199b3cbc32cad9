//! What says nearly the same as a spec or a task: a warning to people, of the same project, with the id of the other.

use eventstore::Unavailable;
use kernel::{OrgId, Uuid};
use planning::spec::Stage;
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::Row as _;
use vocabulary::{Name, SpecId, TaskId, TaskNumber};
use work::task::Status;

use crate::ReadModels;

/// The closest ones are looked at; some of them may be given up by now.
const CLOSEST: i64 = 20;
/// A warning names so many.
const NAMED: usize = 5;

/// What is compared with its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A spec, by its title and idea.
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
    /// Which tasks of its project say nearly the same as this one, the closest first; `None` while it is not compared yet.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn near_duplicates_of_task(
        &self,
        org: OrgId,
        id: TaskId,
        from: f32,
    ) -> Result<Option<Vec<NearDuplicate>>, Unavailable> {
        let Some(close) = self.close(org, Kind::Task, id.0, from).await? else { return Ok(None) };
        let mut tasks = self.tasks_named(org, &ids(&close)).await?;
        Ok(Some(named(close, |id| {
            let task = tasks.remove(&TaskId(id))?;
            let given_up = matches!(task.status, Status::Cancelled);
            (!given_up).then_some((Kind::Task, Some(task.plan.number), task.plan.title))
        })))
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
        let Some(close) = self.close(org, Kind::Spec, id.0, from).await? else { return Ok(None) };
        let mut specs = self.specs_named(org, &ids(&close)).await?;
        Ok(Some(named(close, |id| {
            let spec = specs.remove(&SpecId(id))?;
            let given_up = matches!(spec.stage, Stage::Cancelled);
            (!given_up).then_some((Kind::Spec, None, spec.title))
        })))
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

fn ids(close: &[Close]) -> Vec<String> {
    close.iter().map(|Close(id, ..)| id.to_string()).collect()
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
