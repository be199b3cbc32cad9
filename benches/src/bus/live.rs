//! The live socket: how long after a command was sent its event is with those who follow, and how many a node can tell.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::Args;
use crate::log::resident_mib;
use crate::path::server::{Api, Server, id};
use crate::report::Row;

const PROJECTS: usize = 20;
const FOLLOWERS: usize = 200;
const COMMANDS_A_SECOND: u32 = 200;
const CROWD: usize = 1000;
/// Each command is one event that everybody hears.
const FANNED_A_SECOND: u32 = 60;
const LONG: Duration = Duration::from_secs(20);

type Line = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let mut rows = latency(args).await?;
    rows.extend(fan_out(args).await?);
    Ok(rows)
}

/// A frame of lane `events`; others have no range.
#[derive(Deserialize)]
struct Frame<E> {
    from: Option<i64>,
    to: Option<i64>,
    #[serde(default = "Vec::new")]
    events: Vec<E>,
}

#[derive(Deserialize)]
struct Titled {
    payload: Title,
}

#[derive(Deserialize)]
struct Title {
    title: Option<String>,
}

async fn follow(api: &Api, topic: &Value) -> anyhow::Result<Line> {
    let ticket = api.done("/ws-tickets", &json!({})).await?;
    let ticket = ticket["ticket"].as_str().context("a ticket")?;
    let (mut line, _) = connect_async(api.socket_address(ticket)).await?;
    let subscribe = json!({ "op": "subscribe", "sub": "s", "topic": topic });
    line.send(Message::text(subscribe.to_string())).await?;
    // The greeting, and where the list begins.
    for _ in 0..2 {
        line.next().await.context("a frame")??;
    }
    Ok(line)
}

/// The next frame; `None` at the end.
async fn hear<E: for<'de> Deserialize<'de>>(
    line: &mut Line,
    end: &mut watch::Receiver<bool>,
) -> anyhow::Result<Option<Frame<E>>> {
    loop {
        let message = tokio::select! {
            message = line.next() => message.context("the socket was closed")??,
            _ = end.wait_for(|end| *end) => return Ok(None),
        };
        if let Message::Text(text) = message {
            return Ok(Some(serde_json::from_str(&text)?));
        }
    }
}

/// Sends commands at a steady rate, whatever becomes of them; each makes a ticket of this title.
async fn command(
    api: &Api,
    projects: &[String],
    rate: u32,
    sent: &Mutex<HashMap<String, Instant>>,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    let mut asked = Vec::new();
    for n in 0.. {
        ticks.tick().await;
        if begun.elapsed() >= LONG {
            break;
        }
        let (api, title) = (api.clone(), format!("Ticket {n}"));
        let path = format!("/projects/{}/tickets", projects[n % projects.len()]);
        sent.lock().expect("no panic while held").insert(title.clone(), Instant::now());
        asked.push(tokio::spawn(async move { api.done(&path, &json!({ "title": title })).await }));
    }
    for answer in asked {
        answer.await??;
    }
    Ok(())
}

async fn projects(api: &Api, count: usize) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    for n in 0..count {
        ids.push(id(&api.done("/projects", &json!({ "name": format!("Project {n}") })).await?)?);
    }
    Ok(ids)
}

async fn latency(args: &Args) -> anyhow::Result<Vec<Row>> {
    let server = Server::start(&args.omoi)?;
    let projects = projects(&server.api, PROJECTS).await?;
    let sent: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    let (stop, end) = watch::channel(false);
    let mut listening = Vec::new();
    for n in 0..FOLLOWERS {
        let topic = json!({ "kind": "log", "project": projects[n % PROJECTS] });
        let (mut line, mut end, sent) = (follow(&server.api, &topic).await?, end.clone(), sent.clone());
        listening.push(tokio::spawn(async move {
            let mut latencies = Vec::new();
            while let Some(frame) = hear::<Titled>(&mut line, &mut end).await? {
                let now = Instant::now();
                for title in frame.events.into_iter().filter_map(|event| event.payload.title) {
                    let at = sent.lock().expect("no panic while held").get(&title).copied();
                    latencies.extend(at.map(|at| now - at));
                }
            }
            anyhow::Ok(latencies)
        }));
    }
    command(&server.api, &projects, COMMANDS_A_SECOND, &sent).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    stop.send_replace(true);
    let mut latencies = Vec::new();
    for listener in listening {
        latencies.extend(listener.await??);
    }
    let expected = sent.lock().expect("no panic while held").len() * FOLLOWERS / PROJECTS;
    ensure!(latencies.len() == expected, "{} events were heard, not {expected}", latencies.len());
    latencies.sort_unstable();
    let at = |percent: usize| latencies[latencies.len() * percent / 100].as_secs_f64() * 1e3;
    let name = format!(
        "command to live socket, {COMMANDS_A_SECOND} commands/s, {FOLLOWERS} clients on {PROJECTS} projects"
    );
    Ok(vec![
        row(format!("{name}, median"), "ms", at(50), "<= 15 ms", Some(at(50) <= 15.0)),
        row("the same, 99th percentile".into(), "ms", at(99), "<= 60 ms", Some(at(99) <= 60.0)),
    ])
}

async fn fan_out(args: &Args) -> anyhow::Result<Vec<Row>> {
    let server = Server::start(&args.omoi)?;
    let projects = projects(&server.api, 1).await?;
    let before = resident_mib(&server.pid())?;
    let (stop, end) = watch::channel(false);
    let mut listening = Vec::new();
    for _ in 0..CROWD {
        let (mut line, mut end) = (follow(&server.api, &json!({ "kind": "log" })).await?, end.clone());
        listening.push(tokio::spawn(async move {
            let (mut heard, mut at) = (0, None);
            while let Some(frame) = hear::<IgnoredAny>(&mut line, &mut end).await? {
                ensure!(at.is_none() || at == frame.from, "a gap after {at:?}");
                at = frame.to;
                heard += frame.events.len();
            }
            anyhow::Ok(heard)
        }));
    }
    let each_kib = (resident_mib(&server.pid())? - before) * 1024.0 / CROWD as f64;
    let begun = Instant::now();
    let sent = Mutex::default();
    command(&server.api, &projects, FANNED_A_SECOND, &sent).await?;
    let elapsed = begun.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(3)).await;
    stop.send_replace(true);
    let commands = sent.lock().expect("no panic while held").len();
    let mut heard = 0;
    for listener in listening {
        let of_one = listener.await??;
        ensure!(of_one >= commands, "a client heard {of_one} of {commands} events");
        heard += of_one;
    }
    let per_second = heard as f64 / elapsed;
    Ok(vec![
        row(
            format!("fan-out to {CROWD} clients, each hears everything"),
            "messages/s",
            per_second,
            ">= 40000/s",
            Some(per_second >= 40_000.0),
        ),
        row(
            "the same: memory for each client that waits".into(),
            "KiB",
            each_kib,
            "<= 60 KiB",
            Some(each_kib <= 60.0),
        ),
    ])
}

/// A row without a peer; `ok` is `None` when it is reported only.
pub(super) fn row(name: String, unit: &str, ours: f64, target: &str, ok: Option<bool>) -> Row {
    Row { name, unit: unit.into(), ours, peer: None, ratio: None, target: target.into(), ok }
}
