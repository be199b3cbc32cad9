//! Where in the log the events of a run stand: those of its own stream and those of its trajectory, together in the order of
//! the log. A run may have a hundred thousand of them, and a page costs what the page has.

use eventstore::Unavailable;
use kernel::OrgId;
use sqlx::Row as _;
use vocabulary::RunId;

use crate::ReadModels;

/// In a stream positions grow with the sequence, which is what the log is indexed by. So the first sequence beyond the
/// position is found by halving, and from there the index is followed. The limit of one lets each step be looked up by itself.
const PLACES: &str = "\
    select e.position from unnest(array['run', 'trajectory']) as s (stream) \
    cross join lateral ( \
        with recursive halving (low, high) as ( \
            select 0::bigint, coalesce((select e.sequence from es.events e where e.aggregate_type = s.stream \
                and e.aggregate_id = $2 and e.org_id = $1 order by e.sequence desc limit 1), 0) where $3::bigint > 0 \
            union all \
            select case when m.before then h.middle else h.low end, case when m.before then h.high else h.middle - 1 end \
            from (select low, high, (low + high + 1) / 2 as middle from halving where low < high) h \
            cross join lateral (select e.position <= $3 as before from es.events e where e.aggregate_type = s.stream \
                and e.aggregate_id = $2 and e.org_id = $1 and e.sequence = h.middle limit 1) m) \
        select coalesce(min(low) filter (where low >= high), 0) as sequence from halving) known \
    cross join lateral ( \
        select e.position from es.events e where e.log_id = $4 and e.aggregate_type = s.stream and e.aggregate_id = $2 \
            and e.org_id = $1 and e.sequence > known.sequence order by e.sequence limit $5) e \
    order by e.position limit $5";

/// The same from the other end: how many are before the position is found by halving, and from there the index is followed back.
const NEWEST: &str = "\
    select e.position from unnest(array['run', 'trajectory']) as s (stream) \
    cross join lateral ( \
        with recursive halving (low, high) as ( \
            select 0::bigint, coalesce((select e.sequence from es.events e where e.aggregate_type = s.stream \
                and e.aggregate_id = $2 and e.org_id = $1 order by e.sequence desc limit 1), 0) \
            union all \
            select case when m.before then h.middle else h.low end, case when m.before then h.high else h.middle - 1 end \
            from (select low, high, (low + high + 1) / 2 as middle from halving where low < high) h \
            cross join lateral (select e.position < $3 as before from es.events e where e.aggregate_type = s.stream \
                and e.aggregate_id = $2 and e.org_id = $1 and e.sequence = h.middle limit 1) m) \
        select coalesce(min(low) filter (where low >= high), 0) as sequence from halving) known \
    cross join lateral ( \
        select e.position from es.events e where e.log_id = $4 and e.aggregate_type = s.stream and e.aggregate_id = $2 \
            and e.org_id = $1 and e.sequence <= known.sequence order by e.sequence desc limit $5) e \
    order by e.position desc limit $5";

impl ReadModels {
    /// The positions of at most `limit` events of a run beyond the position `after`, in the order of the log.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn places_of_run(
        &self,
        org: OrgId,
        run: RunId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<i64>, Unavailable> {
        let query =
            sqlx::query(PLACES).bind(org.0).bind(run.to_string()).bind(after).bind(self.log_id()).bind(limit);
        let rows = self.of_org(org, query).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    /// The positions of the last `limit` events of a run before the position `before`, in the order of the log.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn last_places_of_run(
        &self,
        org: OrgId,
        run: RunId,
        before: i64,
        limit: i64,
    ) -> Result<Vec<i64>, Unavailable> {
        let query = sqlx::query(NEWEST)
            .bind(org.0)
            .bind(run.to_string())
            .bind(before)
            .bind(self.log_id())
            .bind(limit);
        let rows = self.of_org(org, query).await?;
        Ok(rows.iter().rev().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }
}
