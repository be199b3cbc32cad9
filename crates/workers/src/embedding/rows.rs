//! The table of embeddings: what waits, and what is done.

use std::fmt::Write as _;
use std::time::Duration;

use eventstore::Unavailable;
use kernel::{OrgId, Uuid};
use ports::embed::Embedding;
use projections::near_duplicates::Kind;
use sqlx::{PgPool, Postgres, Transaction};

/// Rows that are changed at once; a statement must not take long.
const AT_ONCE: i64 = 2000;

/// A spec or a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Of {
    pub(super) org: OrgId,
    pub(super) kind: Kind,
    pub(super) id: Uuid,
}

/// What it says.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) of: Of,
    pub(super) project: Uuid,
    pub(super) position: i64,
    pub(super) text: String,
}

/// A text that waits.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Waiting {
    org_id: Uuid,
    kind: String,
    id: Uuid,
    pub(super) text: String,
    text_hash: Vec<u8>,
    attempts: i32,
}

/// Lets texts wait; what is there with the same text stays as it is.
pub(super) async fn write(
    transaction: &mut Transaction<'static, Postgres>,
    said: impl Iterator<Item = Said>,
) -> Result<(), Unavailable> {
    let (mut orgs, mut kinds, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    let (mut projects, mut positions, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for Said { of, project, position, text } in said {
        orgs.push(of.org.0);
        kinds.push(of.kind.name());
        ids.push(of.id);
        projects.push(project);
        positions.push(position);
        texts.push(text);
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into search.embeddings as e (org_id, kind, id, project_id, position, text, text_hash) \
         select *, sha256(convert_to(text, 'UTF8')) from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], \
             $5::bigint[], $6::text[]) as n (org_id, kind, id, project_id, position, text) \
         on conflict (org_id, kind, id) do update set position = excluded.position, text = excluded.text, \
             text_hash = excluded.text_hash, pending = true, attempts = 0, next_at = null, error = null \
             where e.text_hash <> excluded.text_hash",
    )
    .bind(&orgs)
    .bind(&kinds)
    .bind(&ids)
    .bind(&projects)
    .bind(&positions)
    .bind(&texts)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Forgets what these say: nobody wants them any more, so nobody pays for them, and they hide no other that is close.
pub(super) async fn forget(
    transaction: &mut Transaction<'static, Postgres>,
    given_up: impl Iterator<Item = Of>,
) -> Result<(), Unavailable> {
    let (mut orgs, mut kinds, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for of in given_up {
        orgs.push(of.org.0);
        kinds.push(of.kind.name());
        ids.push(of.id);
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "delete from search.embeddings e using unnest($1::uuid[], $2::text[], $3::uuid[]) as n (org_id, kind, id) \
         where e.org_id = n.org_id and e.kind = n.kind and e.id = n.id",
    )
    .bind(&orgs)
    .bind(&kinds)
    .bind(&ids)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Forgets everything: the log is another one.
pub(super) async fn clear(transaction: &mut Transaction<'static, Postgres>) -> Result<(), Unavailable> {
    sqlx::query("delete from search.embeddings").execute(&mut **transaction).await?;
    Ok(())
}

/// Lets wait what another model has embedded: some of it, and whether there may be more.
pub(super) async fn let_others_wait(
    pool: &PgPool,
    model: &str,
    dimensions: i32,
) -> Result<bool, Unavailable> {
    let done = sqlx::query(
        "update search.embeddings set pending = true, attempts = 0, next_at = null, error = null \
         where (org_id, kind, id) in (select org_id, kind, id from search.embeddings where not pending and \
             (model < $1 or model > $1 or model = $1 and (dimensions < $2 or dimensions > $2)) limit $3)",
    )
    .bind(model)
    .bind(dimensions)
    .bind(AT_ONCE)
    .execute(pool)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Texts that wait and are due, those first that were never refused.
pub(super) async fn next(pool: &PgPool, limit: i64) -> Result<Vec<Waiting>, Unavailable> {
    Ok(sqlx::query_as(
        "select org_id, kind, id, text, text_hash, attempts from search.embeddings \
         where pending and (next_at is null or next_at <= omoi_now()) order by attempts, position limit $1",
    )
    .bind(limit)
    .fetch_all(pool)
    .await?)
}

/// Keeps the embeddings of these texts, in order; not that of a text that has changed meanwhile.
pub(super) async fn keep(
    pool: &PgPool,
    texts: &[Waiting],
    embeddings: &[Embedding],
    model: &str,
    dimensions: i32,
) -> Result<(), Unavailable> {
    let [mut orgs, mut ids] = [const { Vec::new() }; 2];
    let (mut kinds, mut hashes, mut vectors) = (Vec::new(), Vec::new(), Vec::new());
    for (text, embedding) in texts.iter().zip(embeddings) {
        orgs.push(text.org_id);
        kinds.push(text.kind.as_str());
        ids.push(text.id);
        hashes.push(text.text_hash.as_slice());
        vectors.push(vector(embedding));
    }
    sqlx::query(
        "update search.embeddings e set pending = false, model = $6, dimensions = $7, embedding = n.vector::vector, \
             attempts = 0, next_at = null, error = null \
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[], $5::text[]) as n (org_id, kind, id, hash, vector) \
         where e.org_id = n.org_id and e.kind = n.kind and e.id = n.id and e.text_hash = n.hash",
    )
    .bind(&orgs)
    .bind(&kinds)
    .bind(&ids)
    .bind(&hashes)
    .bind(&vectors)
    .bind(model)
    .bind(dimensions)
    .execute(pool)
    .await?;
    Ok(())
}

/// Lets a text that was refused wait for longer each time.
pub(super) async fn refuse(pool: &PgPool, text: &Waiting, error: &str) -> Result<(), Unavailable> {
    let pause = pause(text.attempts);
    sqlx::query(
        "update search.embeddings set attempts = attempts + 1, error = $5, \
             next_at = omoi_now() + make_interval(secs => $6) \
         where org_id = $1 and kind = $2 and id = $3 and text_hash = $4",
    )
    .bind(text.org_id)
    .bind(&text.kind)
    .bind(text.id)
    .bind(&text.text_hash)
    .bind(error)
    .bind(pause.as_secs_f64())
    .execute(pool)
    .await?;
    Ok(())
}

/// A minute, then twice as long each time, up to a day.
fn pause(attempts: i32) -> Duration {
    const MINUTE: Duration = Duration::from_secs(60);
    MINUTE.saturating_mul(1 << attempts.clamp(0, 11)).min(Duration::from_secs(86_400))
}

/// As pgvector reads it.
fn vector(embedding: &Embedding) -> String {
    let mut text = String::from("[");
    for (n, number) in embedding.as_slice().iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        // As few digits as give the same number again.
        write!(text, "{comma}{number}").expect("a string takes all that is written");
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_text_waits_longer_each_time_and_never_for_good() {
        let hours = |attempts| pause(attempts).as_secs_f64() / 3600.0;
        assert_eq!(pause(0), Duration::from_secs(60));
        assert_eq!(pause(3), Duration::from_secs(480));
        assert_eq!((hours(11), hours(i32::MAX)), (24.0, 24.0));
    }

    #[test]
    fn numbers_are_written_as_pgvector_reads_them() {
        assert_eq!(vector(&Embedding::towards(vec![3.0, -4.0, 0.0]).unwrap()), "[0.6,-0.8,0]");
    }
}
