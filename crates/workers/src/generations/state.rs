//! How far each generation is, and what stands still.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use eventstore::Unavailable;
use kernel::{OrgId, Timestamp, Uuid};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::Row as _;

use super::Generations;
use crate::model;

/// What a generation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Folded from the start of the log, beside the one that serves.
    Building,
    /// The one that queries read.
    Live,
    /// It served; kept up to date for 24 hours, to go back to.
    Retired,
}

impl State {
    pub(super) fn of(stored: &str) -> Self {
        match stored {
            "live" => Self::Live,
            "retired" => Self::Retired,
            _ => Self::Building,
        }
    }

    /// As it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Live => "live",
            Self::Retired => "retired",
        }
    }
}

/// Every read model, and the head of the log they follow.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Projections {
    /// The newest event of the log.
    pub position: i64,
    /// In the order of the catalogue.
    pub projections: Vec<ReadModel>,
}

/// One read model.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReadModel {
    /// Names it.
    pub name: &'static str,
    /// Of its fold, in this program.
    pub version: i32,
    /// Those that have rows.
    pub generations: Vec<Generation>,
    /// What could not be applied, by root, oldest first.
    pub parked: Vec<ParkedRoot>,
}

/// One generation of a read model.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Generation {
    /// 1 or 2.
    #[serde(rename = "gen")]
    pub generation: i16,
    /// What it is for.
    pub state: State,
    /// Of the fold that made its rows.
    pub version: i32,
    /// Everything up to here is folded in, but for parked roots.
    pub position: i64,
    /// Events that are still to be folded.
    pub behind: i64,
    /// When it last moved; `null` before its first page.
    pub updated_at: Option<Timestamp>,
    /// Roots that it has parked, of every organization.
    pub parked: i64,
}

/// A root that stands still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ParkedRoot {
    /// In which generation.
    #[serde(rename = "gen")]
    pub generation: i16,
    /// The project, else the organization.
    pub root: Uuid,
    /// The first event that was not applied.
    pub position: i64,
    /// Why.
    pub error: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Since when.
    pub parked_at: Timestamp,
}

impl Generations {
    /// Every read model as it is now. Parked roots are named for `org` only, or all of them for `None`.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn list(&self, org: Option<OrgId>) -> Result<Projections, Unavailable> {
        let mut generations = self.generations().await?;
        let mut parked = self.parked_of(org).await?;
        // Read last, so that no generation is ahead of it.
        let position = self.store.reader().head().await?;
        let projections = model::all()
            .iter()
            .map(|model| {
                let mut generations = generations.remove(model.name()).unwrap_or_default();
                for generation in &mut generations {
                    generation.behind = (position - generation.position).max(0);
                }
                let parked = parked.remove(model.name()).unwrap_or_default();
                ReadModel { name: model.name(), version: model.version(), generations, parked }
            })
            .collect();
        Ok(Projections { position, projections })
    }

    async fn generations(&self) -> Result<BTreeMap<String, Vec<Generation>>, Unavailable> {
        let rows = sqlx::query(
            "select g.name, g.gen, g.state, g.version, coalesce(c.position, 0), c.updated_at, \
             (select count(*) from es.parked p where p.consumer = g.name || '/' || g.gen and p.log_id = $1) \
             from read_models.generations g \
             left join es.checkpoints c on c.consumer = g.name || '/' || g.gen and c.log_id = $1 \
             order by g.name, g.gen",
        )
        .bind(self.store.log_id())
        .fetch_all(&self.store.pools().project)
        .await?;
        let mut by_name: BTreeMap<String, Vec<Generation>> = BTreeMap::new();
        for row in rows {
            by_name.entry(row.try_get(0)?).or_default().push(Generation {
                generation: row.try_get(1)?,
                state: State::of(row.try_get(2)?),
                version: row.try_get(3)?,
                position: row.try_get(4)?,
                behind: 0,
                updated_at: row.try_get::<Option<DateTime<Utc>>, _>(5)?.map(Timestamp::from),
                parked: row.try_get(6)?,
            });
        }
        Ok(by_name)
    }

    async fn parked_of(&self, org: Option<OrgId>) -> Result<BTreeMap<String, Vec<ParkedRoot>>, Unavailable> {
        // A root is a project or an organization; whose it is, the project's stream says.
        let rows = sqlx::query(
            "select g.name, g.gen, p.root, p.position, p.error, p.attempts, p.parked_at \
             from read_models.generations g \
             join es.parked p on p.consumer = g.name || '/' || g.gen and p.log_id = $1 \
             where $2::uuid is null or p.root = $2 or exists (select from es.streams s \
                 where s.aggregate_type = 'project' and s.aggregate_id = p.root::text and s.org_id = $2) \
             order by p.parked_at, p.root, g.gen",
        )
        .bind(self.store.log_id())
        .bind(org.map(|org| org.0))
        .fetch_all(&self.store.pools().project)
        .await?;
        let mut by_name: BTreeMap<String, Vec<ParkedRoot>> = BTreeMap::new();
        for row in rows {
            by_name.entry(row.try_get(0)?).or_default().push(ParkedRoot {
                generation: row.try_get(1)?,
                root: row.try_get(2)?,
                position: row.try_get(3)?,
                error: row.try_get(4)?,
                attempts: row.try_get(5)?,
                parked_at: row.try_get::<DateTime<Utc>, _>(6)?.into(),
            });
        }
        Ok(by_name)
    }
}
