//! Snapshots: taken after the fact, disposable, never on the path of a command.

use kernel::OrgId;
use sqlx::PgPool;

use crate::Unavailable;
use crate::load::Snapshot;

/// Stores a state; false when a newer one is there or the stream is not that far.
pub(crate) async fn save<D: Snapshot>(
    pool: &PgPool,
    org: OrgId,
    id: &str,
    version: i64,
    state: &D,
) -> Result<bool, Unavailable> {
    let payload = serde_json::to_string(state).map_err(|error| Unavailable::Refused(error.to_string()))?;
    Ok(sqlx::query_scalar("select es.save_snapshot($1, $2, $3, $4, $5, $6)")
        .bind(org.0)
        .bind(D::TYPE)
        .bind(id)
        .bind(D::LOGIC_VERSION)
        .bind(version)
        .bind(payload)
        .fetch_one(pool)
        .await?)
}
