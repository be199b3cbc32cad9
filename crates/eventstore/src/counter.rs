//! Numbers that people say, counted per scope; gaps are allowed, a guard keeps them from doubling.

use kernel::OrgId;

use crate::{Store, Unavailable};

impl Store {
    /// The first of `count` numbers of this scope that nobody else ever gets; counted from 1. Those that are
    /// not used leave a gap. Use them under a guard `Unique` all the same: it says so when somebody did not
    /// ask here.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn take_numbers(&self, org: OrgId, scope: &str, count: i32) -> Result<i64, Unavailable> {
        Ok(sqlx::query_scalar("select es.take_numbers($1, $2, $3)")
            .bind(org.0)
            .bind(scope)
            .bind(count)
            .fetch_one(&self.pools().load)
            .await?)
    }

    /// The same for several scopes at once, durable together: the first number of each. Name every scope once.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn take_numbers_of(&self, wanted: &[(OrgId, &str, usize)]) -> Result<Vec<i64>, Unavailable> {
        let orgs: Vec<_> = wanted.iter().map(|(org, _, _)| org.0).collect();
        let scopes: Vec<_> = wanted.iter().map(|(_, scope, _)| *scope).collect();
        let counts: Vec<_> =
            wanted.iter().map(|(_, _, count)| i32::try_from(*count).unwrap_or(i32::MAX)).collect();
        // In one order everywhere, so that two nodes never wait for each other.
        Ok(sqlx::query_scalar(
            "select t.first from (select w.n, es.take_numbers(w.org_id, w.scope, w.count) as first \
             from (select * from unnest($1::uuid[], $2::text[], $3::int[]) with ordinality \
                 as w (org_id, scope, count, n) order by org_id, scope offset 0) w offset 0) t order by t.n",
        )
        .bind(&orgs)
        .bind(&scopes)
        .bind(&counts)
        .fetch_all(&self.pools().load)
        .await?)
    }
}
