//! The credential of `nats_url` reads the event stream and does nothing else.

use std::time::Duration;

use async_nats::{
    Client,
    jetstream::{
        self, AckKind,
        consumer::{PullConsumer, push},
        stream,
    },
};
use embedded::{ScratchNats, bus};
use futures::StreamExt;

use crate::guard_exe;

const SUBJECT: &str = "omoi.v1.1.org.-.project.created";

async fn connect(url: String) -> Client {
    bus::connect(&url).await.expect("a connection")
}

/// A server whose stream holds three messages, and the two clients.
async fn bus_with_three_messages() -> (ScratchNats, Client, Client) {
    let scratch = ScratchNats::start(guard_exe()).await.expect("a server");
    let relay = connect(scratch.server().relay_url()).await;
    let config = stream::Config {
        name: "OMOI_1".into(),
        subjects: vec!["omoi.v1.1.>".into()],
        allow_direct: true,
        ..Default::default()
    };
    jetstream::new(relay.clone()).create_stream(config).await.expect("the stream");
    for n in 1..=3 {
        let sent = jetstream::new(relay.clone())
            .publish(SUBJECT, format!("{{\"n\":{n}}}").into())
            .await
            .expect("sent");
        assert_eq!(sent.await.expect("stored").sequence, n);
    }
    let reader = connect(scratch.server().reader_url()).await;
    (scratch, relay, reader)
}

async fn messages_in_stream(relay: &Client) -> u64 {
    let context = jetstream::new(relay.clone());
    context.get_stream("OMOI_1").await.expect("the stream").cached_info().state.messages
}

#[tokio::test]
async fn reading_works() {
    let (scratch, _relay, reader) = bus_with_three_messages().await;
    let stream = jetstream::new(reader).get_stream("OMOI_1").await.expect("the reader sees the stream");

    let durable: PullConsumer = stream
        .create_consumer(jetstream::consumer::pull::Config {
            durable_name: Some("d".into()),
            ..Default::default()
        })
        .await
        .expect("a durable consumer");
    let mut messages = durable.messages().await.expect("a subscription").take(3);
    while let Some(message) = messages.next().await {
        message.expect("a message").double_ack_with(AckKind::Ack).await.expect("acknowledged");
    }
    let mut durable = durable;
    assert_eq!(durable.info().await.expect("its state").ack_floor.stream_sequence, 3);

    let ordered = stream
        .create_consumer(jetstream::consumer::pull::OrderedConfig::default())
        .await
        .expect("an ordered consumer");
    let read: Vec<_> = ordered.messages().await.expect("a subscription").take(3).collect().await;
    assert!(read.iter().all(Result::is_ok));
    let third = stream.direct_get(3).await.expect("a direct read");
    assert_eq!(third.payload.as_ref(), br#"{"n":3}"#);
    scratch.stop().await;
}

#[tokio::test]
async fn changing_anything_is_refused() {
    let (scratch, relay, reader) = bus_with_three_messages().await;
    let mut context = jetstream::new(reader.clone());
    // A refused request is not answered.
    context.set_timeout(Duration::from_secs(1));
    let stream = context.get_stream("OMOI_1").await.expect("the reader sees the stream");
    assert!(stream.purge().await.is_err(), "purged");
    assert!(stream.delete_message(2).await.is_err(), "deleted a message");
    assert!(context.delete_stream("OMOI_1").await.is_err(), "deleted the stream");
    let mut other = stream.cached_info().config.clone();
    other.subjects = vec!["omoi.v1.1.>".into(), "more.>".into()];
    assert!(context.update_stream(other).await.is_err(), "changed the stream");
    let published = context.publish(SUBJECT, "{}".into()).await;
    let stored = match published {
        Ok(ack) => ack.await.is_ok(),
        Err(_) => false,
    };
    assert!(!stored, "published");
    assert_eq!(messages_in_stream(&relay).await, 3);

    // The same requests of the relay are served, so it was the credential that refused them.
    let of_relay = jetstream::new(relay.clone()).get_stream("OMOI_1").await.expect("the stream");
    assert_eq!(of_relay.purge().await.expect("the relay may purge").purged, 3);
    scratch.stop().await;
}

/// A push consumer makes the server itself publish to a subject of the client's choice. That must not
/// reach what the client may not.
#[tokio::test]
async fn a_push_consumer_cannot_be_aimed_at_the_api() {
    let (scratch, relay, reader) = bus_with_three_messages().await;
    let mut inbox = relay.subscribe("_INBOX.aimed").await.expect("a subscription");
    let stream = jetstream::new(reader).get_stream("OMOI_1").await.expect("the reader sees the stream");
    let aim = |subject: &str| {
        let config = push::Config { deliver_subject: subject.into(), ..Default::default() };
        stream.create_consumer(config)
    };
    // The server takes these two, and delivers nothing: its own API does not count as a listener.
    aim("$JS.API.STREAM.PURGE.OMOI_1").await.expect("a consumer");
    aim("$JS.API.STREAM.DELETE.OMOI_1").await.expect("a consumer");
    assert!(aim("omoi.v1.1.org.-.project.forged").await.is_err(), "the stream would feed itself");
    // A later consumer that does deliver shows that the earlier ones had their turn.
    aim("_INBOX.aimed").await.expect("a consumer");
    for _ in 0..3 {
        inbox.next().await.expect("a delivered message");
    }
    assert_eq!(messages_in_stream(&relay).await, 3);
    scratch.stop().await;
}

/// The server sends an answer wherever the request says. That must not be into the stream.
#[tokio::test]
async fn an_answer_cannot_be_aimed_at_the_stream() {
    let (scratch, relay, reader) = bus_with_three_messages().await;
    let consumer = jetstream::consumer::pull::Config { durable_name: Some("d".into()), ..Default::default() };
    let stream =
        jetstream::new(reader.clone()).get_stream("OMOI_1").await.expect("the reader sees the stream");
    let _: PullConsumer = stream.create_consumer(consumer).await.expect("a consumer");
    let tricks = [
        ("$JS.API.STREAM.INFO.OMOI_1", ""),
        ("$JS.API.CONSUMER.INFO.OMOI_1.d", ""),
        ("$JS.API.STREAM.MSG.GET.OMOI_1", r#"{"seq":1}"#),
        ("$JS.API.DIRECT.GET.OMOI_1", r#"{"seq":1}"#),
        ("$JS.API.CONSUMER.MSG.NEXT.OMOI_1.d", r#"{"batch":1,"no_wait":true}"#),
    ];
    let play = async |client: &Client| {
        for (request, body) in tricks {
            let reply = "omoi.v1.1.org.-.project.forged";
            client.publish_with_reply(request, reply, body.into()).await.expect("sent");
        }
        client.flush().await.expect("the server has read it");
    };
    play(&reader).await;
    // Whatever the tricks caused was caused before this is answered.
    stream.get_raw_message(1).await.expect("an answer");
    assert_eq!(messages_in_stream(&relay).await, 3);

    // Of the relay, in whose account the stream is, each puts a message there: it is the account that keeps them out.
    play(&relay).await;
    while messages_in_stream(&relay).await < 3 + tricks.len() as u64 {}
    scratch.stop().await;
}
