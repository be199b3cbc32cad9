//! The keys of people and of the installation: made before their first use, wrapped by a master key that is not in the
//! database, and unwrapped here and nowhere else.

use std::collections::BTreeMap;
use std::sync::Arc;

use commands::authority::installation;
use kernel::{OrgId, Uuid};
use sqlx::PgPool;
use vault::envelope::{DataKey, HashKey, MasterKeys, NotWrapped, Place, UnwrapError, WrappedKey};
use vault::secret::ExposeSecret as _;
use vocabulary::{AccountHash, AddressHash, Sealed};

use crate::AccountError;
use crate::address::EmailAddress;

/// The subject of the installation's own key.
const INSTALLATION: Uuid = Uuid::nil();

/// A key that is stored cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CustodyError {
    /// Wrapped by a master key that is not here, or changed.
    #[error("the key of {subject} cannot be unwrapped: {source}")]
    Shut {
        /// Whose key.
        subject: Uuid,
        /// Why.
        source: UnwrapError,
    },
    /// Not a wrapped key at all.
    #[error("the key of {subject} is damaged: {source}")]
    Damaged {
        /// Whose key.
        subject: Uuid,
        /// Why.
        source: NotWrapped,
    },
}

/// Which personal value of an event is sealed.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    /// What a person is called.
    DisplayName,
    /// Where a person gets mail.
    Email,
    /// Where an invitation went.
    InvitedEmail,
}

impl Field {
    /// Where such a value of `subject` stands: moved elsewhere, it does not open.
    fn place(self, subject: Uuid) -> Place<'static> {
        let (table, column) = match self {
            Self::DisplayName => ("user", "display_name"),
            Self::Email => ("user", "email"),
            Self::InvitedEmail => ("organization.invitation", "email"),
        };
        Place { org: installation(), table, column, id: subject }
    }
}

/// Seals and opens personal values, and hashes what has to be compared.
#[derive(Debug)]
pub struct Custody {
    pool: PgPool,
    masters: Arc<MasterKeys>,
    own: DataKey,
    addresses: HashKey,
    accounts: HashKey,
    pub(crate) refresh: HashKey,
    pub(crate) tries: HashKey,
    pub(crate) browsers: HashKey,
}

impl Custody {
    /// Unwraps the installation's own key, or makes it.
    ///
    /// # Errors
    /// When the database cannot be used, or the key was wrapped by a master key that is not here.
    pub(crate) async fn open(pool: &PgPool, masters: Arc<MasterKeys>) -> Result<Self, AccountError> {
        let own = obtain(pool, &masters, INSTALLATION).await?;
        Ok(Self {
            pool: pool.clone(),
            masters,
            addresses: own.hash_key("address"),
            accounts: own.hash_key("account"),
            refresh: own.hash_key("refresh"),
            tries: own.hash_key("tries"),
            browsers: own.hash_key("browser"),
            own,
        })
    }

    /// The key that seals what belongs to nobody in particular: letters under way, keys that sign.
    pub(crate) fn own(&self) -> &DataKey {
        &self.own
    }

    pub(crate) fn masters(&self) -> &MasterKeys {
        &self.masters
    }

    /// What stands for an address where addresses are compared.
    #[must_use]
    pub fn address_hash(&self, address: &EmailAddress) -> AddressHash {
        AddressHash::new(self.addresses.hash(address.folded().as_bytes()))
    }

    /// What stands for an account at a provider; `authority` names the provider to everybody, wherever it is configured.
    #[must_use]
    pub fn account_hash(&self, authority: &str, account: &str) -> AccountHash {
        AccountHash::new(self.accounts.hash(format!("{authority}\0{account}").as_bytes()))
    }

    /// The key of a person or an invitation; made, and stored, when there is none.
    ///
    /// # Errors
    /// See [`Custody::open`].
    pub(crate) async fn key_of(&self, subject: Uuid) -> Result<DataKey, AccountError> {
        obtain(&self.pool, &self.masters, subject).await
    }

    /// Seals a value of `subject` by the key of that one.
    pub(crate) fn seal(&self, key: &DataKey, subject: Uuid, field: Field, value: &str) -> Sealed {
        let sealed = key.seal(value.as_bytes(), &field.place(subject)).to_text();
        Sealed::new(&sealed).expect("a sealed name or address has the form and is short")
    }

    /// What was sealed, in the same order; `None` where the key is gone, or another one sealed it.
    ///
    /// # Errors
    /// See [`Custody::open`].
    pub async fn open_all(
        &self,
        values: &[(Uuid, Field, &Sealed)],
    ) -> Result<Vec<Option<String>>, AccountError> {
        let subjects: Vec<Uuid> = values.iter().map(|(subject, ..)| *subject).collect();
        let rows: Vec<(Uuid, Vec<u8>)> =
            sqlx::query_as("select subject, wrapped from vault.data_keys where subject = any($1)")
                .bind(&subjects)
                .fetch_all(&self.pool)
                .await?;
        let mut keys = BTreeMap::new();
        for (subject, wrapped) in rows {
            keys.insert(subject, unwrap(&self.masters, subject, &wrapped)?);
        }
        let opened = values.iter().map(|(subject, field, sealed)| {
            let sealed = vault::envelope::Sealed::from_text(sealed.as_str()).ok()?;
            let plain = keys.get(subject)?.open(&sealed, &field.place(*subject)).ok()?;
            String::from_utf8(plain.expose_secret().to_vec()).ok()
        });
        Ok(opened.collect())
    }

    /// Destroys the key of somebody: what it sealed, here and in every backup of the log, is noise from then on.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn destroy(&self, subject: Uuid) -> Result<(), AccountError> {
        sqlx::query("delete from vault.data_keys where subject = $1")
            .bind(subject)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

async fn obtain(pool: &PgPool, masters: &MasterKeys, subject: Uuid) -> Result<DataKey, AccountError> {
    let ask = || {
        sqlx::query_scalar::<_, Vec<u8>>("select wrapped from vault.data_keys where subject = $1")
            .bind(subject)
            .fetch_optional(pool)
    };
    if let Some(wrapped) = ask().await? {
        return Ok(unwrap(masters, subject, &wrapped)?);
    }
    let wrapped = masters.wrap(&DataKey::random(), &place_of_key(subject));
    sqlx::query("insert into vault.data_keys values ($1, $2, omoi_now()) on conflict (subject) do nothing")
        .bind(subject)
        .bind(wrapped.as_bytes())
        .execute(pool)
        .await?;
    // Whoever was first made it.
    let stored = ask().await?.ok_or(AccountError::NotFound("key"))?;
    Ok(unwrap(masters, subject, &stored)?)
}

fn unwrap(masters: &MasterKeys, subject: Uuid, wrapped: &[u8]) -> Result<DataKey, CustodyError> {
    let wrapped =
        WrappedKey::from_bytes(wrapped).map_err(|source| CustodyError::Damaged { subject, source })?;
    masters.unwrap(&wrapped, &place_of_key(subject)).map_err(|source| CustodyError::Shut { subject, source })
}

/// Where a wrapped key stands.
pub(crate) fn place_of_key(subject: Uuid) -> Place<'static> {
    Place { org: OrgId(INSTALLATION), table: "vault.data_keys", column: "wrapped", id: subject }
}
