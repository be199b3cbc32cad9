//! Whether the database answers at all, asked again and again over a connection of its own. A request that waits for
//! the database cannot tell soon: a pool goes on connecting for seconds (`eventstore::Pools`), which a burst after a
//! cold start needs, and which a client that could be told at once need not wait for.
//!
//! A database is silent when a connection to it is broken and the next one is refused; one of the two alone says
//! nothing, since single sessions are ended for many reasons. It is silent, too, when [`SILENCE`] has passed without
//! an answer on the open connection *and* on a second one: a busy machine is late with one of them, seldom with both
//! for so long, and a line that was lost on the way is replaced by the second. The question stays open meanwhile, so
//! a false alarm ends with the first answer, however late.

use std::time::Duration;

use anyhow::Context as _;
use sqlx::{ConnectOptions as _, Executor as _, PgConnection, postgres::PgConnectOptions};
use tokio::{
    pin,
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::config::Secret;

/// Between two questions. Together with [`SILENCE`] below the second within which a client is to be told.
const EVERY: Duration = Duration::from_millis(150);
/// Without an answer for so long, a second connection is asked as well. A round trip takes 0.2 ms.
const SECOND_AFTER: Duration = Duration::from_millis(400);
/// Without an answer for so long, the database is silent.
const SILENCE: Duration = Duration::from_millis(750);
/// A question that is open for so long is asked anew: lines can be dead without a sign.
const ASK_ANEW_AFTER: Duration = Duration::from_secs(5);

/// What this node knows of its database. Clones know the same.
#[derive(Clone)]
pub(crate) struct Pulse {
    database: PgConnectOptions,
    answers: watch::Sender<bool>,
}

/// Without the password.
impl std::fmt::Debug for Pulse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pulse").field("answers", &*self.answers.borrow()).finish_non_exhaustive()
    }
}

impl Pulse {
    /// Of the database at this URL, which is taken to answer until [`Pulse::watch`] finds otherwise.
    ///
    /// # Errors
    /// When the URL cannot be understood.
    pub(crate) fn of(database_url: &Secret) -> anyhow::Result<Self> {
        let database: PgConnectOptions =
            database_url.reveal().parse().context("DATABASE_URL cannot be understood")?;
        let database = database.application_name("omoi_pulse").disable_statement_logging();
        Ok(Self { database, answers: watch::Sender::new(true) })
    }

    /// Completes when the database is silent, at once when it is so now.
    pub(crate) async fn silent(&self) {
        let mut answers = self.answers.subscribe();
        answers.wait_for(|answers| !answers).await.expect("self holds the sender");
    }

    /// Keeps asking until `stop` is cancelled.
    pub(crate) async fn watch(self, stop: CancellationToken) {
        stop.run_until_cancelled(self.ask_again_and_again()).await;
    }

    async fn ask_again_and_again(&self) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first connection has no second one beside it: it may take its time, and a refusal shows at the next.
        let first = timeout(ASK_ANEW_AFTER, self.connect()).await;
        let mut open = first.ok().and_then(Result::ok).flatten();
        loop {
            ticks.tick().await;
            let asking = self.ask(open);
            pin!(asking);
            let answered = match timeout(SILENCE, &mut asking).await {
                Ok(answered) => answered,
                Err(late) => {
                    self.found_silent(&late.into());
                    timeout(ASK_ANEW_AFTER, asking).await.unwrap_or_else(|late| Err(late.into()))
                }
            };
            open = match answered {
                Ok(open) => {
                    self.found_answering();
                    open
                }
                Err(reason) => {
                    self.found_silent(&reason);
                    None
                }
            };
        }
    }

    /// The first answer, and the connection to ask over the next time.
    async fn ask(&self, open: Option<PgConnection>) -> Answered {
        let Some(open) = open else { return self.connect().await };
        let first = ask_over(open);
        pin!(first);
        match timeout(SECOND_AFTER, &mut first).await {
            Ok(Ok(open)) => Ok(open),
            Ok(Err(_)) => self.connect().await,
            Err(_) => tokio::select! {
                Ok(open) = &mut first => Ok(open),
                second = self.connect() => second,
            },
        }
    }

    /// A new connection; none when the database is there and refuses this one, e.g. because it has too many.
    async fn connect(&self) -> Answered {
        match self.database.connect().await {
            Ok(connection) => Ok(Some(connection)),
            Err(error) if refuses_only_this(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn found_answering(&self) {
        if self.answers.send_if_modified(|answers| !std::mem::replace(answers, true)) {
            tracing::info!("the database answers again");
        }
    }

    fn found_silent(&self, reason: &anyhow::Error) {
        if self.answers.send_if_modified(|answers| std::mem::replace(answers, false)) {
            tracing::warn!(%reason, "the database is silent: requests are answered with 503 until it is back");
        }
    }
}

/// The database answered; with the connection to ask over the next time, if there is one.
type Answered = anyhow::Result<Option<PgConnection>>;

async fn ask_over(mut open: PgConnection) -> Answered {
    open.execute("select 1").await?;
    Ok(Some(open))
}

/// Class 57P is said by a database that starts, ends or has crashed; whatever else it says, it is there to say it.
fn refuses_only_this(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| !code.starts_with("57P"))
}
