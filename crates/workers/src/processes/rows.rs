//! What processes keep in the database: a state an instance, and the actions that are still to be carried out.

use commands::processes::{Act, Heard, Reacting};
use eventstore::Unavailable;
use kernel::{Action, CommandId, EventId, Recorded, Start, Timestamp, Uuid};
use sqlx::{PgPool, Postgres, Row as _, Transaction};

/// Organization and root.
pub(super) type Instance = (Uuid, Uuid);

/// An action that is written down.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) command_id: CommandId,
    pub(super) instance: Instance,
    pub(super) trigger: EventId,
    pub(super) correlation: Uuid,
    pub(super) key: String,
    pub(super) target: String,
    pub(super) body: Act,
    pub(super) due: Option<Timestamp>,
}

impl Asked {
    pub(super) fn by<P: Reacting>(event: &Recorded<Heard>, instance: Instance, action: Action<Act>) -> Self {
        let envelope = &event.envelope;
        Self::after::<P>(envelope.event_id, envelope.correlation_id, instance, action)
    }

    /// What follows from the event `trigger`, maybe by way of a refusal.
    pub(super) fn after<P: Reacting>(
        trigger: EventId,
        correlation: Uuid,
        instance: Instance,
        action: Action<Act>,
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

/// The state of an instance, locked: refusals are heard beside the log.
pub(super) async fn state<P: Reacting>(
    transaction: &mut Transaction<'static, Postgres>,
    (org, root): Instance,
) -> Result<P, Unavailable> {
    let text: Option<String> = sqlx::query_scalar(
        "select state::text from processes.states where process = $1 and org_id = $2 and root = $3 for update",
    )
    .bind(P::NAME)
    .bind(org)
    .bind(root)
    .fetch_optional(&mut **transaction)
    .await?;
    text.map_or_else(
        || Ok(P::default()),
        |text| {
            serde_json::from_str(&text)
                .map_err(|error| Unavailable::Refused(format!("the state of {}: {error}", P::NAME)))
        },
    )
}

pub(super) async fn save_state<P: Reacting>(
    transaction: &mut Transaction<'static, Postgres>,
    (org, root): Instance,
    state: &P,
) -> Result<(), Unavailable> {
    let text = serde_json::to_string(state)
        .map_err(|error| Unavailable::Refused(format!("the state of {} is not JSON: {error}", P::NAME)))?;
    sqlx::query(
        "insert into processes.states (process, org_id, root, state) values ($1, $2, $3, $4::json) \
         on conflict (process, org_id, root) do update set state = excluded.state",
    )
    .bind(P::NAME)
    .bind(org)
    .bind(root)
    .bind(text)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Writes actions down, in order; one that is there already stays as it is.
pub(super) async fn ask<P: Reacting>(
    transaction: &mut Transaction<'static, Postgres>,
    asked: &[Asked],
) -> Result<(), Unavailable> {
    for action in asked {
        let body = serde_json::to_string(&action.body)
            .map_err(|error| Unavailable::Refused(format!("an action is not JSON: {error}")))?;
        sqlx::query(
            "insert into processes.actions (command_id, process, org_id, root, trigger_id, correlation_id, key, \
             target, body, due_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9::json, $10) on conflict do nothing",
        )
        .bind(action.command_id.0)
        .bind(P::NAME)
        .bind(action.instance.0)
        .bind(action.instance.1)
        .bind(action.trigger.0)
        .bind(action.correlation)
        .bind(&action.key)
        .bind(&action.target)
        .bind(body)
        .bind(action.due.map(chrono::DateTime::<chrono::Utc>::from))
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// The next action of each instance, and the timers that are due; at most `limit` of each.
pub(super) async fn next<P: Reacting>(pool: &PgPool, limit: i64) -> Result<Vec<Asked>, Unavailable> {
    let rows = sqlx::query(
        "(select distinct on (org_id, root) command_id, org_id, root, trigger_id, correlation_id, key, target, \
              body::text, due_at \
              from processes.actions where process = $1 and due_at is null order by org_id, root, n limit $2) \
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

/// Takes an action that was carried out off the list; false when somebody else did.
pub(super) async fn done(
    transaction: &mut Transaction<'static, Postgres>,
    action: &Asked,
) -> Result<bool, Unavailable> {
    let done = sqlx::query("delete from processes.actions where command_id = $1")
        .bind(action.command_id.0)
        .execute(&mut **transaction)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps an action that could not be carried out, and why.
pub(super) async fn note_failure(pool: &PgPool, action: &Asked, reason: &str) -> Result<(), Unavailable> {
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
    for table in ["states", "actions"] {
        sqlx::query(&format!("delete from processes.{table} where process = $1"))
            .bind(P::NAME)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}
