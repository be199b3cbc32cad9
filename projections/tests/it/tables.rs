//! Rows in the tables of read models, folded from facts as the runtime does it, without a log.

use std::collections::BTreeMap;

use kernel::{OrgId, ProjectId, Recorded, Timestamp, Uuid, recorded};
use projections::{Fact, Projection};
use sqlx::PgConnection;

use crate::support::execute;

/// One fact, of one project.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) org: OrgId,
    pub(crate) project: Uuid,
    pub(crate) kind: &'static str,
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) fact: Fact,
}

impl Told {
    fn recorded(&self, position: usize) -> Recorded<Fact> {
        let mut event = recorded(self.kind, self.id, self.fact.clone());
        event.envelope.org_id = self.org;
        event.envelope.project_id = Some(ProjectId(self.project));
        event.envelope.recorded_at = self.at;
        event.envelope.position = i64::try_from(position + 1).unwrap();
        event
    }
}

/// Puts what `P` folds these into in the place of what its table has.
pub(crate) async fn fill<P: Projection>(admin: &mut PgConnection, facts: &[Told]) {
    let mut rows: BTreeMap<(Uuid, Uuid, &str, String), Option<P::Row>> = BTreeMap::new();
    for (position, told) in facts.iter().enumerate() {
        let event = told.recorded(position);
        let concerns = P::READS.contains(&told.kind);
        for key in P::keys(&event).into_iter().filter(|_| concerns) {
            let row = rows.entry((told.org.0, told.project, key.kind, key.id.clone())).or_default();
            P::fold(&key, row, &event);
        }
    }
    execute(admin, &format!("truncate read_models.{}", P::NAME)).await;
    let insert = format!(
        "insert into read_models.{} (gen, org_id, root, kind, id, position, row) values (1, $1, $2, $3, $4, 1, $5)",
        P::NAME
    );
    for ((org, root, kind, id), row) in rows {
        let Some(row) = row else { continue };
        let text = serde_json::to_string(&row).unwrap();
        let query = sqlx::query(&insert).bind(org).bind(root).bind(kind).bind(id).bind(text);
        query.execute(&mut *admin).await.unwrap();
    }
}

/// Lets the first generation of these serve.
pub(crate) async fn serve(admin: &mut PgConnection, names: &[&str]) {
    for name in names {
        let statement = "insert into read_models.generations (name, gen, state, version, since) \
                         values ($1, 1, 'live', 1, omoi_now())";
        sqlx::query(statement).bind(name).execute(&mut *admin).await.unwrap();
    }
}
