//! The connections of clients. Each may ask again and again, one request after the other, and become a live socket; what
//! it may take of time and memory before a route hears of it is bounded here.

mod head;

use std::{future::Future, net::SocketAddr, pin::pin};

use axum::{Router, extract::ConnectInfo, serve::Listener};
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::head::{HeadTimer, Heard, LARGEST, WITHIN};
use crate::routes::limits::TwoLengths;

/// Serves whoever connects until `end`, and then the requests that have begun.
pub(super) async fn serve<L>(mut listener: L, routes: Router, end: impl Future<Output = ()>)
where
    L: Listener<Addr = SocketAddr>,
{
    // Once, instead of with each request.
    let routes = routes.with_state(());
    let (connections, last) = (TaskTracker::new(), CancellationToken::new());
    let mut end = pin!(end);
    loop {
        tokio::select! {
            (stream, peer) = listener.accept() => {
                connections.spawn(serve_one(stream, peer, routes.clone(), last.clone()));
            }
            () = &mut end => break,
        }
    }
    // Nobody who connects now waits for an answer that will not come.
    drop(listener);
    last.cancel();
    connections.close();
    connections.wait().await;
}

/// After `last` the request that has begun is the last one. What ends a connection otherwise is between the client and
/// the network.
async fn serve_one<S>(stream: S, peer: SocketAddr, routes: Router, last: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let routes = TowerToHyperService::new(routes);
    let stream = Heard::new(stream);
    let ear = stream.ear();
    let timer = HeadTimer::new(ear.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        if ear.has_two_lengths() {
            request.extensions_mut().insert(TwoLengths);
        }
        routes.call(request)
    });
    let connection = http1::Builder::new()
        .timer(timer)
        .header_read_timeout(WITHIN)
        .max_header_size(LARGEST)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = last.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
