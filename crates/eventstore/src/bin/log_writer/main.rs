//! A process that appends, to be killed and stopped by the proofs of this crate. It first sends again what
//! its journal has no answer for, prints `ready`, and then goes on until it is killed, or until it has
//! sent what it was asked for and its consumer has read it all.

mod command;
mod copier;
mod journal;
mod tally;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use eventstore::subscribe::{Subscription, Tailer};
use eventstore::{Options, Store};
use futures::StreamExt as _;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio_util::sync::CancellationToken;

use crate::command::Sender;
use crate::copier::Copier;
use crate::journal::Journal;

#[derive(Debug, Parser)]
struct Args {
    /// The app's URL of the database.
    #[arg(long)]
    url: String,
    /// Where the journal is, from an earlier run or not yet.
    #[arg(long)]
    journal: PathBuf,
    /// Of the commands.
    #[arg(long)]
    seed: u64,
    /// Commands under way at once.
    #[arg(long, default_value_t = 8)]
    tasks: usize,
    /// Streams written to.
    #[arg(long, default_value_t = 200)]
    streams: u64,
    /// Ends after this many; without it, never.
    #[arg(long)]
    commands: Option<usize>,
    /// Copies the log into the table `proof_copy`.
    #[arg(long)]
    copy: bool,
    /// Copies, but not in the transaction of the checkpoint: a planted defect.
    #[arg(long)]
    copy_outside: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let store =
        Store::open(&Options { load_connections: 8, read_connections: 4, ..Options::new(&args.url) })?;
    let (journal, unsettled) = Journal::open(&args.journal)?;
    let sender = Sender { store: store.clone(), journal, streams: args.streams };

    let stop = CancellationToken::new();
    let copying = if args.copy || args.copy_outside {
        let (tailer, tailing) = Tailer::start(&store, stop.clone()).await?;
        let copier = match args.copy_outside {
            true => Copier::outside_the_transaction(store.clone()),
            false => Copier::new(store.clone()),
        };
        let subscription = Subscription::new(store.clone(), tailer, copier, "log_writer");
        let token = stop.clone();
        Some((tailing, tokio::spawn(async move { subscription.run(&token).await })))
    } else {
        None
    };

    send(&sender, args.tasks, unsettled.into_iter()).await?;
    println!("ready");
    let mut seeds = StdRng::seed_from_u64(args.seed);
    // Numbers that JSON keeps exactly, whoever reads the payload.
    let seeds = std::iter::repeat_with(|| seeds.random_range(0..1 << 53));
    match args.commands {
        Some(commands) => send(&sender, args.tasks, seeds.take(commands)).await?,
        None => send(&sender, args.tasks, seeds).await?,
    }
    if let Some((tailing, copying)) = copying {
        caught_up(&store).await?;
        stop.cancel();
        copying.await.context("the consumer failed")?;
        tailing.await.context("the tailer failed")?;
    }
    Ok(())
}

async fn send(sender: &Sender, tasks: usize, seeds: impl Iterator<Item = u64>) -> anyhow::Result<()> {
    let mut answers = futures::stream::iter(seeds)
        .map(|seed| {
            let sender = sender.clone();
            async move { tokio::spawn(async move { sender.send(seed).await }).await? }
        })
        .buffer_unordered(tasks);
    while let Some(answer) = answers.next().await {
        answer?;
    }
    Ok(())
}

/// Waits until the consumer's checkpoint is at the head.
async fn caught_up(store: &Store) -> anyhow::Result<()> {
    loop {
        let behind: bool = sqlx::query_scalar(
            "select coalesce(max(position), 0) > coalesce((select position from es.checkpoints \
             where consumer = 'copier'), 0) from es.events",
        )
        .fetch_one(&store.pools().project)
        .await?;
        if !behind {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
