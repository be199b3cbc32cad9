//! Embeds what waits, in batches, on whichever node holds the lease. While the provider is away it is asked again after
//! longer and longer pauses; a single text that it refuses waits by itself and holds up no other.

use std::sync::Arc;
use std::time::Duration;

use eventstore::{Lease, Leases, Lost, Store, Unavailable};
use ports::embed::{Embedder, Embedding};
use ports::llm::{LlmError, Said};
use sqlx::PgPool;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::rows::{self, Waiting};

/// It ends with the leases of consumers when a node knows itself alone.
const LEASE: &str = "consumer/embedding/embed";
/// Texts that are embedded by one call.
const BATCH: i64 = 64;
/// However many wake-ups are lost, the table is looked at this often.
const POLL: Duration = Duration::from_secs(1);
/// The wake-up comes a moment before what it is about is committed, so the first looks follow each other closely.
const FIRST_LOOK: Duration = Duration::from_millis(2);
/// Between two calls to a provider that is away.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// As many texts in a row refused, and none taken: it is the provider that is at fault, not they.
const ENOUGH_REFUSED: usize = 3;

/// The loop.
#[derive(Debug)]
pub(super) struct Embed {
    pool: PgPool,
    leases: Leases,
    embedder: Arc<dyn Embedder>,
    written: Arc<Notify>,
}

/// What came of a round.
enum Round {
    Did,
    Nothing,
    /// The provider cannot be used now.
    Away(LlmError),
}

impl Embed {
    /// `written` wakes it.
    pub(super) fn new(store: &Store, owner: &str, embedder: Arc<dyn Embedder>, written: Arc<Notify>) -> Self {
        let (pool, leases) = (store.pools().project.clone(), Leases::new(store.pools(), owner));
        Self { pool, leases, embedder, written }
    }

    /// Runs until `stop` is cancelled; an error ends the turn, never the loop.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.turn(stop).await {
                Ok(()) | Err(Lost::Taken) => {}
                Err(Lost::Unavailable(error)) => tracing::warn!(%error, "the embeddings pause"),
            }
            stop.run_until_cancelled(tokio::time::sleep(POLL)).await;
        }
    }

    /// One turn as the one who embeds; ends at once when another node does.
    async fn turn(&self, stop: &CancellationToken) -> Result<(), Lost> {
        let Some(lease) = self.leases.acquire_loop(LEASE).await? else { return Ok(()) };
        let result = self.hold(&lease, stop).await;
        let _ = self.leases.release(&lease).await;
        result
    }

    async fn hold(&self, lease: &Lease, stop: &CancellationToken) -> Result<(), Lost> {
        tokio::select! {
            // A call that is cut short is made again: what it would have answered was not kept.
            () = stop.cancelled() => Ok(()),
            lost = self.leases.keep(lease) => Err(lost),
            Err(error) = self.work() => Err(error.into()),
        }
    }

    /// Goes on until it is dropped, or the database cannot be used.
    async fn work(&self) -> Result<(), Unavailable> {
        while rows::let_others_wait(&self.pool, self.embedder.model(), self.dimensions()).await? {}
        let (mut look, mut pause) = (FIRST_LOOK, FIRST_PAUSE);
        loop {
            match self.round().await? {
                Round::Did => (look, pause) = (FIRST_LOOK, FIRST_PAUSE),
                Round::Nothing => {
                    let woken = tokio::time::timeout(look, self.written.notified()).await.is_ok();
                    look = if woken { FIRST_LOOK } else { (look * 2).min(POLL) };
                }
                Round::Away(error) => {
                    let pause_now =
                        error.retry_after().unwrap_or(pause).clamp(pause, LONGEST_PAUSE.max(pause));
                    tracing::warn!(%error, pause_ms = pause_now.as_millis(), "texts wait to be embedded");
                    tokio::time::sleep(pause_now).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn round(&self) -> Result<Round, Unavailable> {
        let texts = rows::next(&self.pool, BATCH).await?;
        if texts.is_empty() {
            return Ok(Round::Nothing);
        }
        match self.embed(&texts).await {
            Ok(embeddings) => self.keep(&texts, &embeddings).await.map(|()| Round::Did),
            Err(error) if is_about_texts(&error) => self.one_by_one(texts).await,
            Err(error) => Ok(Round::Away(error)),
        }
    }

    /// One of these is refused, or all are: who is taken is kept.
    async fn one_by_one(&self, texts: Vec<Waiting>) -> Result<Round, Unavailable> {
        let (mut taken, mut refused) = (0, 0);
        for text in texts {
            let text = std::slice::from_ref(&text);
            match self.embed(text).await {
                Ok(embeddings) => {
                    self.keep(text, &embeddings).await?;
                    taken += 1;
                }
                Err(error) if is_about_texts(&error) => {
                    rows::refuse(&self.pool, &text[0], &error.to_string()).await?;
                    refused += 1;
                    if taken == 0 && refused == ENOUGH_REFUSED {
                        return Ok(Round::Away(error));
                    }
                }
                Err(error) => return Ok(Round::Away(error)),
            }
        }
        Ok(Round::Did)
    }

    async fn embed(&self, texts: &[Waiting]) -> Result<Vec<Embedding>, LlmError> {
        let words: Vec<&str> = texts.iter().map(|text| text.text.as_str()).collect();
        let embeddings = self.embedder.embed(&words).await?.embeddings;
        let fit = |embedding: &Embedding| embedding.as_slice().len() == self.embedder.dimensions();
        if embeddings.len() == texts.len() && embeddings.iter().all(fit) {
            Ok(embeddings)
        } else {
            Err(LlmError::BadAnswer { what: Said::new("not one embedding for each text") })
        }
    }

    async fn keep(&self, texts: &[Waiting], embeddings: &[Embedding]) -> Result<(), Unavailable> {
        rows::keep(&self.pool, texts, embeddings, self.embedder.model(), self.dimensions()).await
    }

    fn dimensions(&self) -> i32 {
        i32::try_from(self.embedder.dimensions()).expect("settings allow at most 16,000 dimensions")
    }
}

/// Whether other texts may go through.
fn is_about_texts(error: &LlmError) -> bool {
    match error {
        LlmError::InvalidRequest { .. }
        | LlmError::ContextTooLong { .. }
        | LlmError::ContentRefused { .. }
        | LlmError::BadAnswer { .. } => true,
        LlmError::RateLimited { .. }
        | LlmError::Overloaded { .. }
        | LlmError::Timeout { .. }
        | LlmError::Cut
        | LlmError::Unavailable { .. }
        | LlmError::Unauthorized
        | LlmError::NoCredit { .. }
        | LlmError::Misconfigured { .. } => false,
    }
}
