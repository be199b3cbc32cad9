//! Reading the log by position: dense and in commit order, so a page is exact and nothing is skipped.

use futures::Stream;
use kernel::{OrgId, ProjectId, Recorded};
use sqlx::{PgPool, Postgres, QueryBuilder};

use crate::row::{COLUMNS, recorded};
use crate::{Pools, Unavailable};

/// Which events; an empty filter is the whole log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of one project.
    pub project: Option<ProjectId>,
    /// Of one kind of aggregate, e.g. `project`.
    pub aggregate_type: Option<String>,
    /// Of one stream, together with `aggregate_type`.
    pub aggregate_id: Option<String>,
    /// Of these types; empty means all.
    pub event_types: Vec<String>,
}

/// Which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From the given position, upwards; the position itself is not included.
    #[default]
    Forwards,
    /// From the given position, downwards; the position itself is not included.
    Backwards,
}

/// A reader of one log: of the whole log, or of one tenant's part.
#[derive(Clone, Debug)]
pub struct Reader {
    pool: PgPool,
    log_id: i16,
    org: Option<OrgId>,
}

impl Reader {
    /// Reads everything; for projections, relays and audits.
    #[must_use]
    pub fn of_the_log(pools: &Pools, log_id: i16) -> Self {
        Self { pool: pools.project.clone(), log_id, org: None }
    }

    /// Reads one tenant's events. Row-level security stands behind the where clause.
    #[must_use]
    pub fn of_org(pools: &Pools, log_id: i16, org: OrgId) -> Self {
        Self { pool: pools.read.clone(), log_id, org: Some(org) }
    }

    /// The position of the newest event; 0 in an empty log. For a tenant: the newest of its own.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn head(&self) -> Result<i64, Unavailable> {
        let newest = self.page(&Filter::default(), i64::MAX, 1, Direction::Backwards).await?;
        Ok(newest.first().map_or(0, |event| event.envelope.position))
    }

    /// At most `limit` events beyond `from`, in the order of the direction.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn page(
        &self,
        filter: &Filter,
        from: i64,
        limit: i64,
        direction: Direction,
    ) -> Result<Vec<Recorded<String>>, Unavailable> {
        let mut query = self.query(filter, from, limit, direction);
        let query = query.build();
        let rows = match self.org {
            None => query.fetch_all(&self.pool).await?,
            Some(org) => {
                let mut transaction = self.pool.begin().await?;
                sqlx::query("select set_config('app.org', $1, true)")
                    .bind(org.to_string())
                    .execute(&mut *transaction)
                    .await?;
                let rows = query.fetch_all(&mut *transaction).await?;
                transaction.commit().await?;
                rows
            }
        };
        Ok(rows.iter().map(recorded).collect::<Result<_, _>>()?)
    }

    /// Pages of `size` events from beyond `from` up to the head at the time it is reached. The next page is
    /// fetched while the caller works on this one; no more than two are in memory.
    pub fn pages(
        &self,
        filter: Filter,
        from: i64,
        size: i64,
    ) -> impl Stream<Item = Result<Vec<Recorded<String>>, Unavailable>> + Send + use<> {
        let reader = self.clone();
        let fetch = move |from| {
            let (reader, filter) = (reader.clone(), filter.clone());
            tokio::spawn(async move { reader.page(&filter, from, size, Direction::Forwards).await })
        };
        futures::stream::try_unfold(Some(fetch(from)), move |next| {
            let fetch = fetch.clone();
            async move {
                let Some(task) = next else { return Ok(None) };
                let page = task.await.map_err(|error| Unavailable::Down(error.to_string()))??;
                let Some(last) = page.last() else { return Ok(None) };
                let more = i64::try_from(page.len()).is_ok_and(|n| n == size);
                let next = more.then(|| fetch(last.envelope.position));
                Ok(Some((page, next)))
            }
        })
    }

    fn query(
        &self,
        filter: &Filter,
        from: i64,
        limit: i64,
        direction: Direction,
    ) -> QueryBuilder<'static, Postgres> {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from es.events where log_id = ").push_bind(self.log_id);
        let (beyond, order) = match direction {
            Direction::Forwards => (" and position > ", " order by position limit "),
            Direction::Backwards => (" and position < ", " order by position desc limit "),
        };
        query.push(beyond).push_bind(from);
        if let Some(org) = self.org {
            query.push(" and org_id = ").push_bind(org.0);
        }
        if let Some(project) = filter.project {
            query.push(" and project_id = ").push_bind(project.0);
        }
        if let Some(aggregate_type) = &filter.aggregate_type {
            query.push(" and aggregate_type = ").push_bind(aggregate_type.clone());
        }
        if let Some(aggregate_id) = &filter.aggregate_id {
            query.push(" and aggregate_id = ").push_bind(aggregate_id.clone());
        }
        if !filter.event_types.is_empty() {
            query.push(" and event_type = any(").push_bind(filter.event_types.clone()).push(")");
        }
        query.push(order).push_bind(limit);
        query
    }
}
