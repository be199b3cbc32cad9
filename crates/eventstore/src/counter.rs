//! Numbers that people say, counted per scope; gaps are allowed, a guard keeps them from doubling.

use kernel::OrgId;

use crate::{Store, Unavailable};

impl Store {
    /// The first of `count` numbers of this scope that nobody else gets; counted from 1. After a crash of the
    /// database a few may be given again: use them under a guard `Unique` and take others when it refuses.
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
