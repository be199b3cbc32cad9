//! A private Postgres: one cluster in one data directory, reachable through a Unix socket only.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustix::process::Signal;
use sqlx::{Connection, PgConnection};
use tokio::{sync::watch, time::timeout};

use crate::{
    DataDir, Error, Result, State,
    credentials::Password,
    guard::OnParentDeath,
    percent,
    postgres_cluster::{self, ADMIN, Cluster},
    postgres_settings, socket_dir,
    spawner::Launch,
    supervise::{Probe, Program, Supervisor},
};

/// The database of the product in the embedded cluster.
const DATABASE: &str = "omoi";
/// The login the product uses in the embedded cluster.
pub const APP_LOGIN: &str = "omoi_app";
/// SQLSTATE of a wrong password.
const INVALID_PASSWORD: &str = "28P01";

/// How to run a private Postgres.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// The directory it lives in.
    pub data_dir: Arc<DataDir>,
    /// The directory of the programs ([`crate::wheels`]).
    pub binaries: PathBuf,
    /// The program that acts as guard ([`crate::guard`]).
    pub guard_exe: PathBuf,
    /// Settings that win over ours, as in `postgresql.conf`.
    pub settings: Vec<(String, String)>,
}

/// A Postgres that runs for as long as this value lives. It is started again when it dies.
///
/// [`Postgres::stop`] ends it in order. Dropping it stops it at once and blocks for that moment; nothing
/// acknowledged is lost.
#[derive(Debug)]
pub struct Postgres {
    supervisor: Supervisor,
    socket_dir: PathBuf,
    cluster: Cluster,
    data_dir: Arc<DataDir>,
}

impl Postgres {
    /// Makes the cluster if there is none, starts the server, and waits until it answers.
    ///
    /// # Errors
    /// What is wrong with the machine or the data directory; with the end of the server's log when it
    /// does not start.
    pub async fn start(options: PostgresOptions) -> Result<Self> {
        let PostgresOptions { data_dir, binaries, guard_exe, settings } = options;
        let cluster = postgres_cluster::open_or_create(&data_dir, &binaries, &guard_exe).await?;
        let socket_dir = socket_dir::prepare(&data_dir)?;
        let server = Server {
            data_dir: Arc::clone(&data_dir),
            cluster: cluster.clone(),
            socket_dir: socket_dir.clone(),
            binaries,
            guard_exe,
            settings,
        };
        let supervisor = match Supervisor::start(server).await {
            Err(Error::NotStarted { .. }) if cluster.worker().is_some() => {
                let pid = cluster.worker().unwrap_or_default();
                return Err(Error::StrayPostgres { pid, cluster: cluster.directory });
            }
            started => started?,
        };
        let postgres = Self { supervisor, socket_dir, cluster, data_dir };
        postgres.create_database().await?;
        Ok(postgres)
    }

    /// The URL of the product's database for the superuser, who may make roles and databases.
    pub fn admin_url(&self) -> String {
        self.url(DATABASE)
    }

    /// The URL of any database of the cluster for the superuser.
    pub fn url(&self, database: &str) -> String {
        url(&self.socket_dir, &self.cluster, database)
    }

    /// The URL of the product's database for the product's own login, [`APP_LOGIN`]. The login is the
    /// caller's to make, with [`Postgres::app_password`].
    pub fn app_url(&self) -> String {
        app_url(&self.socket_dir, &self.cluster.app_password)
    }

    /// The password kept for [`APP_LOGIN`].
    pub fn app_password(&self) -> &str {
        self.cluster.app_password.reveal()
    }

    /// The server's process id while it answers.
    pub fn pid(&self) -> Option<u32> {
        self.supervisor.pid()
    }

    /// What the server is doing, and changes as they happen.
    pub fn state(&self) -> watch::Receiver<State> {
        self.supervisor.state()
    }

    /// The directory of the cluster.
    pub fn cluster_dir(&self) -> &Path {
        &self.cluster.directory
    }

    /// Stops the server in order: no new sessions, open transactions rolled back, a checkpoint. Takes at
    /// most 5 s: after 3 it is stopped at once, which loses nothing.
    pub async fn stop(self) {
        self.supervisor.stop().await;
        socket_dir::remove(&self.data_dir, &self.socket_dir);
    }

    async fn create_database(&self) -> Result<()> {
        let failed = |e: sqlx::Error| Error::NotStarted {
            service: Server::SERVICE,
            reason: format!("its database cannot be made: {e}"),
            log: log(&self.data_dir),
            tail: String::new(),
        };
        let mut connection = PgConnection::connect(&self.url("postgres")).await.map_err(failed)?;
        let exists: Option<i32> = sqlx::query_scalar("select 1 from pg_database where datname = $1")
            .bind(DATABASE)
            .fetch_optional(&mut connection)
            .await
            .map_err(failed)?;
        if exists.is_none() {
            sqlx::query("create database omoi").execute(&mut connection).await.map_err(failed)?;
        }
        connection.close().await.map_err(failed)
    }
}

/// The program as the supervisor sees it.
struct Server {
    data_dir: Arc<DataDir>,
    cluster: Cluster,
    socket_dir: PathBuf,
    binaries: PathBuf,
    guard_exe: PathBuf,
    settings: Vec<(String, String)>,
}

impl Program for Server {
    const SERVICE: &'static str = "Postgres";
    const STOP: (Signal, Duration) = (Signal::INT, Duration::from_secs(3));
    const STOP_NOW: (Signal, Duration) = (Signal::QUIT, Duration::from_secs(2));

    fn launch(&mut self) -> Result<Launch> {
        self.cluster.clear_stale_pid_file();
        let settings = postgres_settings::file(&self.socket_dir, &self.settings);
        self.data_dir.write_private(&self.cluster.directory.join("postgresql.conf"), &settings)?;
        Ok(Launch {
            guard_exe: self.guard_exe.clone(),
            on_parent_death: OnParentDeath::Quit,
            account: self.data_dir.account().cloned(),
            directory: self.cluster.directory.clone(),
            program: self.binaries.join("postgres"),
            arguments: vec!["-D".to_owned(), self.cluster.directory.display().to_string()],
            log: self.log(),
        })
    }

    async fn probe(&self) -> Probe {
        let url = url(&self.socket_dir, &self.cluster, "postgres");
        match timeout(Duration::from_secs(2), PgConnection::connect(&url)).await {
            Ok(Ok(connection)) => {
                // It answered; how the goodbye goes does not matter.
                let _ = connection.close().await;
                Probe::Ready
            }
            Ok(Err(sqlx::Error::Database(e))) if e.code().is_some_and(|code| code == INVALID_PASSWORD) => {
                Probe::Never(format!(
                    "it refuses the password in {}; restore that file from a backup",
                    self.data_dir.path().display()
                ))
            }
            Ok(Err(_)) | Err(_) => Probe::NotYet,
        }
    }

    fn predecessor_is_leaving(&self, said: &str) -> bool {
        // The backends of a killed server hold its shared memory until they notice, and a server that
        // was told to stop keeps its pid file to the end.
        said.contains("shared memory block") || said.contains("lock file \"postmaster.pid\"")
    }

    fn log(&self) -> PathBuf {
        log(&self.data_dir)
    }
}

fn log(data_dir: &DataDir) -> PathBuf {
    data_dir.path().join("postgres.log")
}

fn url(socket_dir: &Path, cluster: &Cluster, database: &str) -> String {
    format!(
        "postgres://{ADMIN}:{}@{}/{}",
        cluster.password.reveal(),
        host(socket_dir),
        percent::encode(database)
    )
}

pub(crate) fn app_url(socket_dir: &Path, password: &Password) -> String {
    format!("postgres://{APP_LOGIN}:{}@{}/{DATABASE}", password.reveal(), host(socket_dir))
}

fn host(socket_dir: &Path) -> String {
    percent::encode(&socket_dir.display().to_string())
}
