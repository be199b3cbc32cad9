//! The way out of a run: to the hosts that its project allows, over TLS, and to nobody else. Each request stands in the run's record,
//! refused or not, before a byte of it goes out.
//!
//! - `wanted.rs` whom somebody wants to reach
//! - `hello.rs` whom what they say first is for
//! - `tunnel.rs` bytes both ways, counted and bounded

mod hello;
#[cfg(test)]
mod tests;
mod tunnel;
mod wanted;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use eventstore::Store;
use execution::trajectory::Event;
use hyper_util::rt::TokioIo;
use kernel::Timestamp;
use ports::agent::wire::TUNNEL;
use ports::outside::{Outside, OutsideError};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vocabulary::Name;
use work::project::AllowedHosts;

use self::tunnel::{Allowance, Tunnel};
use self::wanted::Wanted;
use super::journal::{Over, Record};

/// Ways that are open at a time.
const OPEN: usize = 32;
/// Requests of a run that are looked at. What asks more often than this has gone mad, and would fill the log.
const REQUESTS: u32 = 10_000;
/// Longest time until somebody outside takes the connection.
const CONNECT: Duration = Duration::from_secs(10);

/// The way out of a run. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Egress(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    hosts: AllowedHosts,
    outside: Arc<dyn Outside>,
    store: Store,
    journal: Arc<dyn Record>,
    requests: AtomicU32,
    open: Arc<Semaphore>,
    allowance: Allowance,
    ways: TaskTracker,
    close: CancellationToken,
}

impl Egress {
    pub(crate) fn new(
        hosts: AllowedHosts,
        outside: Arc<dyn Outside>,
        store: Store,
        journal: Arc<dyn Record>,
    ) -> Self {
        Self(Arc::new(Parts {
            hosts,
            outside,
            store,
            journal,
            requests: AtomicU32::new(0),
            open: Arc::new(Semaphore::new(OPEN)),
            allowance: Allowance::default(),
            ways: TaskTracker::new(),
            close: CancellationToken::new(),
        }))
    }

    /// Whether there is anybody to be reached.
    pub(crate) fn leads_anywhere(&self) -> bool {
        !self.0.hosts.is_empty()
    }

    /// Where ways are opened.
    pub(super) fn router(&self) -> Router {
        Router::new().route("/egress/{to}", get(asked)).with_state(self.clone())
    }

    /// Closes every way, and waits until that is written down.
    pub(crate) async fn close(&self) {
        self.0.close.cancel();
        self.0.ways.close();
        self.0.ways.wait().await;
    }

    /// Says yes or no, and writes it down.
    async fn decide(&self, to: &Wanted, method: &str) -> Result<TcpStream, Refused> {
        if self.0.requests.fetch_add(1, Ordering::Relaxed) >= REQUESTS {
            return Err(Refused::TooOften);
        }
        let way = self.way_to(to, method).await;
        let Ok(at) = self.0.store.now().await else {
            let (parts, to, method) = (self.0.clone(), to.clone(), method.to_owned());
            // It stands in the record once that can be written; nobody waits for it here.
            self.0.ways.spawn(async move {
                let event = attempted(parts.journal.time().await, &to, &method, Some(&Refused::Away));
                let _ = parts.journal.write(&[event]).await;
            });
            return Err(Refused::Away);
        };
        let event = attempted(at, to, method, way.as_ref().err());
        self.0.journal.write(&[event]).await.map_err(|Over| Refused::Over)?;
        way
    }

    async fn way_to(&self, to: &Wanted, method: &str) -> Result<TcpStream, Refused> {
        if method != CONNECT_METHOD {
            return Err(Refused::InTheClear);
        }
        if !self.0.hosts.iter().any(|host| host.is(&to.host, to.port)) {
            return Err(Refused::NotAllowed(to.clone()));
        }
        let addresses = self.0.outside.addresses(&to.host, to.port).await;
        let addresses = addresses.map_err(|error| Refused::Nowhere(to.clone(), error))?;
        connect(&addresses).await.ok_or_else(|| Refused::Unreachable(to.clone()))
    }
}

/// What the forwarder sends for whoever speaks through a tunnel.
const CONNECT_METHOD: &str = "CONNECT";

async fn connect(addresses: &[SocketAddr]) -> Option<TcpStream> {
    for address in addresses {
        if let Ok(Ok(stream)) = timeout(CONNECT, TcpStream::connect(address)).await {
            let _ = stream.set_nodelay(true);
            return Some(stream);
        }
    }
    None
}

async fn asked(State(egress): State<Egress>, Path(to): Path<String>, mut request: Request) -> Response {
    let upgrade = hyper::upgrade::on(&mut request);
    let method = request.headers().get(TUNNEL).and_then(|value| value.to_str().ok());
    let method = method.filter(|method| Name::new(method).is_ok()).unwrap_or(CONNECT_METHOD);
    match egress.open(&to, method).await {
        Ok(tunnel) => {
            let at = egress.0.clone();
            egress.0.ways.spawn(async move {
                let Ok(upgraded) = upgrade.await else { return at.ended(&tunnel.to, "closed", 0, 0).await };
                let Tunnel { to, outside, _place } = tunnel;
                let end = tunnel::carry(TokioIo::new(upgraded), outside, &to, &at.allowance, &at.close).await;
                at.ended(&to, end.reason, end.sent, end.received).await;
            });
            let headers = [(header::CONNECTION, "upgrade"), (header::UPGRADE, TUNNEL)];
            (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
        }
        Err(refused) => (refused.status(), format!("{refused}\n")).into_response(),
    }
}

impl Egress {
    async fn open(&self, to: &str, method: &str) -> Result<Tunnel, Refused> {
        let to = Wanted::read(to).ok_or(Refused::NoHost)?;
        let _place = self.0.open.clone().try_acquire_owned().map_err(|_| Refused::TooMany)?;
        let outside = self.decide(&to, method).await?;
        Ok(Tunnel { to, outside, _place })
    }
}

impl Parts {
    async fn ended(&self, to: &Wanted, reason: &str, sent: u64, received: u64) {
        // The database may be away for a while; the time is of when it is back.
        let at = self.journal.time().await;
        let event = Event::EgressEnded { at, host: to.line(), reason: name(reason), sent, received };
        let _ = self.journal.write(&[event]).await;
    }
}

/// Somebody was to be reached, before a byte has passed.
fn attempted(at: Timestamp, to: &Wanted, method: &str, refused: Option<&Refused>) -> Event {
    Event::EgressAttempted {
        at,
        host: to.line(),
        method: name(method),
        allowed: refused.is_none(),
        reason: refused.map(|refused| name(refused.code())),
        sent: 0,
        received: 0,
    }
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a literal, or checked before")
}

/// Why nothing goes there, to the agent.
#[derive(Clone, Debug, thiserror::Error)]
enum Refused {
    #[error("that is no host and port")]
    NoHost,
    #[error(
        "{0} is not among the hosts that agents of this project may reach; a person can name it: \
         `omoi project set PROJECT --allow-host {name}`", name = .0.allowed()
    )]
    NotAllowed(Wanted),
    #[error("only HTTPS leads out of a sandbox: ask for https:// instead")]
    InTheClear,
    #[error("{0}: {1}")]
    Nowhere(Wanted, OutsideError),
    #[error("{0} does not answer")]
    Unreachable(Wanted),
    #[error("too many connections are open; close some")]
    TooMany,
    #[error("this run has asked for hosts {REQUESTS} times, and is not let out any more")]
    TooOften,
    #[error("the platform is away; ask again")]
    Away,
    #[error("the run is over")]
    Over,
}

impl Refused {
    const fn code(&self) -> &'static str {
        match self {
            Self::NoHost => "no_host",
            Self::NotAllowed(_) => "not_allowed",
            Self::InTheClear => "in_the_clear",
            Self::Nowhere(_, OutsideError::Unknown) => "unknown_host",
            Self::Nowhere(_, OutsideError::Private) => "private_host",
            Self::Unreachable(_) => "unreachable",
            Self::TooMany => "too_many",
            Self::TooOften => "too_often",
            Self::Away => "away",
            Self::Over => "run_over",
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NoHost => StatusCode::BAD_REQUEST,
            Self::NotAllowed(_) | Self::InTheClear => StatusCode::FORBIDDEN,
            Self::Nowhere(_, OutsideError::Private) => StatusCode::FORBIDDEN,
            Self::Nowhere(..) | Self::Unreachable(_) => StatusCode::BAD_GATEWAY,
            Self::TooMany | Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Self::Away => StatusCode::SERVICE_UNAVAILABLE,
            Self::Over => StatusCode::GONE,
        }
    }
}
