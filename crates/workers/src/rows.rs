//! The rows of a read model in its table; a handful of statements a page, however many events it has.

use std::collections::BTreeMap;

use eventstore::Unavailable;
use kernel::Uuid;
use projections::{Key, Projection};
use sqlx::{Postgres, Row as _, Transaction};

/// Where a row stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) org: Uuid,
    pub(crate) root: Uuid,
    pub(crate) key: Key,
}

/// A row that a page of events touches.
#[derive(Debug)]
pub(crate) struct Touched<R> {
    /// `None`: not there, before or after.
    pub(crate) row: Option<R>,
    /// The last event that touched it.
    pub(crate) position: i64,
    /// The events of the page that touch it, by their place in the page.
    pub(crate) by: Vec<usize>,
}

impl<R> Default for Touched<R> {
    fn default() -> Self {
        Self { row: None, position: 0, by: Vec::new() }
    }
}

/// The columns that name rows, for `unnest`.
#[derive(Default)]
struct Names {
    orgs: Vec<Uuid>,
    roots: Vec<Uuid>,
    kinds: Vec<&'static str>,
    ids: Vec<String>,
}

impl Names {
    fn push(&mut self, place: &Place) {
        self.orgs.push(place.org);
        self.roots.push(place.root);
        self.kinds.push(place.key.kind);
        self.ids.push(place.key.id.clone());
    }
}

/// Fills in the rows that are there: each looked up by its key, whatever the planner thinks of the table's size.
pub(crate) async fn load<P: Projection>(
    transaction: &mut Transaction<'static, Postgres>,
    generation: i16,
    touched: &mut BTreeMap<Place, Touched<P::Row>>,
) -> Result<(), Unavailable> {
    let mut names = Names::default();
    touched.keys().for_each(|place| names.push(place));
    let statement = format!(
        "select n.n, r.position, r.row \
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) with ordinality as n (org_id, root, kind, id, n) \
         cross join lateral (select position, row from read_models.{table} r where r.gen = $1 and r.org_id = n.org_id \
             and r.root = n.root and r.kind = n.kind and r.id = n.id limit 1) r order by n.n",
        table = P::NAME
    );
    let rows = sqlx::query(&statement)
        .bind(generation)
        .bind(&names.orgs)
        .bind(&names.roots)
        .bind(&names.kinds)
        .bind(&names.ids)
        .fetch_all(&mut **transaction)
        .await?;
    let mut found = rows.iter().peekable();
    for (n, row) in (1_i64..).zip(touched.values_mut()) {
        let Some(stored) = found.next_if(|stored| stored.try_get::<i64, _>(0).is_ok_and(|at| at == n)) else {
            continue;
        };
        row.position = stored.try_get(1)?;
        let text: &str = stored.try_get_unchecked(2)?;
        row.row = Some(
            serde_json::from_str(text)
                .map_err(|error| Unavailable::Refused(format!("a row of {}: {error}", P::NAME)))?,
        );
    }
    Ok(())
}

/// Writes every touched row, and removes those that are no longer there.
pub(crate) async fn store<P: Projection>(
    transaction: &mut Transaction<'static, Postgres>,
    generation: i16,
    touched: &BTreeMap<Place, Touched<P::Row>>,
) -> Result<(), Unavailable> {
    let (mut kept, mut gone) = (Names::default(), Names::default());
    let (mut positions, mut texts) = (Vec::new(), Vec::new());
    for (place, row) in touched {
        match &row.row {
            None => gone.push(place),
            Some(content) => {
                kept.push(place);
                positions.push(row.position);
                texts.push(serde_json::to_string(content).map_err(|error| {
                    Unavailable::Refused(format!("a row of {} is not JSON: {error}", P::NAME))
                })?);
            }
        }
    }
    if !texts.is_empty() {
        let statement = format!(
            "insert into read_models.{table} as r (gen, org_id, root, kind, id, position, row) \
             select $1, n.org_id, n.root, n.kind, n.id, n.position, n.row \
             from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[]) \
             as n (org_id, root, kind, id, position, row) \
             on conflict (gen, org_id, root, kind, id) do update set position = excluded.position, row = excluded.row",
            table = P::NAME
        );
        sqlx::query(&statement)
            .bind(generation)
            .bind(&kept.orgs)
            .bind(&kept.roots)
            .bind(&kept.kinds)
            .bind(&kept.ids)
            .bind(&positions)
            .bind(&texts)
            .execute(&mut **transaction)
            .await?;
    }
    if !gone.ids.is_empty() {
        let statement = format!(
            "delete from read_models.{table} r \
             using unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as n (org_id, root, kind, id) \
             where r.gen = $1 and r.org_id = n.org_id and r.root = n.root and r.kind = n.kind and r.id = n.id",
            table = P::NAME
        );
        sqlx::query(&statement)
            .bind(generation)
            .bind(&gone.orgs)
            .bind(&gone.roots)
            .bind(&gone.kinds)
            .bind(&gone.ids)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// Removes every row of a generation, however many.
pub(crate) async fn clear<P: Projection>(
    transaction: &mut Transaction<'static, Postgres>,
    generation: i16,
) -> Result<(), Unavailable> {
    sqlx::query("select read_models.empty($1, $2)")
        .bind(P::NAME)
        .bind(generation)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
