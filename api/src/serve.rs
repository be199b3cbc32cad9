//! The HTTP server: its socket, what stands behind it, and its end.

mod connections;
mod own_names;
pub(crate) mod pulse;
mod safe_headers;

use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{self, Next},
    response::Response,
    serve::ListenerExt as _,
};
use ipnet::IpNet;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio_util::sync::CancellationToken;
use tower_http::{catch_panic::CatchPanicLayer, cors::CorsLayer, trace::TraceLayer};

use crate::{
    config::{Config, LOG_ID, Secret},
    routes::{self, client_address, limits},
    telemetry::{metrics, request_span},
    wiring::Services,
};

/// How long requests that run at the end may take. With the 5 s of the children this stays below 10 s.
const DRAIN_WITHIN: Duration = Duration::from_secs(3);
/// What the kernel keeps for a client that is slow to read, in bytes; it reserves twice as much.
const SEND_BUFFER: usize = 128 * 1024;
/// How long requests are still taken after the signal. Each answer closes its connection, in order: one that is closed
/// while its client sends the next request is a failed request.
const LAST_CALL: Duration = Duration::from_millis(500);

/// Who can reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exposure {
    /// Programs on this machine.
    ThisMachine,
    /// Whoever reaches the network it is in; somebody vouched for that.
    TrustedNetwork,
}

/// The server's socket, and who reaches it.
#[derive(Debug)]
pub(crate) struct Door {
    listener: TcpListener,
    exposure: Exposure,
}

impl Door {
    /// The address, with the port the operating system chose when 0 was asked for.
    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Takes the address, before anything else is started.
///
/// # Errors
/// When it is taken, or would let other machines in.
pub(crate) fn bind(address: &SocketAddr, exposure: Exposure) -> anyhow::Result<Door> {
    if exposure == Exposure::ThisMachine && !address.ip().is_loopback() {
        bail!(
            "{address} can be reached from other machines, and keys would travel to it unencrypted. Listen on \
             127.0.0.1 and forward the port (`ssh -L`), or put a proxy that speaks TLS before it"
        );
    }
    let listener = TcpListener::bind(address).map_err(|e| match e.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!(
            "{address} is in use by another program; stop that one, or choose another address with --listen"
        ),
        ErrorKind::PermissionDenied => {
            anyhow::anyhow!(
                "{address} needs more rights than this user has; choose a port above 1023 with --listen"
            )
        }
        _ => anyhow::Error::new(e).context(format!("cannot listen on {address}")),
    })?;
    listener.set_nonblocking(true)?;
    Ok(Door { listener, exposure })
}

/// What stands behind the server.
#[derive(Debug, Clone)]
pub(crate) struct Backends {
    database: PgPool,
    bus: async_nats::Client,
}

impl Backends {
    /// Connects to both and checks that they are fit to serve.
    pub(crate) async fn connect(database_url: &Secret, nats_url: &Secret) -> anyhow::Result<Self> {
        let database = connect_database(database_url).await?;
        check_clock(&database).await?;
        let bus = embedded::bus::connect(nats_url.reveal()).await?;
        let largest = bus.server_info().max_payload;
        if largest < embedded::MAX_PAYLOAD_BYTES {
            bail!(
                "the event bus takes messages of {largest} bytes at most; set `max_payload: {}` in its configuration",
                embedded::MAX_PAYLOAD_BYTES
            );
        }
        Ok(Self { database, bus })
    }

    /// One round trip to the database.
    pub(crate) async fn reach_database(&self) -> anyhow::Result<()> {
        sqlx::query("select 1").execute(&self.database).await?;
        Ok(())
    }

    /// How far behind the log its readers are; `held`: how far the bus holds the log.
    pub(crate) async fn lags(&self, held: Option<i64>) -> anyhow::Result<Vec<workers::Lag>> {
        let mut lags = workers::lags(&self.database, LOG_ID).await?;
        if let Some(held) = held {
            lags.push(workers::lag_of_bus(&self.database, LOG_ID, held).await?);
        }
        Ok(lags)
    }

    /// One round trip to the bus: how far it holds the log.
    pub(crate) async fn reach_bus(&self) -> anyhow::Result<Option<i64>> {
        Ok(Some(bus::held(&self.bus, LOG_ID).await?.unwrap_or(0)))
    }

    /// The event bus.
    pub(crate) fn bus(&self) -> &async_nats::Client {
        &self.bus
    }
}

/// Connections for probes, with the rights of the API's reads.
async fn connect_database(url: &Secret) -> anyhow::Result<PgPool> {
    let options: PgConnectOptions = url.reveal().parse().context("DATABASE_URL cannot be understood")?;
    PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options.options([("role", "omoi_read")]))
        .await
        .context(
            "cannot use the database as role omoi_read; if it was never migrated, run `omoi migrate` first",
        )
}

/// Tests move the clock of their databases; times of real events must be real.
async fn check_clock(database: &PgPool) -> anyhow::Result<()> {
    let moved: Option<String> = sqlx::query_scalar("select nullif(es.clock_offset(), interval '0')::text")
        .fetch_one(database)
        .await
        .context("the database has not the schema of this program; run `omoi migrate` first")?;
    match moved {
        Some(offset) => bail!(
            "the clock of this database is moved by {offset}: it belongs to a test and must not serve; use another"
        ),
        None => Ok(()),
    }
}

/// Serves until `stop`; `announce` is called once requests are answered.
pub(crate) async fn serve(
    door: Door,
    config: &Config,
    backends: &Backends,
    services: &Services,
    stop: &CancellationToken,
    announce: impl FnOnce(),
) -> anyhow::Result<()> {
    let Door { listener, exposure } = door;
    let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(prepare);
    let routes = limited(routes::all(backends, services), config);
    let routes = match exposure {
        Exposure::ThisMachine => routes.layer(middleware::from_fn(own_names::require)),
        Exposure::TrustedNetwork => routes,
    };
    let tls = config.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    let routes = routes
        .layer(middleware::from_fn(move |request, next| safe_headers::add(tls, request, next)))
        .layer(middleware::from_fn_with_state(stop.clone(), say_last_call));
    let called = stop.clone();
    let last_call = async move {
        called.cancelled().await;
        tokio::time::sleep(LAST_CALL).await;
    };
    let server = connections::serve(listener, routes, last_call);
    announce();
    let drained = async {
        stop.cancelled().await;
        tokio::time::sleep(LAST_CALL + DRAIN_WITHIN).await;
    };
    tokio::select! {
        () = server => Ok(()),
        () = drained => {
            tracing::warn!(drain_ms = DRAIN_WITHIN.as_millis(), "requests still ran at the end and were cut off");
            Ok(())
        }
    }
}

/// Small frames leave at once, and what a client does not read stays in its own memory rather than in ours.
fn prepare(stream: &mut tokio::net::TcpStream) {
    // Both only serve speed and thrift: a connection without them works as well.
    let _ = stream.set_nodelay(true);
    let _ = rustix::net::sockopt::set_socket_send_buffer_size(&*stream, SEND_BUFFER);
}

/// After the signal, asks clients to open another connection for their next request: elsewhere, when there is one.
async fn say_last_call(State(stop): State<CancellationToken>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if stop.is_cancelled() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Lets pages of these sites, and of no other, read what they ask for; with a token of their own, for cookies are ours.
fn allowed(origins: &[String]) -> CorsLayer {
    let origins =
        origins.iter().map(|origin| HeaderValue::try_from(origin.as_str()).expect("it was checked"));
    let shown = ["omoi-position", "omoi-stale", "etag", "retry-after", "ratelimit", "ratelimit-policy"];
    let taken =
        ["authorization", "content-type", "idempotency-key", "if-match", "omoi-min-position", "traceparent"];
    CorsLayer::new()
        .allow_origin(origins.collect::<Vec<_>>())
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(taken.map(HeaderName::from_static))
        .expose_headers(shown.map(HeaderName::from_static))
        .max_age(Duration::from_secs(600))
}

/// What holds for every route.
fn limited(routes: Router, config: &Config) -> Router {
    // Without any, a question whether another site may ask is a method that no address takes.
    let routes = if config.allowed_origins.is_empty() {
        routes
    } else {
        routes.layer(allowed(&config.allowed_origins))
    };
    let patience = Duration::from_secs(config.request_timeout_s);
    let proxies: Arc<[IpNet]> = config.trusted_proxies.clone().into();
    routes
        .layer(middleware::from_fn_with_state(proxies, client_address::find))
        .layer(DefaultBodyLimit::max(config.request_body_bytes))
        .layer(middleware::from_fn(move |request, next| limits::within(patience, request, next)))
        .layer(middleware::from_fn(limits::plain))
        .layer(CatchPanicLayer::custom(limits::broken))
        .layer(middleware::from_fn(metrics::count))
        .layer(TraceLayer::new_for_http().make_span_with(request_span))
}
