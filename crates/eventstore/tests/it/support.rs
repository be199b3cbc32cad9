//! A database a test, copied from one that is migrated once, on the server that `cargo xtask test` shares.

use std::str::FromStr as _;
use std::sync::OnceLock;

use eventstore::{AppendItem, Context, MIGRATOR, NewEvent, Options, Store, StreamWrite, TestClock};
use kernel::{ActorId, CommandId, EventId, OrgId, Uuid};
use sha2::{Digest as _, Sha256};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};

/// The app's login, with the rights of production: a member of the app's roles and no superuser.
const LOGIN: &str = "omoi_test_app";
const PASSWORD: &str = "of a server that is thrown away";

/// An empty, migrated database. It goes away with the value.
pub(crate) struct TestDb {
    name: String,
    admin: PgConnectOptions,
}

impl TestDb {
    pub(crate) async fn new() -> Self {
        let admin = server();
        let mut connection = connect(&admin).await;
        let template = template(&admin, &mut connection).await;
        let name = format!("omoi_test_{}", Uuid::now_v7().simple());
        execute(&mut connection, &format!("create database {name} template {template}")).await;
        connection.close().await.unwrap();
        Self { admin: admin.database(&name), name }
    }

    /// A database without anything in it, for the stock tables of others.
    pub(crate) async fn empty() -> Self {
        let admin = server();
        let mut connection = connect(&admin).await;
        let name = format!("omoi_test_{}", Uuid::now_v7().simple());
        execute(&mut connection, &format!("create database {name}")).await;
        connection.close().await.unwrap();
        Self { admin: admin.database(&name), name }
    }

    /// The superuser's URL of this database.
    pub(crate) fn admin_url(&self) -> String {
        self.admin.to_url_lossy().to_string()
    }

    /// The app's URL of this database.
    pub(crate) fn app_url(&self) -> String {
        self.admin.clone().username(LOGIN).password(PASSWORD).to_url_lossy().to_string()
    }

    /// One more node on this log.
    pub(crate) fn store(&self) -> Store {
        Store::open(&self.options()).unwrap()
    }

    pub(crate) fn options(&self) -> Options {
        Options { load_connections: 4, read_connections: 4, ..Options::new(self.app_url()) }
    }

    /// A session of the superuser, to look at tables and to break them.
    pub(crate) async fn admin(&self) -> PgConnection {
        connect(&self.admin).await
    }

    /// A session of the app's login that took on `role`.
    pub(crate) async fn session(&self, role: &str) -> PgConnection {
        let options = self.admin.clone().username(LOGIN).password(PASSWORD).options([("role", role)]);
        connect(&options).await
    }

    pub(crate) async fn clock(&self) -> TestClock {
        TestClock::of(&self.admin_url()).await.unwrap()
    }

    /// How many rows a table of the log holds.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let mut admin = self.admin().await;
        sqlx::query_scalar(&format!("select count(*) from es.{table}")).fetch_one(&mut admin).await.unwrap()
    }

    /// How many rows the log and everything an append writes beside it hold: equal before and after means
    /// that nothing was written.
    pub(crate) async fn written(&self) -> Vec<(String, i64)> {
        let mut admin = self.admin().await;
        sqlx::query_as(
            "select 'events', count(*) from es.events union all select 'streams', coalesce(sum(version), 0)::bigint \
               from es.streams union all select 'command_results', count(*) from es.command_results union all \
             select 'guards', count(*) from es.guards union all select 'pool_holders', count(*) from es.pool_holders \
             union all select 'pools', coalesce(sum(used), 0)::bigint from es.pools union all \
             select 'leases', coalesce(sum(epoch), 0)::bigint from es.leases union all \
             select 'ingest', coalesce(sum(next_seq), 0)::bigint from es.ingest order by 1",
        )
        .fetch_all(&mut admin)
        .await
        .unwrap()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (name, admin) = (self.name.clone(), server());
        // A thread of its own: a runtime cannot wait for another one.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = admin.connect().await?;
                sqlx::query(&format!("drop database if exists {name} with (force)"))
                    .execute(&mut connection)
                    .await?;
                connection.close().await
            })?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        });
        // Best effort: the server is thrown away after the tests, and a panic here would hide the test's own.
        let _ = dropping.join();
    }
}

fn server() -> PgConnectOptions {
    static URL: OnceLock<String> = OnceLock::new();
    let url = URL.get_or_init(|| {
        std::env::var("OMOI_TEST_DATABASE_URL").expect(
            "OMOI_TEST_DATABASE_URL is not set: run `cargo xtask test`, or start a server with \
             embedded::ScratchPostgres and put its admin_url() there",
        )
    });
    PgConnectOptions::from_str(url).expect("OMOI_TEST_DATABASE_URL is a URL")
}

/// The migrated database that all are copied from. Its name holds a hash of the migrations, so that a server
/// that lives longer than a run never serves an old schema.
async fn template(admin: &PgConnectOptions, connection: &mut PgConnection) -> String {
    let mut hash = Sha256::new();
    for migration in MIGRATOR.iter() {
        hash.update(&migration.checksum);
    }
    let name = format!("omoi_template_{}", &hex::encode(hash.finalize())[..16]);
    if exists(connection, &name).await {
        return name;
    }
    sqlx::query("select pg_advisory_lock(hashtextextended('omoi_test_template', 0))")
        .execute(&mut *connection)
        .await
        .unwrap();
    if !exists(connection, &name).await {
        let half = format!("{name}_half");
        execute(connection, &format!("drop database if exists {half} with (force)")).await;
        execute(connection, &format!("create database {half}")).await;
        let url = admin.clone().database(&half).to_url_lossy().to_string();
        eventstore::migrate(&url).await.unwrap();
        eventstore::ensure_login(&url, LOGIN, PASSWORD).await.unwrap();
        execute(connection, &format!("alter database {half} rename to {name}")).await;
    }
    sqlx::query("select pg_advisory_unlock(hashtextextended('omoi_test_template', 0))")
        .execute(&mut *connection)
        .await
        .unwrap();
    name
}

async fn exists(connection: &mut PgConnection, database: &str) -> bool {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(database)
        .fetch_one(connection)
        .await
        .unwrap()
}

async fn connect(options: &PgConnectOptions) -> PgConnection {
    options.connect().await.unwrap()
}

/// Statements that take no parameters.
pub(crate) async fn execute(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(sql).execute(connection).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

pub(crate) fn org() -> OrgId {
    OrgId(Uuid::now_v7())
}

pub(crate) fn stream_id() -> String {
    Uuid::now_v7().to_string()
}

/// A new command of `org`.
pub(crate) fn context(org: OrgId) -> Context {
    Context {
        org,
        actor: ActorId(Uuid::now_v7()),
        command_id: CommandId(Uuid::now_v7()),
        request_hash: [1; 32],
        correlation_id: Uuid::now_v7(),
        causation_id: None,
        epoch: None,
        metadata: [("traceparent".to_owned(), "00-1-2-01".to_owned())].into(),
    }
}

/// An event that adds one to a counter (see `counter.rs`).
pub(crate) fn raised() -> NewEvent {
    event(r#"{"$type":"counter.raised","by":1}"#)
}

pub(crate) fn event(payload: &str) -> NewEvent {
    NewEvent {
        event_id: EventId(Uuid::now_v7()),
        event_type: "counter.raised".into(),
        schema_version: 3,
        payload: payload.to_owned(),
    }
}

/// `count` events for the counter `id`, decided at version `expected`.
pub(crate) fn write(id: &str, expected: i64, count: usize) -> StreamWrite {
    StreamWrite {
        aggregate_type: "counter".into(),
        aggregate_id: id.to_owned(),
        project: None,
        expected,
        events: (0..count).map(|_| raised()).collect(),
    }
}

/// An accepted command of `org` that writes one event to the counter `id`.
pub(crate) fn item(org: OrgId, id: &str, expected: i64) -> AppendItem {
    AppendItem {
        context: context(org),
        outcome: "accepted".into(),
        streams: vec![write(id, expected, 1)],
        guards: Vec::new(),
    }
}
