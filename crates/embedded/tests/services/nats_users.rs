//! Users who each read one consumer: let in and cut off while the server runs.

use std::time::Duration;

use async_nats::{
    Client, ConnectOptions, Event,
    jetstream::{
        self,
        consumer::{AckPolicy, PullConsumer, pull},
        stream,
    },
};
use embedded::{BusUser, Error, ScratchNats, bus};
use futures::StreamExt;
use tokio::{sync::mpsc, time::timeout};

use crate::guard_exe;

/// Two passwords and bcrypt of them, made by another program (crypt of glibc).
const HASHES: [(&str, &str); 2] = [
    ("of-one", "$2b$04$OneOneOneOneOneOneOneuu3jOwZ7sNO6G/wv3N1COwU0mvmVQVwK"),
    ("of-two", "$2b$04$TwoTwoTwoTwoTwoTwoTwouemCVfLBemkDHp5aJmytJPYD81p5GugK"),
];

async fn server() -> (ScratchNats, Client) {
    let scratch = ScratchNats::start(guard_exe()).await.expect("a server");
    let relay = bus::connect(&scratch.server().relay_url()).await.expect("a connection");
    fill(&relay).await;
    (scratch, relay)
}

/// A stream with two messages for each of two, and a consumer for each.
async fn fill(relay: &Client) {
    let context = jetstream::new(relay.clone());
    let config =
        stream::Config { name: "OMOI_1".into(), subjects: vec!["omoi.v1.1.>".into()], ..Default::default() };
    let stream = context.create_stream(config).await.expect("the stream");
    for whose in ["one", "two", "one", "two"] {
        let sent = context.publish(format!("omoi.v1.1.{whose}.-.project.created"), whose.into()).await;
        sent.expect("sent").await.expect("stored");
    }
    for whose in ["one", "two"] {
        let config = pull::Config {
            durable_name: Some(format!("analyst_{whose}")),
            filter_subject: format!("omoi.v1.1.{whose}.>"),
            ack_policy: AckPolicy::Explicit,
            ..Default::default()
        };
        stream.create_consumer(config).await.expect("a consumer");
    }
}

fn user(n: usize) -> BusUser {
    BusUser::new(["analyst_one", "analyst_two"][n], HASHES[n].1).expect("a user")
}

fn url(scratch: &ScratchNats, n: usize) -> String {
    scratch.server().users().url(["analyst_one", "analyst_two"][n], HASHES[n].0)
}

/// All that somebody can read of a consumer, acknowledged.
async fn read(client: &Client, consumer: &str) -> Result<Vec<String>, async_nats::Error> {
    let mut context = jetstream::new(client.clone());
    context.set_timeout(Duration::from_secs(1));
    let consumer: PullConsumer = context.get_consumer_from_stream(consumer, "OMOI_1").await?;
    let mut batch = consumer.fetch().max_messages(100).messages().await?;
    let mut read = Vec::new();
    while let Some(message) = batch.next().await {
        let message = message?;
        message.double_ack().await?;
        read.push(String::from_utf8_lossy(&message.payload).into_owned());
    }
    Ok(read)
}

#[tokio::test]
async fn each_reads_its_own_consumer_from_the_first_moment() {
    let (scratch, relay) = server().await;
    let users = scratch.server().users();
    for n in [0, 1] {
        assert!(bus::connect(&url(&scratch, n)).await.is_err(), "nobody was let in yet");
        users.let_in((0..=n).map(user).collect()).await.expect("the server takes it");
        let client = bus::connect(&url(&scratch, n)).await.expect("let in");
        let (mine, other) = [("one", "two"), ("two", "one")][n];
        assert_eq!(read(&client, &format!("analyst_{mine}")).await.expect("it may"), [mine, mine]);
        assert!(read(&client, &format!("analyst_{other}")).await.is_err(), "somebody else's consumer");
    }
    // The relay has noticed nothing.
    assert_eq!(relay.statistics().connects.load(std::sync::atomic::Ordering::Relaxed), 1);
    scratch.stop().await;
}

#[tokio::test]
async fn who_is_no_longer_let_in_is_cut_off_at_once() {
    let (scratch, _relay) = server().await;
    let users = scratch.server().users();
    users.let_in(vec![user(0), user(1)]).await.expect("the server takes it");
    let (tell, mut told) = mpsc::unbounded_channel();
    let options = ConnectOptions::with_user_and_password("analyst_one".into(), HASHES[0].0.into())
        .event_callback(move |event| {
            // Nobody listens any more when the test is over.
            let _ = tell.send(event);
            std::future::ready(())
        });
    // Credentials in the URL are not read by this client.
    let server = url(&scratch, 0).replace(&format!("analyst_one:{}@", HASHES[0].0), "");
    let gone = options.connect(server).await.expect("let in");
    let stays = bus::connect(&url(&scratch, 1)).await.expect("let in");

    users.let_in(vec![user(1)]).await.expect("the server takes it");
    let cut = async { while !matches!(told.recv().await.expect("the client lives"), Event::Disconnected) {} };
    timeout(Duration::from_secs(1), cut).await.expect("it was cut off before the answer");
    assert!(read(&gone, "analyst_one").await.is_err());
    assert!(bus::connect(&url(&scratch, 0)).await.is_err(), "it is not let in again");
    assert_eq!(read(&stays, "analyst_two").await.expect("it may"), ["two", "two"]);
    scratch.stop().await;
}

#[tokio::test]
async fn a_server_that_dies_comes_back_with_its_users() {
    let (scratch, _relay) = server().await;
    scratch.server().users().let_in(vec![user(0)]).await.expect("the server takes it");
    let pid = scratch.server().pid().expect("it runs");
    let mut state = scratch.server().state();
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).expect("a pid")).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
    state.wait_for(|state| !matches!(state, embedded::State::Ready { .. })).await.expect("it dies");
    state.wait_for(|state| matches!(state, embedded::State::Ready { .. })).await.expect("it comes back");
    let client = bus::connect(&url(&scratch, 0)).await.expect("let in");
    assert_eq!(read(&client, "analyst_one").await.expect("it may"), ["one", "one"]);
    scratch.stop().await;
}

#[tokio::test]
async fn a_server_that_is_stopped_takes_nobody_and_says_so() {
    let (mut scratch, _relay) = server().await;
    let users = scratch.server().users();
    scratch.halt().await;
    let refused = users.let_in(vec![user(0)]).await;
    assert!(matches!(refused, Err(Error::NotReloaded { .. })), "{refused:?}");
    scratch.stop().await;
}
