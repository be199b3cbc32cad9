//! Reading rows together with the position they stand for, in one statement.

use std::sync::Arc;

use eventstore::{Store, Unavailable};
use kernel::{OrgId, Uuid};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{PgPool, Postgres, Row as _};

use crate::Projection;
use crate::board::BoardAnswer;
use crate::remembered::{Mark, Remembered, Standing};
use crate::task_graph::{Drawings, TaskGraphAnswer};

/// The read models of one log, as the API reads them: one tenant at a time.
#[derive(Clone, Debug)]
pub struct ReadModels {
    pool: PgPool,
    /// For the product itself, which looks after all tenants.
    pub(crate) of_everybody: PgPool,
    log_id: i16,
    pub(crate) boards: Arc<Remembered<BoardAnswer>>,
    pub(crate) graphs: Arc<Remembered<TaskGraphAnswer>>,
    pub(crate) drawings: Arc<Drawings>,
}

/// Rows of one root, and how far they go.
#[derive(Clone, Debug)]
pub struct Answer<R> {
    /// Every event up to here is folded in, but for those of a parked root.
    pub position: i64,
    /// The root is parked since this event: the rows are those before it.
    pub stale: Option<i64>,
    /// In the order of kind and id.
    pub rows: Vec<Row<R>>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row<R> {
    /// What it is about, e.g. `card`.
    pub kind: String,
    /// Of what it is about.
    pub id: String,
    /// The last event that changed it.
    pub position: i64,
    /// What it holds.
    pub row: R,
}

impl ReadModels {
    /// Reads the read models that belong to `store`.
    #[must_use]
    pub fn new(store: &Store) -> Self {
        let (pool, log_id) = (store.pools().read.clone(), store.log_id());
        let of_everybody = store.pools().project.clone();
        let (boards, graphs, drawings) = Default::default();
        Self { pool, of_everybody, log_id, boards, graphs, drawings }
    }

    /// Which log they follow.
    pub(crate) fn log_id(&self) -> i16 {
        self.log_id
    }

    /// Every row of `root` (a project, or the organization).
    ///
    /// # Errors
    /// When the database cannot be used, or a row is not what this program writes.
    pub async fn of_root<P: Projection>(
        &self,
        org: OrgId,
        root: Uuid,
    ) -> Result<Answer<P::Row>, Unavailable> {
        Ok(self.marked::<P>(org, root).await?.1)
    }

    /// The same, and what these rows can be told by.
    pub(crate) async fn marked<P: Projection>(
        &self,
        org: OrgId,
        root: Uuid,
    ) -> Result<(Option<Mark>, Answer<P::Row>), Unavailable> {
        let statement = format!(
            "select c.position, p.position, r.kind, r.id, r.position, r.row, l.build, c.incarnation \
             from read_models.generations l \
             join es.checkpoints c on c.consumer = l.name || '/' || l.gen and c.log_id = $2 \
             left join es.parked p on p.consumer = c.consumer and p.log_id = c.log_id and p.root = $4 \
             left join read_models.{table} r on r.gen = l.gen and r.org_id = $3 and r.root = $4 \
             where l.name = $1 and l.state = 'live' order by r.kind, r.id",
            table = P::NAME
        );
        let query = sqlx::query(&statement).bind(P::NAME).bind(self.log_id).bind(org.0).bind(root);
        let rows = self.of_org(org, query).await?;
        let source =
            rows.first().map(|row| Ok::<_, Unavailable>((row.try_get(6)?, row.try_get(7)?))).transpose()?;
        let answer = answer::<P>(rows)?;
        let mark = source.map(|(build, incarnation)| Mark {
            build,
            incarnation,
            newest: answer.rows.iter().map(|row| row.position).max().unwrap_or(0),
            rows: i64::try_from(answer.rows.len()).expect("rows are counted"),
        });
        Ok((mark, answer))
    }

    /// What the rows of `root` can be told by, and how far they go; `None` before the first page.
    pub(crate) async fn standing_of<P: Projection>(
        &self,
        org: OrgId,
        root: Uuid,
    ) -> Result<Option<Standing>, Unavailable> {
        let statement = format!(
            "select c.position, p.position, l.build, c.incarnation, r.newest, r.rows \
             from read_models.generations l \
             join es.checkpoints c on c.consumer = l.name || '/' || l.gen and c.log_id = $2 \
             left join es.parked p on p.consumer = c.consumer and p.log_id = c.log_id and p.root = $4 \
             cross join lateral (select coalesce(max(r.position), 0) as newest, count(*) as rows \
                 from read_models.{table} r where r.gen = l.gen and r.org_id = $3 and r.root = $4) r \
             where l.name = $1 and l.state = 'live'",
            table = P::NAME
        );
        let query = sqlx::query(&statement).bind(P::NAME).bind(self.log_id).bind(org.0).bind(root);
        let rows = self.of_org(org, query).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let mark = Mark {
            build: row.try_get(2)?,
            incarnation: row.try_get(3)?,
            newest: row.try_get(4)?,
            rows: row.try_get(5)?,
        };
        Ok(Some(Standing { mark, position: row.try_get(0)?, stale: row.try_get(1)? }))
    }

    /// One row by what it is about, whatever its root; `None` when this organization has no such row.
    ///
    /// # Errors
    /// As [`ReadModels::of_root`].
    pub async fn one<P: Projection>(
        &self,
        org: OrgId,
        kind: &str,
        id: Uuid,
    ) -> Result<Option<Answer<P::Row>>, Unavailable> {
        let statement = format!(
            "select c.position, p.position, r.kind, r.id, r.position, r.row \
             from read_models.generations l \
             join es.checkpoints c on c.consumer = l.name || '/' || l.gen and c.log_id = $2 \
             join read_models.{table} r on r.gen = l.gen and r.org_id = $3 and r.kind = $4 and r.id = $5 \
             left join es.parked p on p.consumer = c.consumer and p.log_id = c.log_id and p.root = r.root \
             where l.name = $1 and l.state = 'live' limit 1",
            table = P::NAME
        );
        let query = sqlx::query(&statement)
            .bind(P::NAME)
            .bind(self.log_id)
            .bind(org.0)
            .bind(kind)
            .bind(id.to_string());
        let answer = answer::<P>(self.of_org(org, query).await?)?;
        Ok(if answer.rows.is_empty() { None } else { Some(answer) })
    }

    /// The newest rows of one kind of `root`, at most `limit`, those before the id `before` when it is given.
    ///
    /// # Errors
    /// As [`ReadModels::of_root`].
    pub async fn newest<P: Projection>(
        &self,
        org: OrgId,
        root: Uuid,
        kind: &str,
        before: Option<&str>,
        limit: i64,
    ) -> Result<Answer<P::Row>, Unavailable> {
        let statement = format!(
            "select c.position, p.position, r.kind, r.id, r.position, r.row \
             from read_models.generations l \
             join es.checkpoints c on c.consumer = l.name || '/' || l.gen and c.log_id = $2 \
             left join es.parked p on p.consumer = c.consumer and p.log_id = c.log_id and p.root = $4 \
             left join lateral (select * from read_models.{table} r where r.gen = l.gen and r.org_id = $3 \
                 and r.root = $4 and r.kind = $5 and ($6::text is null or r.id < $6) order by r.id desc limit $7) r \
                 on true \
             where l.name = $1 and l.state = 'live' order by r.id desc",
            table = P::NAME
        );
        let query = sqlx::query(&statement)
            .bind(P::NAME)
            .bind(self.log_id)
            .bind(org.0)
            .bind(root)
            .bind(kind)
            .bind(before)
            .bind(limit);
        answer::<P>(self.of_org(org, query).await?)
    }

    /// The rows of one kind, whatever their root, in the order of their ids: at most `limit`, those after the id
    /// `after` when it is given.
    ///
    /// # Errors
    /// As [`ReadModels::of_root`].
    pub async fn of_kind<P: Projection>(
        &self,
        org: OrgId,
        kind: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Answer<P::Row>, Unavailable> {
        self.of_kind_within::<P>(org, None, kind, after, limit).await
    }

    /// The same, of one root when it is given.
    pub(crate) async fn of_kind_within<P: Projection>(
        &self,
        org: OrgId,
        root: Option<Uuid>,
        kind: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Answer<P::Row>, Unavailable> {
        let statement = format!(
            "select c.position, null::bigint, r.kind, r.id, r.position, r.row \
             from read_models.generations l \
             join es.checkpoints c on c.consumer = l.name || '/' || l.gen and c.log_id = $2 \
             left join lateral (select * from read_models.{table} r where r.gen = l.gen and r.org_id = $3 \
                 and r.kind = $4 and ($5::text is null or r.id > $5) and ($7::uuid is null or r.root = $7) \
                 order by r.id limit $6) r on true \
             where l.name = $1 and l.state = 'live' order by r.id",
            table = P::NAME
        );
        let query = sqlx::query(&statement)
            .bind(P::NAME)
            .bind(self.log_id)
            .bind(org.0)
            .bind(kind)
            .bind(after)
            .bind(limit)
            .bind(root);
        answer::<P>(self.of_org(org, query).await?)
    }

    /// The rows of one kind with these ids, at most `limit`.
    ///
    /// # Errors
    /// As [`ReadModels::of_root`].
    pub async fn named<P: Projection>(
        &self,
        org: OrgId,
        kind: &str,
        ids: &[String],
        limit: i64,
    ) -> Result<Answer<P::Row>, Unavailable> {
        let statement = format!(
            "select c.position, null::bigint, r.kind, r.id, r.position, r.row \
             from read_models.generations l \
             join es.checkpoints c on c.consumer = l.name || '/' || l.gen and c.log_id = $2 \
             left join lateral (select * from read_models.{table} r where r.gen = l.gen and r.org_id = $3 \
                 and r.kind = $4 and r.id = any($5) order by r.id limit $6) r on true \
             where l.name = $1 and l.state = 'live' order by r.id",
            table = P::NAME
        );
        let query = sqlx::query(&statement)
            .bind(P::NAME)
            .bind(self.log_id)
            .bind(org.0)
            .bind(kind)
            .bind(ids)
            .bind(limit);
        answer::<P>(self.of_org(org, query).await?)
    }

    /// Runs a query that can see the rows of `org` only.
    pub(crate) async fn of_org<'q>(
        &self,
        org: OrgId,
        query: Query<'q, Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, Unavailable> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("select set_config('app.org', $1, true)")
            .bind(org.to_string())
            .execute(&mut *transaction)
            .await?;
        let rows = query.fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(rows)
    }

    /// How far the serving generation of `P` has come; 0 before its first page.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn position<P: Projection>(&self) -> Result<i64, Unavailable> {
        let position: Option<i64> = sqlx::query_scalar(
            "select c.position from read_models.generations l \
             join es.checkpoints c on c.consumer = l.name || '/' || l.gen and c.log_id = $2 where l.name = $1 and l.state = 'live'",
        )
        .bind(P::NAME)
        .bind(self.log_id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(position.unwrap_or(0))
    }
}

/// Rows of (checkpoint, parked since, kind, id, position, row); without a row only the first two are there.
fn answer<P: Projection>(rows: Vec<PgRow>) -> Result<Answer<P::Row>, Unavailable> {
    let mut answer = Answer { position: 0, stale: None, rows: Vec::with_capacity(rows.len()) };
    for row in rows {
        answer.position = row.try_get(0)?;
        answer.stale = row.try_get(1)?;
        let Some(kind) = row.try_get::<Option<String>, _>(2)? else { continue };
        let text: &str = row.try_get_unchecked(5)?;
        answer.rows.push(Row {
            kind,
            id: row.try_get(3)?,
            position: row.try_get(4)?,
            row: serde_json::from_str(text)
                .map_err(|error| Unavailable::Refused(format!("a row of {}: {error}", P::NAME)))?,
        });
    }
    Ok(answer)
}
