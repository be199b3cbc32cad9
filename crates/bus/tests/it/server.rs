//! A NATS server of one's own, and what its stream holds.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::{self, stream::Stream};
use bus::{Progress, Relay, header, stream_name};
use embedded::{BusUser, ScratchNats, guard};
use futures::StreamExt as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::log::TestLog;

pub(crate) const LOG: i16 = 1;
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that can be stopped and started again.
pub(crate) struct Server(ScratchNats);

impl Server {
    pub(crate) async fn start() -> Self {
        let guard_exe = PathBuf::from(std::env::var_os(guard::VARIABLE).expect("run `cargo xtask test`"));
        Self(ScratchNats::start(&guard_exe).await.unwrap())
    }

    pub(crate) async fn start_again(&mut self) {
        self.0.resume().await.unwrap();
    }

    pub(crate) async fn stop(&mut self) {
        self.0.halt().await;
    }

    /// Starts it again without anything of what it had.
    pub(crate) async fn wipe(&mut self) {
        self.0.wipe().await.unwrap();
    }

    /// Lets somebody read the consumer of this name, and nobody else; the URL.
    pub(crate) async fn lets_in(&self, name: &str) -> String {
        // bcrypt of `secret`.
        let hash = "$2b$04$SecretSecretSecretSecu95aAKRUDo1cL3cQRJim.gck2yEssbb.";
        let users = self.0.server().users();
        users.let_in(vec![BusUser::new(name, hash).unwrap()]).await.unwrap();
        users.url(name, "secret")
    }

    pub(crate) async fn client(&self) -> Client {
        embedded::bus::connect(&self.0.server().relay_url()).await.unwrap()
    }

    pub(crate) async fn stream(&self) -> Stream {
        jetstream::new(self.client().await).get_stream(stream_name(LOG)).await.unwrap()
    }

    /// Where the server keeps its streams.
    pub(crate) fn store(&self) -> PathBuf {
        self.0.store()
    }

    /// Starts a relay of this log.
    pub(crate) async fn relay(&self, log: &TestLog) -> Running {
        let relay = Relay::new(self.client().await, LOG, log.clone());
        let (progress, stop) = (relay.progress(), CancellationToken::new());
        let task = tokio::spawn({
            let stop = stop.clone();
            async move { relay.run(&stop).await }
        });
        Running { progress, stop, task }
    }

    /// Position and event id of every message of the stream, oldest first, and that each stands in its place.
    pub(crate) async fn messages(&self) -> Vec<(i64, String)> {
        let stream = self.stream().await;
        let info = stream.cached_info();
        let base: i64 = info.config.metadata[bus::BASE_KEY].parse().unwrap();
        let consumer =
            stream.create_consumer(jetstream::consumer::pull::OrderedConfig::default()).await.unwrap();
        let count = usize::try_from(info.state.messages).unwrap();
        let mut messages = consumer.messages().await.unwrap().take(count);
        let mut found = Vec::new();
        while let Some(message) = messages.next().await {
            let message = message.unwrap();
            let headers = message.headers.as_ref().expect("headers");
            let position: i64 = headers.get(header::POSITION).unwrap().as_str().parse().unwrap();
            let sequence = i64::try_from(message.info().unwrap().stream_sequence).unwrap();
            assert_eq!(position, sequence + base, "a message out of its place");
            found.push((position, headers.get(header::EVENT_ID).unwrap().as_str().to_owned()));
        }
        found
    }

    /// That the stream is the log, from its first event to its last.
    pub(crate) async fn assert_holds(&self, log: &TestLog) {
        let expected: Vec<_> = (1..).zip(log.event_ids()).collect();
        assert_eq!(self.messages().await, expected);
    }
}

/// A relay at work.
pub(crate) struct Running {
    pub(crate) progress: watch::Receiver<Progress>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// Waits until the bus holds the log up to here.
    pub(crate) async fn reaches(&mut self, position: i64) -> Progress {
        let reached = self.progress.wait_for(|progress| progress.position == Some(position));
        *tokio::time::timeout(PATIENCE, reached).await.expect("the relay is stuck").unwrap()
    }

    /// Waits until it does not know how far the bus is.
    pub(crate) async fn is_at_a_loss(&mut self) {
        let lost = self.progress.wait_for(|progress| progress.position.is_none());
        tokio::time::timeout(PATIENCE, lost).await.expect("the relay goes on").unwrap();
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}
