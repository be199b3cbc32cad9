//! A bad network between a node and its database: connections that break in the middle of an append.
//!
//! It reads what the client says as far as the frames of the protocol, knows an append by the statement that it
//! binds, lets the whole call pass, and then does its harm: the log has the commands, or will have them, and the node
//! does not know.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::unix::{OwnedReadHalf as FromDatabase, OwnedWriteHalf as ToDatabase};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::database::Database;

/// The first message of a session, protocol 3.0; what comes before it only asks for encryption.
const STARTUP: u32 = 196_608;
/// "Ready for the next query, no transaction is open": the end of every answer to a committed call.
const READY: [u8; 6] = [b'Z', 0, 0, 0, 5, b'I'];
/// How long a silent line is silent before the network drops it.
const SILENCE: Duration = Duration::from_millis(300);
/// Between two bytes of a slow line, and how many of them are slow.
const SLOW: Duration = Duration::from_millis(2);
const SLOW_BYTES: usize = 60;

/// What happens to the line of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Cut when the answer has come, so that the commit is certain and the node does not know of it.
    AfterCommit,
    /// Cut at once, whatever the database is at.
    Reset,
    /// Nothing comes back for a while, then the line is dropped.
    Silent,
    /// The answer begins one byte at a time.
    Slow,
}

const FAULTS: [Fault; 4] = [Fault::AfterCommit, Fault::Reset, Fault::Silent, Fault::Slow];

/// A line that got a fault.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Harm {
    pub(crate) fault: Fault,
    /// Commands in the call.
    pub(crate) commands: usize,
}

/// The network, with a share of faults that can be changed.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// The database, through this network.
    pub(crate) url: String,
    shared: Arc<Shared>,
    _lines: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    socket: PathBuf,
    /// Of a hundred appends.
    faults: AtomicU32,
    random: Mutex<StdRng>,
    harms: mpsc::UnboundedSender<Harm>,
}

impl Proxy {
    /// Begins to pass on connections to `database`, which listens on a Unix socket.
    pub(crate) async fn start(database: &Database, seed: u64) -> (Self, mpsc::UnboundedReceiver<Harm>) {
        let options: PgConnectOptions = database.app_url.parse().expect("a URL");
        let directory = options.get_socket().expect("the server listens on a Unix socket");
        let socket = directory.join(format!(".s.PGSQL.{}", options.get_port()));
        let name = options.get_database().expect("the URL has a database");
        let (login, _) = database.app_url.split_once('@').expect("the URL has a login");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let (harms, harmed) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            socket,
            faults: AtomicU32::new(0),
            random: Mutex::new(StdRng::seed_from_u64(seed)),
            harms,
        });
        let url = format!("{login}@127.0.0.1:{port}/{name}");
        let mut lines = JoinSet::new();
        lines.spawn(accept(listener, shared.clone()));
        (Self { url, shared, _lines: lines }, harmed)
    }

    /// From now on so many of a hundred appends get a fault.
    pub(crate) fn set_faults(&self, percent: u32) {
        self.shared.faults.store(percent, Ordering::Relaxed);
    }
}

impl Shared {
    fn draw(&self) -> Option<Fault> {
        let mut random = self.random.lock().expect("no panic while held");
        let hit = random.random_range(0..100) < self.faults.load(Ordering::Relaxed);
        // Silence costs everybody time, so it is rarer than the others.
        let which = [0, 0, 0, 0, 1, 1, 1, 1, 2, 3, 3][random.random_range(0..11)];
        hit.then(|| FAULTS[which])
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut lines = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        lines.spawn(line(client, shared.clone()));
        while lines.try_join_next().is_some() {}
    }
}

/// Whatever ends a line ends both of its sides.
async fn line(client: TcpStream, shared: Arc<Shared>) {
    let Ok(database) = UnixStream::connect(&shared.socket).await else { return };
    let _ = client.set_nodelay(true);
    let ((from_client, to_client), (from_database, to_database)) =
        (client.into_split(), database.into_split());
    let (harm, harmed) = watch::channel(None);
    tokio::select! {
        _ = questions(from_client, to_database, &shared, &harm) => {}
        _ = answers(from_database, to_client, harmed) => {}
    }
}

/// Passes on what the client says, a message at a time.
async fn questions(
    mut client: OwnedReadHalf,
    mut database: ToDatabase,
    shared: &Shared,
    harm: &watch::Sender<Option<Fault>>,
) -> io::Result<()> {
    loop {
        let (length, rest) = untyped(&mut client).await?;
        let code = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]);
        database.write_all(&length).await?;
        database.write_all(&rest).await?;
        if code == STARTUP {
            break;
        }
    }
    let mut appends = HashSet::new();
    let mut drawn = None;
    loop {
        let kind = client.read_u8().await?;
        let (length, rest) = untyped(&mut client).await?;
        if kind == b'P' && contains(&rest, b"es.append(") {
            appends.insert(text(&rest).to_vec());
        }
        if kind == b'B'
            && let Some(commands) = commands_of(&rest, &appends)
        {
            drawn = shared.draw().map(|fault| Harm { fault, commands });
        }
        let harmed = if kind == b'S' { drawn.take() } else { None };
        if let Some(Harm { fault, .. }) = harmed {
            // Before the call is complete: the answer must not be quicker than the fault.
            let _ = harm.send(Some(fault));
        }
        database.write_all(&[kind]).await?;
        database.write_all(&length).await?;
        database.write_all(&rest).await?;
        if let Some(harmed) = harmed {
            // Nobody may want to know any more.
            let _ = shared.harms.send(harmed);
            if harmed.fault == Fault::Reset {
                return Ok(());
            }
        }
    }
}

/// Passes on what the database answers, or does harm to it.
async fn answers(
    mut database: FromDatabase,
    mut client: OwnedWriteHalf,
    harmed: watch::Receiver<Option<Fault>>,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    let mut last = Vec::new();
    loop {
        let read = database.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        let (answer, fault) = (&buffer[..read], *harmed.borrow());
        match fault {
            None => client.write_all(answer).await?,
            Some(Fault::Slow) => {
                let (slow, rest) = answer.split_at(answer.len().min(SLOW_BYTES));
                let mut pace = tokio::time::interval(SLOW);
                for byte in slow {
                    pace.tick().await;
                    client.write_all(&[*byte]).await?;
                }
                client.write_all(rest).await?;
            }
            Some(Fault::AfterCommit) => {
                last.extend_from_slice(answer);
                if last.ends_with(&READY) {
                    return Ok(());
                }
            }
            Some(Fault::Reset) => {}
            Some(Fault::Silent) => {
                tokio::time::interval_at(tokio::time::Instant::now() + SILENCE, SILENCE).tick().await;
                return Ok(());
            }
        }
    }
}

/// The length of a message as it came, and what it is the length of.
async fn untyped(client: &mut OwnedReadHalf) -> io::Result<([u8; 4], Vec<u8>)> {
    let mut length = [0; 4];
    client.read_exact(&mut length).await?;
    let mut rest = vec![0; (u32::from_be_bytes(length) as usize).saturating_sub(4)];
    client.read_exact(&mut rest).await?;
    Ok((length, rest))
}

/// How many commands the call of an append carries: the size of the array that is its second parameter.
fn commands_of(bind: &[u8], appends: &HashSet<Vec<u8>>) -> Option<usize> {
    let after_portal = bind.get(text(bind).len() + 1..)?;
    let statement = text(after_portal);
    if !appends.contains(statement) {
        return None;
    }
    let mut rest = after_portal.get(statement.len() + 1..)?;
    let formats = number(&mut rest, 2)?;
    rest = rest.get(formats * 2..)?;
    number(&mut rest, 2)?;
    let log_id = number(&mut rest, 4)?;
    rest = rest.get(log_id..)?;
    number(&mut rest, 4)?;
    let [_dimensions, _nulls, _type] = [number(&mut rest, 4)?, number(&mut rest, 4)?, number(&mut rest, 4)?];
    number(&mut rest, 4)
}

fn number(rest: &mut &[u8], bytes: usize) -> Option<usize> {
    let (digits, after) = rest.split_at_checked(bytes)?;
    *rest = after;
    Some(digits.iter().fold(0, |number, digit| number << 8 | usize::from(*digit)))
}

/// Up to the first nul.
fn text(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
