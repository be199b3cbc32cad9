//! Connections, one pool a role: a hole in one part of the program has only that part's rights.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgPool};

use crate::Unavailable;

/// Who signs in waits for the hash of a password, not for these.
const VAULT_CONNECTIONS: u32 = 6;

/// A session that nobody used for this long is asked whether it still lives before somebody is given
/// it. It is less than a Postgres takes to come back, so that none of the sessions that died with it costs
/// a request its answer, and more than a busy session ever rests.
pub(crate) const RESTED: Duration = Duration::from_millis(200);

/// How to reach the log.
#[derive(Clone)]
pub struct Options {
    /// `postgres://…` of a login that is a member of the app's roles (see [`crate::ensure_login`]).
    pub url: String,
    /// Which log; 1 until tenants are spread over several.
    pub log_id: i16,
    /// Most connections that load aggregates at once.
    pub load_connections: u32,
    /// Most connections that read pages of the log at once.
    pub read_connections: u32,
    /// Most connections of consumers: each takes one while it applies a page.
    pub project_connections: u32,
    /// Tell other nodes of every batch (one NOTIFY). Nodes poll anyway; a single node needs none.
    pub notify: bool,
    /// How many recent aggregates this node keeps in memory as a baseline.
    pub cached_aggregates: usize,
}

impl Options {
    /// The defaults for a database.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            log_id: 1,
            load_connections: 16,
            read_connections: 8,
            project_connections: 16,
            notify: true,
            cached_aggregates: 20_000,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("log_id", &self.log_id)
            .field("notify", &self.notify)
            .finish_non_exhaustive()
    }
}

/// The pools of this node. Connections are made when first used.
#[derive(Clone, Debug)]
pub struct Pools {
    /// Role `omoi_append`, for the lane.
    pub append: PgPool,
    /// Role `omoi_append`, for loads: never behind the lane.
    pub load: PgPool,
    /// Role `omoi_read`: row-level security shows the rows of `app.org` only.
    pub read: PgPool,
    /// Role `omoi_project`: the whole log, read models, checkpoints.
    pub project: PgPool,
    /// Role `omoi_vault`: what proves who somebody is; nothing of the log.
    pub vault: PgPool,
}

impl Pools {
    /// # Errors
    /// `Down` when the URL cannot be understood. Nothing is connected yet.
    pub fn new(options: &Options) -> Result<Self, Unavailable> {
        let connect =
            PgConnectOptions::from_str(&options.url).map_err(|e| Unavailable::Down(e.to_string()))?;
        Ok(Self {
            append: pool(&connect, "omoi_append", 2),
            load: pool(&connect, "omoi_append", options.load_connections),
            read: pool(&connect, "omoi_read", options.read_connections),
            project: pool(&connect, "omoi_project", options.project_connections),
            vault: pool(&connect, "omoi_vault", VAULT_CONNECTIONS),
        })
    }

    /// Closes every connection.
    pub async fn close(&self) {
        for pool in [&self.append, &self.load, &self.read, &self.project, &self.vault] {
            pool.close().await;
        }
    }
}

fn pool(connect: &PgConnectOptions, role: &'static str, most: u32) -> PgPool {
    let connect = connect.clone().application_name(role).options([
        // A session that stands still must not hold anybody up for long.
        ("statement_timeout", "5s"),
        ("lock_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "2s"),
        ("synchronous_commit", "on"),
        // Every statement has one good plan, by index; plans made while tables are empty must not be scans.
        ("plan_cache_mode", "force_generic_plan"),
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        ("role", role),
    ]);
    PgPoolOptions::new()
        .max_connections(most)
        .min_connections(0)
        .acquire_timeout(Duration::from_secs(5))
        .idle_timeout(Duration::from_secs(300))
        // A ping before each use would double the round trips; `before_acquire` pings only what has rested.
        .test_before_acquire(false)
        .before_acquire(|session, of| {
            // One that does not answer is thrown away, and the next one is taken.
            Box::pin(async move { Ok(of.idle_for < RESTED || session.ping().await.is_ok()) })
        })
        .connect_lazy_with(connect)
}
