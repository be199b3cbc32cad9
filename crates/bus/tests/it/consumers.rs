//! Each consumer reads the events of one organization, and is there whatever happens to the server.

use async_nats::jetstream::consumer::PullConsumer;
use bus::{CONSUMER_PREFIX, OrgConsumer, header, keep_consumers};
use futures::StreamExt as _;
use kernel::{OrgId, Uuid};

use crate::log::TestLog;
use crate::server::{LOG, Server};

/// Whose events the log of these tests holds, and somebody else.
const ORGS: [OrgId; 2] = [OrgId(Uuid::from_u128(1)), OrgId(Uuid::from_u128(2))];

fn of(name: &str, org: OrgId, from: Option<i64>) -> OrgConsumer {
    OrgConsumer { name: format!("{CONSUMER_PREFIX}{name}"), org, from }
}

async fn keep(server: &Server, wanted: &[OrgConsumer]) {
    keep_consumers(&server.client().await, LOG, wanted).await.unwrap();
}

/// Positions that a consumer has to give, acknowledged.
async fn read(server: &Server, name: &str) -> Vec<i64> {
    let name = format!("{CONSUMER_PREFIX}{name}");
    let consumer: PullConsumer = server.stream().await.get_consumer(&name).await.unwrap();
    let mut messages = consumer.fetch().max_messages(1_000).messages().await.unwrap();
    let mut positions = Vec::new();
    while let Some(message) = messages.next().await {
        let message = message.unwrap();
        message.double_ack().await.unwrap();
        positions
            .push(message.headers.as_ref().unwrap().get(header::POSITION).unwrap().as_str().parse().unwrap());
    }
    positions
}

async fn names(server: &Server) -> Vec<String> {
    let stream = server.stream().await;
    let mut names: Vec<String> = stream.consumer_names().map(Result::unwrap).collect().await;
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_gives_one_organizations_events_from_where_it_begins() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 20);
    let mut relay = server.relay(&log).await;
    relay.reaches(20).await;
    let [ours, theirs] = ORGS;
    keep(&server, &[of("all", ours, None), of("late", ours, Some(15)), of("none", theirs, None)]).await;
    assert_eq!(read(&server, "all").await, (1..=20).collect::<Vec<_>>());
    assert_eq!(read(&server, "late").await, (15..=20).collect::<Vec<_>>());
    assert_eq!(read(&server, "none").await, [0_i64; 0]);

    // Looked at again it is left alone, with what it knows; one that nobody wants is gone; others' are not ours.
    let other = async_nats::jetstream::consumer::pull::Config {
        durable_name: Some("of_somebody".into()),
        ..Default::default()
    };
    server.stream().await.create_consumer(other).await.unwrap();
    log.grow(1);
    relay.reaches(21).await;
    keep(&server, &[of("all", ours, None), of("none", theirs, None)]).await;
    assert_eq!(read(&server, "all").await, [21]);
    assert_eq!(names(&server).await, ["analyst_all", "analyst_none", "of_somebody"]);

    // One that somebody has changed becomes what it has to be.
    keep(&server, &[of("all", ours, None), of("none", ours, None)]).await;
    assert_eq!(read(&server, "none").await, (1..=21).collect::<Vec<_>>());
    relay.stop().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_begins_again_with_a_stream_that_was_made_anew() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 20);
    let mut relay = server.relay(&log).await;
    relay.reaches(20).await;
    let wanted = [of("late", ORGS[0], Some(11))];
    keep(&server, &wanted).await;
    assert_eq!(read(&server, "late").await, (11..=20).collect::<Vec<_>>());
    relay.stop().await;

    // Another log takes the place: the stream stays, with other sequences, and what was read is of no account.
    let other = TestLog::of(1, 15);
    let mut relay = server.relay(&other).await;
    relay.reaches(15).await;
    keep(&server, &wanted).await;
    assert_eq!(read(&server, "late").await, (11..=15).collect::<Vec<_>>());
    relay.stop().await;

    // Nothing is left of the stream.
    server.wipe().await;
    assert!(keep_consumers(&server.client().await, LOG, &wanted).await.is_err(), "there is no stream yet");
    let mut relay = server.relay(&other).await;
    relay.reaches(15).await;
    keep(&server, &wanted).await;
    assert_eq!(read(&server, "late").await, (11..=15).collect::<Vec<_>>());
    relay.stop().await;
    server.stop().await;
}
