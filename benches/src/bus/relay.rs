//! The relay beside a bare pipelined publish of the same messages: what reading the log, making the messages and holding
//! each one to its place cost.

use std::collections::VecDeque;
use std::time::Instant;

use anyhow::Context as _;
use async_nats::jetstream::{self, message::PublishMessage, stream};
use bus::{Message, Reading, Relay, stream_name};
use embedded::ScratchNats;
use tokio_util::sync::CancellationToken;

use super::Args;
use super::history::History;
use crate::lab::Lab;
use crate::report::Row;

const LOG: i16 = 1;
/// As many as the relay has on their way.
const IN_FLIGHT: usize = 1024;

pub(super) async fn row(lab: &Lab, args: &Args) -> anyhow::Result<Row> {
    let store = Lab::store(&lab.our_database("relay").await?)?;
    let history = History::write(store, args.events).await?;
    let messages: Vec<Message> = history
        .events()
        .await?
        .iter()
        .map(|event| Message::of(event, &Reading::Newest))
        .collect::<Result<_, _>>()?;
    let server = ScratchNats::start(&embedded::guard::this_exe()).await?;
    let client = embedded::bus::connect(&server.server().relay_url()).await?;
    let context = jetstream::new(client.clone());
    let (mut ours, mut peer, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..args.rounds {
        // Who goes first changes from round to round.
        let (mut mine, mut theirs) = (0.0, 0.0);
        for side in [round % 2, (round + 1) % 2] {
            // Each side finds no stream.
            let _ = context.delete_stream(stream_name(LOG)).await;
            if side == 0 {
                mine = relayed(&client, &history).await?;
            } else {
                theirs = bare(&context, &messages).await?;
            }
        }
        ratios.push(mine / theirs);
        ours.push(mine);
        peer.push(theirs);
    }
    server.stop().await;
    let ratio = median(&mut ratios);
    Ok(Row {
        name: format!(
            "relay of {} events, beside a bare pipelined publish of the same messages",
            messages.len()
        ),
        unit: "messages/s".into(),
        ours: median(&mut ours),
        peer: Some(median(&mut peer)),
        ratio: Some(ratio),
        target: ">= 0.5x".into(),
        ok: Some(ratio >= 0.5),
    })
}

async fn relayed(client: &async_nats::Client, history: &History) -> anyhow::Result<f64> {
    let start = Instant::now();
    let relay = Relay::new(client.clone(), LOG, history.clone());
    let (mut progress, stop) = (relay.progress(), CancellationToken::new());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { relay.run(&stop).await }
    });
    let head = history.head();
    progress.wait_for(|progress| progress.position == Some(head)).await.context("the relay has ended")?;
    let rate = head as f64 / start.elapsed().as_secs_f64();
    stop.cancel();
    running.await?;
    Ok(rate)
}

async fn bare(context: &jetstream::Context, messages: &[Message]) -> anyhow::Result<f64> {
    let start = Instant::now();
    let config = stream::Config {
        name: stream_name(LOG),
        subjects: vec![format!("omoi.v1.{LOG}.>")],
        deny_delete: true,
        allow_direct: true,
        ..Default::default()
    };
    context.create_stream(config).await?;
    let mut on_the_way = VecDeque::new();
    for message in messages {
        let publish = PublishMessage::build().payload(message.body.clone()).headers(message.headers.clone());
        on_the_way.push_back(context.send_publish(message.subject.clone(), publish).await?);
        if on_the_way.len() >= IN_FLIGHT {
            on_the_way.pop_front().expect("there are some").await?;
        }
    }
    for ack in on_the_way {
        ack.await?;
    }
    Ok(messages.len() as f64 / start.elapsed().as_secs_f64())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
