//! The agent's way to the platform: a listener on the sandbox's loopback that carries requests to the host's socket and adds the
//! run's token, which the agent is never given. What is the worker's own there, the agent cannot reach. It is a proxy as well: who
//! wants to reach a host outside is passed on to the host of the sandbox, who decides.

mod tunnel;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1 as client;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// Where it listens, if nobody else does: without a network of its own, a sandbox shares the host's loopback.
const PORT: u16 = 7007;
/// What agents may ask: models, and the platform's tools.
const OPEN: [&str; 2] = ["/llm/", "/mcp"];
/// Headers that belong to a connection, or say who asks.
const NOT_PASSED_ON: [&str; 9] = [
    "authorization",
    "connection",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
    "x-api-key",
];

/// For programs that ask for hosts outside: by which proxy, and that the platform itself needs none.
pub(crate) fn way_out(platform: &str) -> [(&'static str, String); 6] {
    let (proxy, nobody) = (platform.to_owned(), "127.0.0.1,localhost,::1".to_owned());
    [
        ("HTTPS_PROXY", proxy.clone()),
        ("https_proxy", proxy.clone()),
        ("HTTP_PROXY", proxy.clone()),
        ("http_proxy", proxy),
        ("NO_PROXY", nobody.clone()),
        ("no_proxy", nobody),
    ]
}

type Body = BoxBody<Bytes, hyper::Error>;

/// Carries requests to the host.
#[derive(Debug)]
pub(crate) struct Forwarder {
    listener: TcpListener,
    to: Arc<To>,
}

#[derive(Debug)]
struct To {
    socket: PathBuf,
    authorization: HeaderValue,
    /// Ours, as it is called by who takes us for a proxy to ourselves.
    own: String,
}

impl Forwarder {
    /// Listens.
    pub(crate) async fn open(socket: PathBuf, token: &str) -> std::io::Result<Self> {
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(std::io::Error::other)?;
        authorization.set_sensitive(true);
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?,
        };
        let own = listener.local_addr()?.to_string();
        Ok(Self { listener, to: Arc::new(To { socket, authorization, own }) })
    }

    /// What agents are told, e.g. `http://127.0.0.1:7007`.
    pub(crate) fn address(&self) -> std::io::Result<String> {
        self.listener.local_addr().map(|address: SocketAddr| format!("http://{address}"))
    }

    /// Carries requests for ever.
    pub(crate) async fn run(&self) {
        loop {
            // One that cannot be taken is tried again by who made it.
            let Ok((stream, _)) = self.listener.accept().await else {
                tokio::task::yield_now().await;
                continue;
            };
            tokio::task::spawn_local(serve(stream, self.to.clone()));
        }
    }
}

async fn serve(stream: TcpStream, to: Arc<To>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let to = to.clone();
        async move { Ok::<_, hyper::Error>(to.carry(request).await) }
    });
    // Whoever breaks off knows it.
    let _ = server::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
}

impl To {
    async fn carry(&self, request: Request<Incoming>) -> Response<Body> {
        let outside = request.uri().authority().filter(|authority| authority.as_str() != self.own).cloned();
        let path = request.uri().path();
        let answer = match outside {
            Some(host) => self.lead_out(host, request).await,
            None if OPEN.iter().any(|open| path.starts_with(open)) => {
                self.pass_on(request).await.map(|response| response.map(|body| body.boxed()))
            }
            None => return said(StatusCode::NOT_FOUND, "there is nothing here but /llm and /mcp"),
        };
        match answer {
            Ok(response) => response,
            Err(_) => {
                let mut response = said(StatusCode::SERVICE_UNAVAILABLE, "the platform is away; ask again");
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
                response
            }
        }
    }

    async fn pass_on(&self, request: Request<Incoming>) -> Result<Response<Incoming>, Broken> {
        let (head, body) = request.into_parts();
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let mut passed = Request::builder().method(head.method).uri(path).body(body)?;
        *passed.headers_mut() = passed_on(&head.headers);
        let mut response = self.ask(passed).await?;
        *response.headers_mut() = passed_on(response.headers());
        Ok(response)
    }

    /// Asks the host of the sandbox.
    async fn ask<B>(&self, mut request: Request<B>) -> Result<Response<Incoming>, Broken>
    where
        B: hyper::body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("omoi"));
        request.headers_mut().insert(header::AUTHORIZATION, self.authorization.clone());
        let stream = UnixStream::connect(&self.socket).await?;
        let (mut sender, connection) = client::handshake(TokioIo::new(stream)).await?;
        // It lives as long as the answer is read.
        tokio::task::spawn_local(connection.with_upgrades());
        Ok(sender.send_request(request).await?)
    }
}

fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let stays = |name: &HeaderName| !NOT_PASSED_ON.contains(&name.as_str());
    headers
        .iter()
        .filter(|(name, _)| stays(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn said(status: StatusCode, words: &'static str) -> Response<Body> {
    let body = Full::new(Bytes::from_static(words.as_bytes())).map_err(|never| match never {}).boxed();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Socket(#[from] std::io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error(transparent)]
    Request(#[from] hyper::http::Error),
}
