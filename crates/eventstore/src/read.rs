//! Reading the log by position: dense and in commit order, so a page is exact and nothing is skipped.

use std::collections::VecDeque;

use futures::Stream;
use kernel::{OrgId, ProjectId, Recorded, Uuid};
use sqlx::{PgPool, Postgres, QueryBuilder};
use tokio::task::JoinHandle;

use crate::row::{COLUMNS, recorded};
use crate::{Pools, Unavailable};

/// Positions that one statement looks through for a filter without an index.
const STRETCH: i64 = 50_000;

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

    /// The incarnation of the log, and the position of its newest event, whosever that is.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn state(&self) -> Result<(Uuid, i64), Unavailable> {
        let state = "select incarnation, coalesce(es.head(log_id), 0) from es.log_head where log_id = $1";
        Ok(sqlx::query_as(state).bind(self.log_id).fetch_one(&self.pool).await?)
    }

    /// At most `limit` events beyond `from`, in the order of the direction; fewer only where the log ends.
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
        self.page_down_to(filter, from, 0, limit, direction).await
    }

    /// The same, and downwards none at `floor` or below it: what is there is known to the caller otherwise.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn page_down_to(
        &self,
        filter: &Filter,
        from: i64,
        floor: i64,
        limit: i64,
        direction: Direction,
    ) -> Result<Vec<Recorded<String>>, Unavailable> {
        if !self.scans(filter) {
            let upto = (direction == Direction::Backwards).then_some(floor + 1);
            return self.select(filter, from, upto, limit, direction).await;
        }
        // What has no index of its own is looked for in stretches, each far below the statement's time limit.
        let newest = self.newest_of_all().await?;
        let mut at = if direction == Direction::Forwards { from.max(0) } else { from.min(newest + 1) };
        let mut page = Vec::new();
        loop {
            let missing = limit - i64::try_from(page.len()).expect("a page is small");
            let done = if direction == Direction::Forwards { at >= newest } else { at <= floor + 1 };
            if missing <= 0 || done {
                return Ok(page);
            }
            let upto =
                if direction == Direction::Forwards { at + STRETCH } else { (at - STRETCH).max(floor + 1) };
            page.extend(self.select(filter, at, Some(upto), missing, direction).await?);
            at = upto;
        }
    }

    /// The events at these positions, as far as they are this reader's, in the order of the log.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn at(&self, positions: &[i64]) -> Result<Vec<Recorded<String>>, Unavailable> {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from es.events where log_id = ").push_bind(self.log_id);
        query.push(" and position = any(").push_bind(positions.to_vec()).push(")");
        if let Some(org) = self.org {
            query.push(" and org_id = ").push_bind(org.0);
        }
        query.push(" order by position");
        self.fetch(query).await
    }

    /// Whether the filter picks events out of a stretch of the log, rather than along an index.
    fn scans(&self, filter: &Filter) -> bool {
        let whole_log = self.org.is_none() && *filter == Filter::default();
        let one_stream = filter.aggregate_type.is_some() && filter.aggregate_id.is_some();
        !whole_log && !one_stream && (filter.project.is_none() || self.org.is_none())
    }

    async fn newest_of_all(&self) -> Result<i64, Unavailable> {
        let newest: Option<i64> =
            sqlx::query_scalar("select es.head($1)").bind(self.log_id).fetch_one(&self.pool).await?;
        Ok(newest.unwrap_or(0))
    }

    async fn select(
        &self,
        filter: &Filter,
        from: i64,
        upto: Option<i64>,
        limit: i64,
        direction: Direction,
    ) -> Result<Vec<Recorded<String>>, Unavailable> {
        self.fetch(self.query(filter, from, upto, limit, direction)).await
    }

    async fn fetch(
        &self,
        mut query: QueryBuilder<'static, Postgres>,
    ) -> Result<Vec<Recorded<String>>, Unavailable> {
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

    /// Pages of `size` events from beyond `from` up to the head at the time it is reached. The next pages are
    /// fetched while the caller works on this one; no more than three are in memory.
    pub fn pages(
        &self,
        filter: Filter,
        from: i64,
        size: i64,
    ) -> impl Stream<Item = Result<Vec<Recorded<String>>, Unavailable>> + Send + use<> {
        let dense = self.org.is_none() && filter == Filter::default();
        let mut ahead =
            Ahead { reader: self.clone(), filter, size, dense, next: from, fetches: VecDeque::new() };
        ahead.fetch();
        if dense {
            ahead.fetch();
        }
        futures::stream::try_unfold(ahead, |mut ahead| async move {
            Ok(ahead.page().await?.map(|page| (page, ahead)))
        })
    }

    fn query(
        &self,
        filter: &Filter,
        from: i64,
        upto: Option<i64>,
        limit: i64,
        direction: Direction,
    ) -> QueryBuilder<'static, Postgres> {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from es.events where log_id = ").push_bind(self.log_id);
        let (beyond, last, order) = match direction {
            Direction::Forwards => (" and position > ", " and position <= ", " order by position limit "),
            Direction::Backwards => {
                (" and position < ", " and position >= ", " order by position desc limit ")
            }
        };
        query.push(beyond).push_bind(from);
        if let Some(upto) = upto {
            query.push(last).push_bind(upto);
        }
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

type Fetch = JoinHandle<Result<Vec<Recorded<String>>, Unavailable>>;

/// Pages on their way. In the whole log positions are dense, so a page is asked for before the one in front
/// of it has come; otherwise each page says where the next one begins.
struct Ahead {
    reader: Reader,
    filter: Filter,
    size: i64,
    dense: bool,
    next: i64,
    fetches: VecDeque<Fetch>,
}

impl Ahead {
    fn fetch(&mut self) {
        let (reader, filter, from, size) = (self.reader.clone(), self.filter.clone(), self.next, self.size);
        self.next += size;
        self.fetches.push_back(tokio::spawn(async move {
            reader.page(&filter, from, size, Direction::Forwards).await
        }));
    }

    async fn page(&mut self) -> Result<Option<Vec<Recorded<String>>>, Unavailable> {
        let Some(fetch) = self.fetches.pop_front() else { return Ok(None) };
        let page = fetch.await.map_err(|error| Unavailable::Down(error.to_string()))??;
        let Some(last) = page.last() else { return Ok(None) };
        if i64::try_from(page.len()).is_ok_and(|events| events == self.size) {
            if !self.dense {
                self.next = last.envelope.position;
            }
            self.fetch();
        } else {
            // The head: what is appended from here on is for the next reading.
            self.fetches.clear();
        }
        Ok(Some(page))
    }
}
