//! Bytes too large for an event, addressed by their SHA-256.

use kernel::OrgId;

use crate::{Store, Unavailable};

/// From this size, in bytes, raw frames and tool output belong in a blob.
pub const BLOB_FROM_BYTES: usize = 4096;

impl Store {
    /// Stores `bytes` for one tenant and answers their SHA-256; the same bytes twice are stored once.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn put_blob(&self, org: OrgId, bytes: &[u8]) -> Result<[u8; 32], Unavailable> {
        let hash: Vec<u8> = sqlx::query_scalar("select es.put_blob($1, $2)")
            .bind(org.0)
            .bind(bytes)
            .fetch_one(&self.pools().load)
            .await?;
        hash.try_into().map_err(|_| Unavailable::Refused("es.put_blob answered no hash".into()))
    }

    /// A tenant's bytes; `None` when this tenant has none under that hash.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn blob(&self, org: OrgId, hash: &[u8; 32]) -> Result<Option<Vec<u8>>, Unavailable> {
        let mut transaction = self.pools().read.begin().await?;
        sqlx::query("select set_config('app.org', $1, true)")
            .bind(org.to_string())
            .execute(&mut *transaction)
            .await?;
        let bytes = sqlx::query_scalar("select bytes from es.blobs where org_id = $1 and hash = $2")
            .bind(org.0)
            .bind(&hash[..])
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(bytes)
    }
}
