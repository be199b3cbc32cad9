//! The time, as the log knows it: one clock for every node.

use chrono::{DateTime, Utc};
use kernel::Timestamp;

use crate::{Store, Unavailable};

impl Store {
    /// The database's time now; commands that depend on the time carry it.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn now(&self) -> Result<Timestamp, Unavailable> {
        let now: DateTime<Utc> =
            sqlx::query_scalar("select omoi_now()").fetch_one(&self.pools().load).await?;
        Ok(now.into())
    }
}
