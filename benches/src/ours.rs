//! Our side: commands through the dispatcher.

use std::time::Duration;

use commands::{Dispatcher, Intent};
use kernel::{ActorId, OrgId, Uuid};

use crate::ledger::{Enter, Ledger};
use crate::peer::streams;
use crate::rounds::{Round, closed_loop};

/// Ten commands a stream, `tasks` at a time: de-duplicated, caused, hashed.
pub(crate) async fn commands(dispatcher: &Dispatcher, tasks: usize, time: Duration) -> anyhow::Result<Round> {
    let dispatcher = dispatcher.clone();
    let streams = streams(tasks);
    let (org, actor, cause) = (OrgId(Uuid::now_v7()), ActorId(Uuid::now_v7()), Uuid::now_v7());
    closed_loop(tasks, time, move |task, n| {
        let (dispatcher, streams) = (dispatcher.clone(), streams.clone());
        async move {
            let id = streams.id(task, n);
            let mut intent = Intent::new(org, actor, &n.to_be_bytes());
            intent.causation_id = Some(cause);
            let command = Enter { amount: i64::try_from(n)? };
            if n % 10 == 0 {
                dispatcher.begin::<Ledger>(&intent, id, command).await?;
            } else {
                dispatcher.execute::<Ledger>(&intent, id, command).await?;
            }
            Ok(())
        }
    })
    .await
}
