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
}
