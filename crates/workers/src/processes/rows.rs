//! What processes keep in the database: the rows they remember, and the actions that are still to be carried out.

use std::collections::{BTreeMap, BTreeSet};

use commands::processes::{Heard, Reacting};
use eventstore::Unavailable;
use kernel::{Action, CommandId, EventId, Memory, Recorded, Start, Timestamp, Uuid};
use serde::Serialize;
use sqlx::{PgPool, Postgres, Row as _, Transaction};

/// Organization and root.
pub(super) type Instance = (Uuid, Uuid);

/// An action that is written down.
#[derive(Clone, Debug)]
pub(super) struct Asked<A> {
    pub(super) command_id: CommandId,
    pub(super) instance: Instance,
    pub(super) trigger: EventId,
    pub(super) correlation: Uuid,
    pub(super) key: String,
    pub(super) target: String,
    pub(super) body: A,
    pub(super) due: Option<Timestamp>,
}

impl<A> Asked<A> {
    pub(super) fn by<P: Reacting<Action = A>>(
        event: &Recorded<Heard>,
        instance: Instance,
        action: Action<A>,
    ) -> Self {
        let envelope = &event.envelope;
        Self::after::<P>(envelope.event_id, envelope.correlation_id, instance, action)
    }

    /// What follows from the event `trigger`, maybe by way of a refusal.
    pub(super) fn after<P: Reacting<Action = A>>(
        trigger: EventId,
        correlation: Uuid,
        instance: Instance,
        action: Action<A>,
    ) -> Self {
        Self {
            command_id: action.command_id(P::NAME, trigger),
            instance,
            trigger,
            correlation,
            key: action.key.into_owned(),
            target: action.target,
            body: action.body,
            due: action.due,
        }
    }
}

/// Where the process began to act; now, or at the origin, when it never did.
pub(super) async fn activation<P: Reacting>(pool: &PgPool, log_id: i16) -> Result<i64, Unavailable> {
    sqlx::query(
        "insert into processes.activations (process, log_id, position) \
         values ($1, $2, case when $3 then 0 else coalesce(es.head($2), 0) end) on conflict do nothing",
    )
    .bind(P::NAME)
    .bind(log_id)
    .bind(P::START == Start::Origin)
    .execute(pool)
    .await?;
    Ok(sqlx::query_scalar("select position from processes.activations where process = $1 and log_id = $2")
        .bind(P::NAME)
        .bind(log_id)
        .fetch_one(pool)
        .await?)
}

/// Brings rows into the memories of their roots; one that is nowhere is there as the default.
pub(super) async fn recall<P: Reacting>(
    transaction: &mut Transaction<'static, Postgres>,
    wanted: &BTreeSet<(Instance, Uuid)>,
    memories: &mut BTreeMap<Instance, Memory<P::Row>>,
) -> Result<(), Unavailable> {
    let missing: Vec<_> = wanted
        .iter()
        .filter(|(instance, id)| !memories.get(instance).is_some_and(|memory| memory.has(*id)))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let (mut orgs, mut roots, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for ((org, root), id) in missing {
        memories.entry((*org, *root)).or_default().put(*id, P::Row::default());
        orgs.push(*org);
        roots.push(*root);
        ids.push(*id);
    }
    let rows = sqlx::query(
        "select m.org_id, m.root, m.id, m.row::text from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as w (org_id, root, id) \
         cross join lateral (select * from processes.memory m where m.process = $1 and m.org_id = w.org_id \
             and m.root = w.root and m.id = w.id limit 1) m",
    )
    .bind(P::NAME)
    .bind(&orgs)
    .bind(&roots)
    .bind(&ids)
    .fetch_all(&mut **transaction)
    .await?;
    for row in rows {
        let text: &str = row.try_get(3)?;
        let known = serde_json::from_str(text)
            .map_err(|error| Unavailable::Refused(format!("a row of {}: {error}", P::NAME)))?;
        memories.entry((row.try_get(0)?, row.try_get(1)?)).or_default().put(row.try_get(2)?, known);
    }
    Ok(())
}

/// Keeps what has changed.
pub(super) async fn keep<P: Reacting>(
    transaction: &mut Transaction<'static, Postgres>,
    before: &BTreeMap<Instance, Memory<P::Row>>,
    after: &BTreeMap<Instance, Memory<P::Row>>,
) -> Result<(), Unavailable> {
    let (mut orgs, mut roots, mut ids, mut rows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (instance, memory) in after {
        let known = before.get(instance);
        for (id, row) in memory.rows() {
            if known.and_then(|known| known.get(id)) == Some(row) {
                continue;
            }
            orgs.push(instance.0);
            roots.push(instance.1);
            ids.push(id);
            rows.push(serde_json::to_string(row).map_err(|error| {
                Unavailable::Refused(format!("a row of {} is not JSON: {error}", P::NAME))
            })?);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into processes.memory (process, org_id, root, id, row) \
         select $1, n.org_id, n.root, n.id, n.row::json \
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) as n (org_id, root, id, row) \
         on conflict (process, org_id, root, id) do update set row = excluded.row",
    )
    .bind(P::NAME)
    .bind(&orgs)
    .bind(&roots)
    .bind(&ids)
    .bind(&rows)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Keeps the reader of the log out while a refusal is heard beside it.
pub(super) async fn lock<P: Reacting>(
    transaction: &mut Transaction<'static, Postgres>,
    log_id: i16,
) -> Result<(), Unavailable> {
    sqlx::query("select 1 from es.checkpoints where consumer = 'process/' || $1 and log_id = $2 for update")
        .bind(P::NAME)
        .bind(log_id)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Writes actions down, in order; one that is there already stays as it is.
pub(super) async fn ask<P: Reacting>(
    transaction: &mut Transaction<'static, Postgres>,
    asked: &[Asked<P::Action>],
) -> Result<(), Unavailable> {
    if asked.is_empty() {
        return Ok(());
    }
    let mut columns = Columns::default();
    for action in asked {
        columns.push(action)?;
    }
    sqlx::query(
        "insert into processes.actions (command_id, process, org_id, root, trigger_id, correlation_id, key, \
         target, body, due_at) \
         select a.command_id, $1, a.org_id, a.root, a.trigger_id, a.correlation_id, a.key, a.target, a.body::json, a.due_at \
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], \
         $10::timestamptz[]) with ordinality \
         as a (command_id, org_id, root, trigger_id, correlation_id, key, target, body, due_at, n) order by a.n \
         on conflict do nothing",
    )
    .bind(P::NAME)
    .bind(&columns.commands)
    .bind(&columns.orgs)
    .bind(&columns.roots)
    .bind(&columns.triggers)
    .bind(&columns.correlations)
    .bind(&columns.keys)
    .bind(&columns.targets)
    .bind(&columns.bodies)
    .bind(&columns.dues)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Actions by column, for `unnest`.
#[derive(Default)]
struct Columns {
    commands: Vec<Uuid>,
    orgs: Vec<Uuid>,
    roots: Vec<Uuid>,
    triggers: Vec<Uuid>,
    correlations: Vec<Uuid>,
    keys: Vec<String>,
    targets: Vec<String>,
    bodies: Vec<String>,
    dues: Vec<Option<chrono::DateTime<chrono::Utc>>>,
}

impl Columns {
    fn push<A: Serialize>(&mut self, action: &Asked<A>) -> Result<(), Unavailable> {
        self.commands.push(action.command_id.0);
        self.orgs.push(action.instance.0);
        self.roots.push(action.instance.1);
        self.triggers.push(action.trigger.0);
        self.correlations.push(action.correlation);
        self.keys.push(action.key.clone());
        self.targets.push(action.target.clone());
        self.bodies.push(
            serde_json::to_string(&action.body)
                .map_err(|error| Unavailable::Refused(format!("an action is not JSON: {error}")))?,
        );
        self.dues.push(action.due.map(chrono::DateTime::<chrono::Utc>::from));
        Ok(())
    }
}

/// The next action on each target, and the timers that are due; at most `limit` of each.
pub(super) async fn next<P: Reacting>(
    pool: &PgPool,
    limit: i64,
) -> Result<Vec<Asked<P::Action>>, Unavailable> {
    let rows = sqlx::query(
        "(select command_id, org_id, root, trigger_id, correlation_id, key, target, body::text, due_at \
              from processes.actions a where process = $1 and due_at is null and not exists ( \
                  select from processes.actions e where e.process = $1 and e.org_id = a.org_id and e.root = a.root \
                  and e.target = a.target and e.due_at is null and e.n < a.n) \
              order by attempts, n limit $2) \
         union all \
         (select command_id, org_id, root, trigger_id, correlation_id, key, target, body::text, due_at \
              from processes.actions where process = $1 and due_at <= omoi_now() order by due_at limit $2)",
    )
    .bind(P::NAME)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let body: &str = row.try_get(7)?;
            Ok(Asked {
                command_id: CommandId(row.try_get(0)?),
                instance: (row.try_get(1)?, row.try_get(2)?),
                trigger: EventId(row.try_get(3)?),
                correlation: row.try_get(4)?,
                key: row.try_get(5)?,
                target: row.try_get(6)?,
                body: serde_json::from_str(body)
                    .map_err(|error| Unavailable::Refused(format!("an action of {}: {error}", P::NAME)))?,
                due: None,
            })
        })
        .collect()
}

/// Takes a refused action off the list; false when somebody else did.
pub(super) async fn take_off<A>(
    transaction: &mut Transaction<'static, Postgres>,
    action: &Asked<A>,
) -> Result<bool, Unavailable> {
    let done = sqlx::query("delete from processes.actions where command_id = $1")
        .bind(action.command_id.0)
        .execute(&mut **transaction)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes actions that were carried out off the list; nothing is lost when that comes too late, because each acts
/// once.
pub(super) async fn done(pool: &PgPool, commands: &[Uuid]) -> Result<(), Unavailable> {
    if commands.is_empty() {
        return Ok(());
    }
    sqlx::query("delete from processes.actions where command_id = any($1)")
        .bind(commands)
        .execute(pool)
        .await?;
    Ok(())
}

/// Keeps an action that could not be carried out, and why.
pub(super) async fn note_failure<A>(
    pool: &PgPool,
    action: &Asked<A>,
    reason: &str,
) -> Result<(), Unavailable> {
    sqlx::query("update processes.actions set attempts = attempts + 1, error = $2 where command_id = $1")
        .bind(action.command_id.0)
        .bind(reason)
        .execute(pool)
        .await?;
    Ok(())
}

/// Forgets everything, because the log is not the one it was. What is asked for anew has the same ids.
pub(super) async fn clear<P: Reacting>(
    transaction: &mut Transaction<'static, Postgres>,
) -> Result<(), Unavailable> {
    for table in ["memory", "actions"] {
        sqlx::query(&format!("delete from processes.{table} where process = $1"))
            .bind(P::NAME)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}
