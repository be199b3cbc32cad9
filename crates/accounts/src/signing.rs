//! The keys that sign access tokens, as this node knows them. When each signs follows from when it was made, so that
//! every node knows a key before one of them signs with it, and nobody has to say so.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use commands::authority::installation;
use kernel::{Timestamp, Uuid};
use sqlx::PgPool;
use vault::access::{AccessTokens, Jwks, KeyRing, LEEWAY, LIFETIME, OtherKey, SigningKey};
use vault::envelope::{Place, Sealed};
use vault::secret::ExposeSecret as _;

use crate::clock::later;
use crate::{AccountError, Accounts, Custody};

/// What tokens are for; whoever else reads one must refuse it.
const AUDIENCE: &str = "omoi-api";
/// How often a node looks whether there is another key.
const LOOKED_AFTER: Duration = Duration::from_secs(20);
/// How long a new key is only known, and an old one still signs: longer than it takes every node to look.
const KNOWN_FIRST: Duration = Duration::from_secs(60);

/// Makes and reads access tokens.
#[derive(Debug)]
pub(crate) struct Signing {
    issuer: String,
    tokens: RwLock<(Timestamp, Arc<AccessTokens>)>,
}

impl Signing {
    /// Reads the keys, or makes the first.
    ///
    /// # Errors
    /// When the database cannot be used or a key does not open.
    pub(crate) async fn open(
        pool: &PgPool,
        custody: &Custody,
        issuer: &str,
        now: Timestamp,
    ) -> Result<Self, AccountError> {
        let mut keys = stored(pool, custody).await?;
        if keys.is_empty() {
            // Two nodes at their first start make two: both know both.
            make(pool, custody).await?;
            keys = stored(pool, custody).await?;
        }
        let tokens = Arc::new(tokens(issuer, keys, now)?);
        Ok(Self { issuer: issuer.to_owned(), tokens: RwLock::new((now, tokens)) })
    }

    /// As they are known on this node.
    pub(crate) fn tokens(&self) -> Arc<AccessTokens> {
        self.tokens.read().expect("nobody panics while holding it").1.clone()
    }

    fn looked_at(&self) -> Timestamp {
        self.tokens.read().expect("nobody panics while holding it").0
    }
}

impl Accounts {
    /// The keys that verify, for `/.well-known/jwks.json`.
    #[must_use]
    pub fn jwks(&self) -> Jwks {
        self.signing.tokens().ring().jwks()
    }

    /// Makes another key, which signs from a minute on; what the one before signed is good until it expires. Its id in
    /// the JWKS.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn rotate_signing_key(&self) -> Result<String, AccountError> {
        make(&self.pool, &self.custody).await
    }

    /// Looks, now and then, whether there is another key.
    pub(crate) async fn look_for_keys(&self, now: Timestamp) -> Result<(), AccountError> {
        if now < later(self.signing.looked_at(), LOOKED_AFTER) {
            return Ok(());
        }
        let keys = stored(&self.pool, &self.custody).await?;
        let tokens = Arc::new(tokens(&self.signing.issuer, keys, now)?);
        *self.signing.tokens.write().expect("nobody panics while holding it") = (now, tokens);
        Ok(())
    }
}

/// A key, and when it was made.
type Made = (Timestamp, SigningKey);

fn tokens(issuer: &str, keys: Vec<Made>, now: Timestamp) -> Result<AccessTokens, AccountError> {
    let broken = |reason: String| AccountError::Command(commands::CommandError::Broken(reason));
    let ring = ring(keys, now).ok_or_else(|| broken("the vault holds no key that signs".into()))?;
    AccessTokens::new(issuer, AUDIENCE, ring).map_err(|reason| broken(reason.to_string()))
}

/// Oldest first comes in. The newest that every node knows signs; those before it verify what they signed.
fn ring(mut keys: Vec<Made>, now: Timestamp) -> Option<KeyRing> {
    let signs = keys.iter().rposition(|(made, _)| later(*made, KNOWN_FIRST) <= now).unwrap_or(0);
    let ends: Vec<Option<Timestamp>> = (0..keys.len())
        .map(|at| keys.get(at + 1).map(|(next, _)| later(*next, KNOWN_FIRST + LOOKED_AFTER)))
        .collect();
    if keys.is_empty() {
        return None;
    }
    let (_, signing) = keys.remove(signs);
    let mut ends = ends;
    ends.remove(signs);
    let others = keys
        .into_iter()
        .zip(ends)
        .filter(|(_, end)| end.is_none_or(|end| now < later(end, LIFETIME + LEEWAY)));
    let others = others.map(|((_, key), until)| OtherKey { key: key.public(), until }).collect();
    KeyRing::new(signing, others).ok()
}

async fn stored(pool: &PgPool, custody: &Custody) -> Result<Vec<Made>, AccountError> {
    let rows: Vec<(Uuid, String, chrono::DateTime<chrono::Utc>)> =
        sqlx::query_as("select id, sealed, made_at from vault.signing_keys order by made_at, id")
            .fetch_all(pool)
            .await?;
    let read = |id: Uuid, sealed: &str| {
        let plain = custody.own().open(&Sealed::from_text(sealed).ok()?, &place(id)).ok()?;
        let text = std::str::from_utf8(plain.expose_secret()).ok()?;
        SigningKey::parse(&text.into()).ok()
    };
    let mut keys = Vec::with_capacity(rows.len());
    for (id, sealed, made_at) in rows {
        match read(id, &sealed) {
            Some(key) => keys.push((Timestamp::from(made_at), key)),
            None => tracing::error!(%id, "a key that signs access tokens does not open"),
        }
    }
    Ok(keys)
}

async fn make(pool: &PgPool, custody: &Custody) -> Result<String, AccountError> {
    let id = Uuid::now_v7();
    let key = SigningKey::random();
    let text = key.to_text();
    let sealed = custody.own().seal(text.expose_secret().as_bytes(), &place(id)).to_text();
    sqlx::query("insert into vault.signing_keys (id, sealed, made_at) values ($1, $2, omoi_now())")
        .bind(id)
        .bind(sealed)
        .execute(pool)
        .await?;
    Ok(key.public().id())
}

fn place(id: Uuid) -> Place<'static> {
    Place { org: installation(), table: "vault.signing_keys", column: "sealed", id }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    /// The ids in the ring, the one that signs first, with keys made at these seconds.
    fn ids(made: &[i64], now: i64) -> (Vec<String>, Vec<String>) {
        let keys: Vec<Made> = made.iter().map(|second| (at(*second), SigningKey::random())).collect();
        let all = keys.iter().map(|(_, key)| key.public().id()).collect();
        let ring = ring(keys, at(now)).expect("there is a key");
        (all, ring.jwks().keys.iter().map(|key| key.kid.clone()).collect())
    }

    #[test]
    fn the_first_key_signs_at_once() {
        let (all, ring) = ids(&[0], 0);
        assert_eq!(ring, all);
    }

    #[test]
    fn a_new_key_is_known_before_it_signs() {
        let (all, ring) = ids(&[0, 1_000], 1_059);
        assert_eq!(ring, [all[0].clone(), all[1].clone()]);
        let (all, ring) = ids(&[0, 1_000], 1_060);
        assert_eq!(ring, [all[1].clone(), all[0].clone()]);
    }

    #[test]
    fn an_old_key_leaves_when_nothing_that_it_signed_is_good_any_more() {
        let last = 1_000 + 60 + 20 + 15 * 60 + 5;
        assert_eq!(ids(&[0, 1_000], last - 1).1.len(), 2);
        let (all, ring) = ids(&[0, 1_000], last);
        assert_eq!(ring, [all[1].clone()]);
    }

    #[test]
    fn without_a_key_there_is_no_ring() {
        assert!(ring(Vec::new(), at(0)).is_none());
    }
}
