//! A consumer that copies the log, one row an event, into a table without any key; it can be made to stand
//! still in the middle of a page, to meet poison, and to forget.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eventstore::Store;
use eventstore::subscribe::{ApplyError, Consumer, Subscription, Tailer};
use kernel::Recorded;
use sqlx::{PgConnection, Postgres, Transaction};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::execute;

pub(crate) const TABLE: &str = "create table proof_copy (\
         applied bigint generated always as identity, position bigint, stream text, sequence bigint); \
     grant select, insert, delete on proof_copy to omoi_project";

#[derive(Clone, Debug)]
pub(crate) struct Copier {
    /// Closed, it stands still within its transaction.
    gate: watch::Sender<bool>,
    standing: watch::Sender<bool>,
    /// Streams whose events cannot be applied.
    pub(crate) poison: Arc<Mutex<HashSet<String>>>,
    /// It passes over every tenth event.
    forgets: bool,
}

impl Copier {
    pub(crate) fn new() -> Self {
        Self {
            gate: watch::Sender::new(true),
            standing: watch::Sender::new(false),
            poison: Arc::default(),
            forgets: false,
        }
    }

    /// The planted defect.
    pub(crate) fn forgetful() -> Self {
        Self { forgets: true, ..Self::new() }
    }

    pub(crate) fn close(&self) {
        self.gate.send_replace(false);
    }

    pub(crate) fn open(&self) {
        self.gate.send_replace(true);
    }

    /// Waits until it stands still in the middle of a page.
    pub(crate) async fn stands_still(&self) {
        self.standing.subscribe().wait_for(|standing| *standing).await.unwrap();
    }
}

impl Consumer for Copier {
    fn name(&self) -> &str {
        "copier"
    }

    async fn apply(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        events: &[&Recorded<String>],
    ) -> Result<(), ApplyError> {
        if !*self.gate.borrow() {
            self.standing.send_replace(true);
            // The sender lives as long as this value.
            let _ = self.gate.subscribe().wait_for(|open| *open).await;
            self.standing.send_replace(false);
        }
        for Recorded { envelope, .. } in events {
            if self.poison.lock().unwrap().contains(&envelope.aggregate_id) {
                let reason = "poison".to_owned();
                return Err(ApplyError::Poison { position: envelope.position, reason });
            }
            if self.forgets && envelope.position % 10 == 0 {
                continue;
            }
            sqlx::query("insert into proof_copy (position, stream, sequence) values ($1, $2, $3)")
                .bind(envelope.position)
                .bind(&envelope.aggregate_id)
                .bind(envelope.sequence)
                .execute(&mut **transaction)
                .await?;
        }
        Ok(())
    }

    async fn start_over(&self, transaction: &mut Transaction<'static, Postgres>) -> Result<(), ApplyError> {
        sqlx::query("delete from proof_copy").execute(&mut **transaction).await?;
        Ok(())
    }
}

/// A copier that runs on a node.
pub(crate) struct Running {
    pub(crate) copier: Copier,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    pub(crate) async fn start(store: &Store, copier: Copier, node: &str) -> Self {
        let stop = CancellationToken::new();
        let (tailer, tailing) = Tailer::start(store, stop.clone()).await.unwrap();
        let subscription = Subscription::new(store.clone(), tailer, copier.clone(), node);
        let token = stop.clone();
        let running = tokio::spawn(async move { subscription.run(&token).await });
        Self { copier, stop, tasks: vec![tailing, running] }
    }

    pub(crate) async fn stop(self) {
        self.copier.open();
        self.stop.cancel();
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

/// Waits until a condition of the database holds.
pub(crate) async fn until(admin: &mut PgConnection, condition: &str) {
    let began = Instant::now();
    let question = format!("select coalesce(({condition}), false)");
    while !sqlx::query_scalar::<_, bool>(&question).fetch_one(&mut *admin).await.unwrap() {
        assert!(began.elapsed() < Duration::from_secs(60), "never so: {condition}");
        tokio::time::sleep_until((Instant::now() + Duration::from_millis(5)).into()).await;
    }
}

/// Waits until the consumer's checkpoint is at the head.
pub(crate) async fn caught_up(admin: &mut PgConnection) {
    let condition = "select position = (select max(position) from es.events) from es.checkpoints \
                     where consumer = 'copier'";
    until(admin, condition).await;
}

pub(crate) async fn make_table(admin: &mut PgConnection) {
    execute(admin, TABLE).await;
}
