//! Changing the master key: every key that the database keeps is wrapped again by the present one. What those keys have
//! sealed stays as it is.

use std::collections::BTreeMap;

use kernel::Uuid;
use vault::envelope::WrappedKey;

use crate::custody::{CustodyError, place_of_key};
use crate::{AccountError, Accounts};

/// Rows looked at in one go.
const AT_ONCE: i64 = 500;

/// By which master keys the keys of the database are wrapped: how many by each, by its id.
pub type Wrapped = BTreeMap<String, u64>;

impl Accounts {
    /// By which master keys the keys of the database are wrapped.
    ///
    /// # Errors
    /// When the database cannot be used or a key is damaged.
    pub async fn wrapped(&self) -> Result<Wrapped, AccountError> {
        let mut wrapped = Wrapped::new();
        let mut after = None;
        while let Some(page) = self.wrapped_after(after).await? {
            for (subject, key) in page {
                *wrapped.entry(key.wrapped_with().to_string()).or_default() += 1;
                after = Some(subject);
            }
        }
        Ok(wrapped)
    }

    /// Wraps every key by the present master key; how many that were not. May be ended and begun again, beside servers
    /// that know both master keys.
    ///
    /// # Errors
    /// When the database cannot be used, or a key was wrapped by a master key that is not here.
    pub async fn rewrap(&self, mut step: impl FnMut(u64)) -> Result<u64, AccountError> {
        let mut changed = 0;
        let mut after = None;
        while let Some(page) = self.wrapped_after(after).await? {
            for (subject, key) in page {
                after = Some(subject);
                let again = self.custody.masters().rewrap(&key, &place_of_key(subject));
                let again = again.map_err(|source| CustodyError::Shut { subject, source })?;
                let Some(again) = again else { continue };
                // Whoever was erased meanwhile stays so.
                let updated = sqlx::query(
                    "update vault.data_keys set wrapped = $3 where subject = $1 and wrapped = $2",
                )
                .bind(subject)
                .bind(key.as_bytes())
                .bind(again.as_bytes())
                .execute(&self.pool)
                .await?;
                changed += updated.rows_affected();
            }
            step(changed);
        }
        Ok(changed)
    }

    async fn wrapped_after(
        &self,
        after: Option<Uuid>,
    ) -> Result<Option<Vec<(Uuid, WrappedKey)>>, AccountError> {
        let rows: Vec<(Uuid, Vec<u8>)> = sqlx::query_as(
            "select subject, wrapped from vault.data_keys where $1::uuid is null or subject > $1 \
             order by subject limit $2",
        )
        .bind(after)
        .bind(AT_ONCE)
        .fetch_all(&self.pool)
        .await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let read = |(subject, wrapped): (Uuid, Vec<u8>)| match WrappedKey::from_bytes(&wrapped) {
            Ok(key) => Ok((subject, key)),
            Err(source) => Err(CustodyError::Damaged { subject, source }.into()),
        };
        rows.into_iter().map(read).collect::<Result<_, AccountError>>().map(Some)
    }
}
