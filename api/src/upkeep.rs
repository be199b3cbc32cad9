//! The small chores of a running log: partitions ahead of the head, old outcomes forgotten, the disk watched.

use std::{path::PathBuf, time::Duration};

use eventstore::{DiskBrake, Store};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often the chores are done.
const ROUND: Duration = Duration::from_secs(60);
/// Partitions of ten million events that exist beyond the one being written.
const PARTITIONS_AHEAD: i32 = 2;
/// How long a stored outcome answers a repeated command (architecture.md 2); webhooks will keep theirs longer.
const KEEP_OUTCOMES: &str = "72 hours";
/// Outcomes forgotten in one statement, so that it stays short.
const SWEEP: i32 = 5_000;

/// Starts the chores on `tasks`; they end with `stop`. `database_dir` is where the database lies when it is
/// on this machine.
pub(crate) fn start(
    store: &Store,
    database_dir: Option<PathBuf>,
    disk_reserve_bytes: u64,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) {
    if let Some(directory) = database_dir {
        let brake = DiskBrake::new(&directory, disk_reserve_bytes);
        tasks.spawn(brake.watch(store.clone(), stop.clone()));
    }
    tasks.spawn(rounds(store.clone(), stop.clone()));
}

async fn rounds(store: Store, stop: CancellationToken) {
    let mut round = tokio::time::interval(ROUND);
    while stop.run_until_cancelled(round.tick()).await.is_some() {
        if let Err(error) = chores(&store).await {
            tracing::warn!(%error, "the upkeep of the log is put off");
        }
    }
}

async fn chores(store: &Store) -> Result<(), sqlx::Error> {
    let pool = &store.pools().project;
    sqlx::query("select es.make_partitions($1)").bind(PARTITIONS_AHEAD).execute(pool).await?;
    loop {
        let gone: i32 = sqlx::query_scalar("select es.sweep_command_results($1::text::interval, $2)")
            .bind(KEEP_OUTCOMES)
            .bind(SWEEP)
            .fetch_one(pool)
            .await?;
        if gone < SWEEP {
            return Ok(());
        }
    }
}
