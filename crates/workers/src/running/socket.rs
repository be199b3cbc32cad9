//! The one way out of a sandbox: a Unix socket a run, with HTTP on it (`ports::agent::wire` has the table). Whoever speaks there
//! proves by the run's token that they are its worker; others in the sandbox can connect, and are told nothing.

#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use futures::StreamExt as _;
use kernel::Uuid;
use ports::agent::Delivery;
use ports::agent::wire::{BATCH_BYTES, Batch, Kept, Numbered, ORDERS_WITHIN, Orders, Report, Wanted};
use serde::Deserialize;
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixListener;
use tokio::sync::{mpsc, oneshot, watch};

/// Most bytes of a bundle.
const BUNDLE_BYTES: u64 = 1 << 30;
/// Why a bundle is not taken, and what to do about it.
const TOO_LARGE: &str = "what the run left is larger than 1 GiB: let it leave out what can be built again";
const NO_ROOM: &str = "the disk of the node is full: make room there, and try the task again";
/// Requests that may wait for the run.
const WAITING: usize = 16;

/// What the worker said, and where the answer goes.
#[derive(Debug)]
pub(super) enum Said {
    /// It lives.
    Beat,
    /// It saw something.
    Events(Batch, oneshot::Sender<Response>),
    /// It made a bundle of the workspace; an empty one when nothing is new.
    Snapshot { moment: String, bundle: Option<PathBuf>, answer: oneshot::Sender<Response> },
    /// It knows how far words to the agent are.
    Steer { id: Uuid, state: Delivery, answer: oneshot::Sender<Response> },
    /// The agent asks a model, or has its answer.
    Asking,
    /// A call to a model would be over the budget of the run.
    OverBudget(String),
    /// The agent is at its end.
    Finished(Report, oneshot::Sender<Response>),
}

/// What is wanted of the agent, numbered.
#[derive(Clone, Debug)]
pub(super) struct OrderBook(Arc<Mutex<Vec<Numbered>>>, watch::Sender<u64>);

impl OrderBook {
    pub(super) fn new() -> Self {
        Self(Arc::default(), watch::channel(0).0)
    }

    /// One order more.
    pub(super) fn add(&self, order: Wanted) {
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if orders.iter().any(|known| known.order == order) {
            return;
        }
        let n = orders.len() as u64 + 1;
        orders.push(Numbered { n, order });
        self.1.send_replace(n);
    }

    fn after(&self, n: u64) -> Vec<Numbered> {
        let orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        orders.iter().filter(|order| order.n > n).cloned().collect()
    }

    async fn wait(&self, n: u64) -> Vec<Numbered> {
        let mut newest = self.1.subscribe();
        let _ = tokio::time::timeout(ORDERS_WITHIN, newest.wait_for(|newest| *newest > n)).await;
        self.after(n)
    }
}

/// What the worker of a run speaks on.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) listening: Listening,
    pub(super) orders: OrderBook,
}

/// Listens until it is dropped.
#[derive(Debug)]
pub(super) struct Listening {
    pub(super) path: PathBuf,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.path);
    }
}

#[derive(Clone, Debug)]
struct Shared {
    said: mpsc::Sender<Said>,
    orders: OrderBook,
    directory: Arc<FilePath>,
}

/// Opens the socket of a run in `directory`; what is said there comes out of the receiver. `of_agents` is what the agent may
/// reach there too, through its worker.
pub(super) fn open(
    directory: &FilePath,
    token: &str,
    of_agents: impl FnOnce(mpsc::Sender<Said>) -> Router,
) -> std::io::Result<(Socket, mpsc::Receiver<Said>)> {
    let (said, heard) = mpsc::channel(WAITING);
    let orders = OrderBook::new();
    let of_agents = of_agents(said.clone());
    let shared = Shared { said, orders: orders.clone(), directory: directory.to_owned().into() };
    let router = Router::new()
        .route("/run/events", post(events).layer(DefaultBodyLimit::max(4 * BATCH_BYTES)))
        .route("/run/orders", get(wanted))
        .route("/run/steers/{id}", post(steer))
        .route("/run/snapshots/{moment}", put(snapshot))
        .route("/run/beat", post(beat))
        .route("/run/finished", post(finished))
        .with_state(shared)
        .merge(of_agents);
    Ok((Socket { orders, listening: listen(directory.join("s"), token, router)? }, heard))
}

/// Serves what `router` has to who knows the token.
pub(super) fn listen(path: PathBuf, token: &str, router: Router) -> std::io::Result<Listening> {
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    // Whoever runs in the sandbox is another account than ours; nobody else can enter the directory.
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o666))?;
    let router = router.layer(from_fn_with_state(Token(token.into()), only_the_worker));
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::warn!(%error, "the socket of a run was closed");
        }
    });
    Ok(Listening { path, task })
}

#[derive(Clone, Debug)]
struct Token(Arc<str>);

async fn only_the_worker(State(Token(token)): State<Token>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer "));
    match given {
        Some(given) if same(given.as_bytes(), token.as_bytes()) => next.run(request).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// In the same time wherever they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// Asks the run; when it is over nobody answers.
async fn ask(shared: &Shared, said: impl FnOnce(oneshot::Sender<Response>) -> Said) -> Response {
    let (answer, answered) = oneshot::channel();
    if shared.said.send(said(answer)).await.is_err() {
        return StatusCode::GONE.into_response();
    }
    answered.await.unwrap_or_else(|_| StatusCode::GONE.into_response())
}

async fn events(State(shared): State<Shared>, Json(batch): Json<Batch>) -> Response {
    ask(&shared, |answer| Said::Events(batch, answer)).await
}

#[derive(Debug, Deserialize)]
struct After {
    after: u64,
}

async fn wanted(State(shared): State<Shared>, Query(After { after }): Query<After>) -> Response {
    Json(Orders { orders: shared.orders.wait(after).await }).into_response()
}

async fn steer(State(shared): State<Shared>, Path(id): Path<Uuid>, Json(state): Json<Delivery>) -> Response {
    ask(&shared, |answer| Said::Steer { id, state, answer }).await
}

async fn snapshot(State(shared): State<Shared>, Path(moment): Path<String>, body: Body) -> Response {
    let file = shared.directory.join("bundle");
    let written = write(&file, body).await;
    if written.is_err() {
        // Nobody reads half of it, and it may be in the way of what else has to be written.
        let _ = tokio::fs::remove_file(&file).await;
    }
    let bundle = match written {
        Ok(0) => None,
        Ok(_) => Some(file),
        Err(error) if error.kind() == ErrorKind::FileTooLarge => {
            return (StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE).into_response();
        }
        // Waiting for room it would sit there until it is taken for an agent that is idle.
        Err(error) if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            return (StatusCode::INSUFFICIENT_STORAGE, NO_ROOM).into_response();
        }
        Err(error) => {
            tracing::warn!(%error, "a bundle cannot be written");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    ask(&shared, |answer| Said::Snapshot { moment, bundle, answer }).await
}

/// Writes a body to a file as it comes: what an agent has made may be large, and is nothing for our memory.
async fn write(file: &FilePath, body: Body) -> std::io::Result<u64> {
    let mut to = tokio::fs::File::create(file).await?;
    let (mut chunks, mut bytes) = (body.into_data_stream(), 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(std::io::Error::other)?;
        bytes += chunk.len() as u64;
        if bytes > BUNDLE_BYTES {
            return Err(ErrorKind::FileTooLarge.into());
        }
        to.write_all(&chunk).await?;
    }
    to.flush().await?;
    Ok(bytes)
}

async fn beat(State(shared): State<Shared>) -> Response {
    match shared.said.send(Said::Beat).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => StatusCode::GONE.into_response(),
    }
}

async fn finished(State(shared): State<Shared>, Json(report): Json<Report>) -> Response {
    ask(&shared, |answer| Said::Finished(report, answer)).await
}

/// What was kept, as it is answered.
pub(super) fn kept(commit: String) -> Response {
    Json(Kept { commit }).into_response()
}
