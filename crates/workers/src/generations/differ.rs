//! Whether a generation that was built is the one that was folded event by event, byte for byte.

use eventstore::Unavailable;
use kernel::Uuid;
use sqlx::{Postgres, QueryBuilder, Transaction};

use super::{GenerationError, Generations, named};

/// Rows of one statement: far below its time limit.
const STRETCH: i64 = 5_000;
/// Differences that are named; the others are counted.
const NAMED: usize = 20;

/// How the two generations of a read model compare at one position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Both stand for this position.
    pub position: i64,
    /// Places that have a row in either.
    pub rows: u64,
    /// Places where the rows are not the same.
    pub different: u64,
    /// The first of them, as `org root kind id`.
    pub places: Vec<String>,
}

/// Where a row stands, as the key of its table has it.
type Place = (Uuid, Uuid, String, String);

impl Generations {
    /// Compares every row of the two generations of `name`, in one snapshot of the database.
    ///
    /// # Errors
    /// `Nothing` when there is one generation only; `Behind` when they do not stand for the same position.
    pub async fn differ(&self, name: &str) -> Result<Difference, GenerationError> {
        named(name)?;
        let mut snapshot =
            self.store.pools().project.begin_with("begin isolation level repeatable read read only").await?;
        let position = self.common_position(&mut snapshot, name).await?;
        let mut difference = Difference { position, rows: 0, different: 0, places: Vec::new() };
        let mut beyond = None;
        loop {
            let upto = end_of_stretch(&mut snapshot, name, beyond.as_ref()).await?;
            compare(&mut snapshot, name, beyond.as_ref(), upto.as_ref(), &mut difference).await?;
            if upto.is_none() {
                break;
            }
            beyond = upto;
        }
        snapshot.commit().await?;
        Ok(difference)
    }

    async fn common_position(
        &self,
        snapshot: &mut Transaction<'static, Postgres>,
        name: &str,
    ) -> Result<i64, GenerationError> {
        let at: Vec<(String, i64)> = sqlx::query_as(
            "select g.state, coalesce(c.position, 0) from read_models.generations g \
             left join es.checkpoints c on c.consumer = g.name || '/' || g.gen and c.log_id = $2 \
             where g.name = $1 order by g.state = 'live' desc",
        )
        .bind(name)
        .bind(self.store.log_id())
        .fetch_all(&mut **snapshot)
        .await?;
        match at.as_slice() {
            [(_, serving), (_, offered)] if serving == offered => Ok(*serving),
            [(_, serving), (_, offered)] => {
                let name = name.to_owned();
                Err(GenerationError::Behind { name, serving: *serving, offered: *offered })
            }
            _ => Err(GenerationError::Nothing(name.to_owned())),
        }
    }
}

/// Where the next stretch of the first generation ends; `None` when it is the last one.
async fn end_of_stretch(
    snapshot: &mut Transaction<'static, Postgres>,
    name: &str,
    beyond: Option<&Place>,
) -> Result<Option<Place>, Unavailable> {
    let mut query = QueryBuilder::new("select org_id, root, kind, id from read_models.");
    query.push(name).push(" where gen = 1");
    within(&mut query, beyond, None);
    query.push(" order by org_id, root, kind, id limit 1 offset ").push_bind(STRETCH - 1);
    Ok(query.build_query_as().fetch_optional(&mut **snapshot).await?)
}

/// Compares the rows of one stretch, byte for byte.
async fn compare(
    snapshot: &mut Transaction<'static, Postgres>,
    name: &str,
    beyond: Option<&Place>,
    upto: Option<&Place>,
    difference: &mut Difference,
) -> Result<(), Unavailable> {
    let mut query = QueryBuilder::new("with one as (");
    rows_of(&mut query, name, 1, beyond, upto);
    query.push("), other as (");
    rows_of(&mut query, name, 2, beyond, upto);
    query.push(
        "), both_of_them as (select concat_ws(' ', org_id, root, kind, id) as place, \
             (one.position, one.row) is distinct from (other.position, other.row) as differs \
             from one full join other using (org_id, root, kind, id)) \
         select count(*), count(*) filter (where differs), \
             coalesce((array_agg(place order by place) filter (where differs))[1:20], '{}') from both_of_them",
    );
    let (rows, different, places): (i64, i64, Vec<String>) =
        query.build_query_as().fetch_one(&mut **snapshot).await?;
    difference.rows += rows.unsigned_abs();
    difference.different += different.unsigned_abs();
    let room = NAMED.saturating_sub(difference.places.len());
    difference.places.extend(places.into_iter().take(room));
    Ok(())
}

fn rows_of(
    query: &mut QueryBuilder<'static, Postgres>,
    name: &str,
    generation: i16,
    beyond: Option<&Place>,
    upto: Option<&Place>,
) {
    query.push("select org_id, root, kind, id, position, row::text as row from read_models.").push(name);
    query.push(" where gen = ").push_bind(generation);
    within(query, beyond, upto);
}

fn within(query: &mut QueryBuilder<'static, Postgres>, beyond: Option<&Place>, upto: Option<&Place>) {
    for (bound, place) in [(" > (", beyond), (" <= (", upto)] {
        let Some((org, root, kind, id)) = place else { continue };
        query.push(" and (org_id, root, kind, id)").push(bound);
        let mut parts = query.separated(", ");
        parts.push_bind(*org).push_bind(*root).push_bind(kind.clone()).push_bind(id.clone());
        query.push(")");
    }
}
