//! A clock that tests move. Production databases have no offset and refuse to start with one.

use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

/// Moves `omoi_now()` of one database, for all its sessions at once.
#[derive(Debug)]
pub struct TestClock {
    admin: PgConnection,
    offset: Duration,
}

impl TestClock {
    /// # Errors
    /// When the database cannot be reached.
    pub async fn of(admin_url: &str) -> Result<Self, sqlx::Error> {
        Ok(Self { admin: PgConnection::connect(admin_url).await?, offset: Duration::ZERO })
    }

    /// Moves time forwards by `step`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn advance(&mut self, step: Duration) -> Result<(), sqlx::Error> {
        self.offset += step;
        let body = format!(
            "create or replace function es.clock_offset() returns interval language sql stable parallel safe \
             as $$ select interval '{} microseconds' $$",
            self.offset.as_micros()
        );
        sqlx::query(&body).execute(&mut self.admin).await?;
        Ok(())
    }
}
